/**
 * LoopBreaker: ends a storm between two networks whose peers give messages no id.
 *
 * A message that was forwarded from X to Y and comes back from Y is forwarded again, and so on for
 * ever, where a second bridge joins the same networks. Without an id an echo looks like a sensor
 * that says 20.0 twice, so nothing is suppressed; but when one payload makes the round too often,
 * forwarding of its topic between the two pauses, longer each time.
 */

/** Rounds of one payload within `roundsWindowMs` that are still taken for repeats. */
export const roundsMax = 32;
const roundsWindowMs = 1_000;
const pauseMsMin = 1_000;
const pauseMsMax = 60_000;
// Payloads remembered for each direction; the oldest is forgotten first.
const payloadsMax = 1_024;

interface Rounds {
  /** When the window began in which `count` is counted. */
  sinceMs: number;
  count: number;
}

/** By digest, what was forwarded from one way to another, oldest first. */
type Forwarded = Map<number, Rounds>;

interface Between {
  pausedUntilMs: number;
  pauseMs: number;
}

/** The breaker of one topic. `Way` stands for a network: equal ways are the same object. */
export class LoopBreaker<Way extends object> {
  readonly #forwarded = new Map<Way, Map<Way, Forwarded>>();
  readonly #betweens = new Map<Way, Map<Way, Between>>();

  /**
   * Takes note of a payload that arrived.
   * @returns The way between which and `from` forwarding pauses from now on; mostly undefined.
   */
  arrived(digest: number, from: Way, nowMs: number): Way | undefined {
    for (const [origin, byTarget] of this.#forwarded) {
      const rounds = byTarget.get(from)?.get(digest);
      // What still arrives during a pause is the rest of the storm that it ends.
      if (rounds === undefined || this.#isPaused(origin, from, nowMs)) continue;
      if (nowMs - rounds.sinceMs > roundsWindowMs) {
        rounds.sinceMs = nowMs;
        rounds.count = 0;
      }
      rounds.count += 1;
      if (rounds.count <= roundsMax) continue;
      rounds.count = 0;
      this.#pause(origin, from, nowMs);
      return origin;
    }
    return undefined;
  }

  /** Whether a payload from one way may be forwarded to the other; if so it is remembered. */
  mayForward(digest: number, from: Way, to: Way, nowMs: number): boolean {
    if (this.#isPaused(from, to, nowMs)) return false;
    const forwarded = mapIn(mapIn(this.#forwarded, from), to);
    if (!forwarded.has(digest)) {
      if (forwarded.size >= payloadsMax) deleteFirst(forwarded);
      forwarded.set(digest, { sinceMs: nowMs, count: 0 });
    }
    return true;
  }

  #isPaused(one: Way, other: Way, nowMs: number): boolean {
    const between = this.#betweens.get(one)?.get(other);
    return between !== undefined && nowMs < between.pausedUntilMs;
  }

  #pause(one: Way, other: Way, nowMs: number): void {
    const known = this.#betweens.get(one)?.get(other);
    // A storm that comes back soon after its pause is the same one.
    const again = known !== undefined && nowMs < known.pausedUntilMs + known.pauseMs;
    const pauseMs = again ? Math.min(known.pauseMs * 2, pauseMsMax) : pauseMsMin;
    const between: Between = { pauseMs, pausedUntilMs: nowMs + pauseMs };
    mapIn(this.#betweens, one).set(other, between);
    mapIn(this.#betweens, other).set(one, between);
  }
}

function mapIn<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}

function deleteFirst<K>(map: Map<K, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
