/** What happened, in order, for a test that waits for it instead of sleeping. */

export class Mailbox<T> {
  readonly #items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];

  put(item: T): void {
    const wanted = this.#waiting.shift();
    if (wanted === undefined) this.#items.push(item);
    else wanted(item);
  }

  /** The oldest that was not taken yet. */
  take(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Those that nobody has taken. */
  get left(): readonly T[] {
    return this.#items;
  }
}
