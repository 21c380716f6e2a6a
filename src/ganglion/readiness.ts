/** Readiness: those who wait in `ready()` of one ganglion. */

export class Readiness {
  readonly #waiters = new Set<() => void>();

  /**
   * Resolves when `isReady` says so, which is asked again at each change.
   * Rejects with what `isReady` throws, or with the signal's reason.
   */
  async wait(isReady: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (isReady()) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#waiters.delete(look);
        signal?.removeEventListener("abort", aborted);
        act();
      };
      const aborted = (): void => settle(() => reject(signal?.reason));
      const look = (): void => {
        try {
          if (isReady()) settle(resolve);
        } catch (cause) {
          settle(() => reject(cause));
        }
      };
      this.#waiters.add(look);
      signal?.addEventListener("abort", aborted, { once: true });
    });
  }

  /** Something has changed: everybody looks again. */
  changed(): void {
    for (const look of this.#waiters) look();
  }
}
