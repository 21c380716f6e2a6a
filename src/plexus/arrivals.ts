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

/** What is known of a payload, its last arrival included. */
export interface Sighting<Way> {
  readonly times: number;
  /** The network that it came from before; undefined the first time. */
  readonly before: Way | undefined;
  /** How often it came from each network. */
  readonly byWay: ReadonlyMap<Way, Tally>;
}

/** `Way` stands for a network: equal ways are the same object. */
export class Arrivals<Way extends object> {
  readonly #places = new Map<number, Place<Way>>();
  #newcomers = 0;

  /** Takes note of a payload. @returns undefined where it is not in the sample. */
  add(key: number, from: Way, nowMs: number): Sighting<Way> | undefined {
    const place = this.#placeFor(key);
    place?.add(from, nowMs);
    return place;
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
    const place = new Place<Way>(key);
    this.#places.set(index, place);
    return place;
  }
}

class Place<Way> implements Sighting<Way> {
  readonly key: number;
  readonly byWay = new Map<Way, Tally>();
  times = 0;
  before: Way | undefined;
  #last: Way | undefined;

  constructor(key: number) {
    this.key = key;
  }

  add(from: Way, nowMs: number): void {
    this.times += 1;
    this.before = this.#last;
    this.#last = from;
    let tally = this.byWay.get(from);
    if (tally === undefined) {
      tally = new Tally();
      this.byWay.set(from, tally);
    }
    tally.add(nowMs);
  }
}
