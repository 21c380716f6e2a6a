/** SPM filter: which of a source's SPMs are the newest. Late ones say what is no longer so. */
import { distance } from "./sequence.ts";

/** So many in a row with lower numbers are taken for the source's own, and the higher one for forged. */
const olderMax = 3;

export class SpmFilter {
  #newest: number | undefined;
  #olderCount = 0;

  /** A source numbers its SPMs upwards. One number that is far too high must not silence those to come. */
  accepts(sequence: number): boolean {
    const isOlder = this.#newest !== undefined && distance(this.#newest, sequence) < 0;
    if (isOlder && this.#olderCount < olderMax) {
      this.#olderCount += 1;
      return false;
    }
    this.#newest = sequence;
    this.#olderCount = 0;
    return true;
  }
}
