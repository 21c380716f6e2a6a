/** Change: tells when a value leaves the range it has kept to. */

/** Weights of the newest value in the moving average and in the moving mean deviation from it. */
const averageWeight = 1 / 8;
const deviationWeight = 1 / 4;
/** How many mean deviations are out of the range. */
const deviations = 4;
/** Values seen before anything is said, and before anything is said again. */
const settlingCount = 10;

/**
 * The estimate and the factors are those by which TCP tells an unusual round trip from a usual one:
 * RFC 6298, section 2.
 */
export class Change {
  readonly #least: number;
  #average: number | undefined;
  #deviation = 0;
  #settling = settlingCount;

  /** @param least Smaller changes are none, however steady the value was. */
  constructor(least: number) {
    this.#least = least;
  }

  /** Takes the next value. Returns the average that it has left, if it has. */
  take(value: number): number | undefined {
    const average = this.#average;
    if (average === undefined) {
      this.#average = value;
      return undefined;
    }
    const distance = Math.abs(value - average);
    const isOut = distance > Math.max(this.#least, deviations * this.#deviation);
    this.#average = average + averageWeight * (value - average);
    this.#deviation += deviationWeight * (distance - this.#deviation);
    this.#settling -= 1;
    if (!isOut || this.#settling > 0) return undefined;
    this.#settling = settlingCount;
    return average;
  }
}
