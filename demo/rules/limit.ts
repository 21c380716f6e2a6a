/** Limit: tells when a value rises above a limit, once until it has fallen well below it. */

/** The part of the limit to fall below: a value that trembles at the limit is one alert, not many. */
const releaseShare = 0.95;

export class Limit {
  readonly #limit: number;
  #isAbove = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes the next value. Returns the limit if it has just been passed. */
  take(value: number): number | undefined {
    if (this.#isAbove) {
      this.#isAbove = value > this.#limit * releaseShare;
      return undefined;
    }
    this.#isAbove = value > this.#limit;
    return this.#isAbove ? this.#limit : undefined;
  }
}
