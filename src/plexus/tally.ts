/** Tally: how often something happened within a second. */
const windowMs = 1_000;

export class Tally {
  // The second begins with what happens first.
  #sinceMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** It happened once more. */
  add(nowMs: number): void {
    if (this.#isOver(nowMs)) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
  }

  at(nowMs: number): number {
    return this.#isOver(nowMs) ? 0 : this.#count;
  }

  #isOver(nowMs: number): boolean {
    return nowMs - this.#sinceMs > windowMs;
  }
}
