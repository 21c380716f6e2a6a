/**
 * RepeatWatch: finds out that equal messages come from one network, and from no other, more often than
 * is likely, so that somebody should look whether they go round.
 *
 * Where a second bridge takes what we forward from X to Y back to X, but nothing the other way round,
 * its copies all come from X, as if somebody there sent them. Nothing tells the one from the other.
 */
import type { Sighting } from "./arrivals.ts";
import { Tally } from "./tally.ts";

/** Repeats from one network within a second that are taken for what somebody sends. */
export const repeatsMax = 512;
/** A bridge of the original sends everything twice, and two in a row four times. */
export const timesMin = 8;
// So long there have to be fewer before it is told again.
const toldAgainMs = 60_000;

interface Repeats {
  readonly tally: Tally;
  tooManyMs: number;
}

/** The watch of one topic. `Way` stands for a network: equal ways are the same object. */
export class RepeatWatch<Way extends object> {
  readonly #repeats = new WeakMap<Way, Repeats>();

  /**
   * Takes note of a payload that came from one network only, and from there before.
   * @returns True when these have become too many, once.
   */
  isSuspect({ times }: Sighting<Way>, from: Way, nowMs: number): boolean {
    if (times <= timesMin) return false;
    let repeats = this.#repeats.get(from);
    if (repeats === undefined) {
      repeats = { tally: new Tally(), tooManyMs: Number.NEGATIVE_INFINITY };
      this.#repeats.set(from, repeats);
    }
    repeats.tally.add(nowMs);
    if (repeats.tally.at(nowMs) <= repeatsMax) return false;
    const isNews = nowMs - repeats.tooManyMs > toldAgainMs;
    repeats.tooManyMs = nowMs;
    return isNews;
  }
}
