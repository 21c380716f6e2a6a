/** Throttle: how often something may happen, whatever is asked: so many at once, and so many a second. */
export class Throttle {
  readonly #perSecond: number;
  #tokens: number;
  #atMs: number | undefined;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** @returns whether it may happen now; then it counts as having happened. */
  take(nowMs: number): boolean {
    const gained = ((nowMs - (this.#atMs ?? nowMs)) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + Math.max(0, gained));
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
