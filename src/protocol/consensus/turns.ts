/**
 * Turns: the types that wait until one of the few is decided that are balloted for at a time. First
 * addresses go before moves, since somebody waits for them; a type whose time has not come takes
 * nobody's turn.
 */
export class Turns {
  readonly #firstAddresses = new Set<string>();
  readonly #moves = new Set<string>();
  /** Types whose time has not come, and when it does. */
  readonly #later = new Map<string, number>();
  #laterMs = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#firstAddresses.size + this.#moves.size + this.#later.size;
  }

  /** When one more can have its turn; in the past if one can have it now. */
  get deadlineMs(): number {
    if (this.#firstAddresses.size > 0 || this.#moves.size > 0) return Number.NEGATIVE_INFINITY;
    return this.#laterMs;
  }

  has(typeName: string): boolean {
    return (
      this.#firstAddresses.has(typeName) || this.#moves.has(typeName) || this.#later.has(typeName)
    );
  }

  /** A first address is waited for. */
  addFirst(typeName: string): void {
    this.#firstAddresses.add(typeName);
  }

  addLater(typeName: string, fromMs: number): void {
    this.#later.set(typeName, fromMs);
    this.#laterMs = Math.min(this.#laterMs, fromMs);
  }

  delete(typeName: string): void {
    this.#firstAddresses.delete(typeName);
    this.#moves.delete(typeName);
    this.#later.delete(typeName);
  }

  /** Removes and returns the one whose turn it is, if there is one. */
  shift(nowMs: number): string | undefined {
    this.#admit(nowMs);
    const queue = this.#firstAddresses.size > 0 ? this.#firstAddresses : this.#moves;
    const [typeName] = queue;
    if (typeName !== undefined) queue.delete(typeName);
    return typeName;
  }

  #admit(nowMs: number): void {
    if (nowMs < this.#laterMs) return;
    this.#laterMs = Number.POSITIVE_INFINITY;
    for (const [typeName, fromMs] of this.#later) {
      if (fromMs <= nowMs) {
        this.#later.delete(typeName);
        this.#moves.add(typeName);
      } else {
        this.#laterMs = Math.min(this.#laterMs, fromMs);
      }
    }
  }
}
