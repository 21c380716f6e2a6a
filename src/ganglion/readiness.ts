/** Readiness: those who wait in `ready()` of one ganglion. */
import { onAbort } from "../abort.ts";
import { UsageError } from "../errors.ts";

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
      let forgetSignal: (() => void) | undefined;
      const settle = (act: () => void): void => {
        this.#waiters.delete(look);
        forgetSignal?.();
        act();
      };
      const look = (): void => {
        try {
          if (isReady()) settle(resolve);
        } catch (cause) {
          settle(() => reject(cause));
        }
      };
      this.#waiters.add(look);
      if (signal !== undefined) {
        forgetSignal = onAbort(signal, () => settle(() => reject(signal.reason)));
      }
    });
  }

  /** Something has changed: everybody looks again. */
  changed(): void {
    for (const look of this.#waiters) look();
  }
}

interface Reachable {
  readonly topic: string;
  readonly receivers: number;
  /** As many as there can be, ever. */
  readonly receiversMax: number;
  /** The name of the ganglion. */
  readonly ganglion: string;
}

/** @throws {UsageError} if so many receivers could be waited for without end. */
export function checkReachable({ topic, receivers, receiversMax, ganglion }: Reachable): void {
  if (receivers <= receiversMax) return;
  throw new UsageError(
    `${topic} never has ${receivers} receivers by ${ganglion}, but ${receiversMax} at most`,
    { details: { topic, receivers, receiversMax } },
  );
}
