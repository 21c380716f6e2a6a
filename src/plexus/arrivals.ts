/**
 * Arrivals: from which networks a payload came lately, and how often, of messages without ids.
 *
 * Of fixed size, whatever arrives: where there are more payloads than places it is a sample of them.
 * A payload is known by its key, a digest of topic and bytes.
 */
import { Tally } from "./tally.ts";

/** Payloads that it knows at a time. */
export const placesMax = 16_384;
// Few, so that what goes round through many other payloads is still known when it comes back.
const newcomersForEachPlace = 16;

interface Place<Way> {
  readonly key: number;
  readonly byWay: Map<Way, Tally>;
}

/** `Way` stands for a network: equal ways are the same object. */
export class Arrivals<Way extends object> {
  readonly #places = new Map<number, Place<Way>>();
  #newcomers = 0;

  /**
   * Takes note of a payload.
   * @returns How often it came from each network; undefined where it is not in the sample.
   */
  add(key: number, from: Way, nowMs: number): ReadonlyMap<Way, Tally> | undefined {
    const byWay = this.#placeFor(key)?.byWay;
    if (byWay === undefined) return undefined;
    let tally = byWay.get(from);
    if (tally === undefined) {
      tally = new Tally();
      byWay.set(from, tally);
    }
    tally.add(nowMs);
    return byWay;
  }

  /** Forgets everything, networks that are gone included. */
  clear(): void {
    this.#places.clear();
  }

  #placeFor(key: number): Place<Way> | undefined {
    const index = key % placesMax;
    const known = this.#places.get(index);
    if (known?.key === key) return known;
    if (known !== undefined && ++this.#newcomers % newcomersForEachPlace !== 0) return undefined;
    const place = { key, byWay: new Map<Way, Tally>() };
    this.#places.set(index, place);
    return place;
  }
}
