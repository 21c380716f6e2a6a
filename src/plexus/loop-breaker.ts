/**
 * LoopBreaker: ends a storm between two networks whose peers give messages no id.
 *
 * Where a second bridge joins the same networks, a message that was forwarded from X to Y comes back
 * from Y, is forwarded to X, comes back from there, and so on for ever. Without an id an echo looks
 * like a sensor that says 20.0 twice, so nothing is suppressed; but when payloads make the round too
 * often, forwarding of their topic between the two pauses, longer each time.
 *
 * Everything that comes from one of the two is forwarded to the other. So what goes round comes from
 * both, and makes as many rounds as it comes from where it comes from less often.
 */

import type { Arrivals } from "./arrivals.ts";
import { digestOf } from "./digest.ts";
import { RepeatWatch } from "./repeat-watch.ts";
import { Tally } from "./tally.ts";

/** Rounds of one payload within a second that are still taken for repeats. */
export const roundsMax = 32;
/** The same for all payloads of a topic together: the more go round, the longer each one takes. */
export const roundsOfAllMax = 512;
const pauseMsMin = 1_000;
const pauseMsMax = 60_000;
const utf8 = new TextEncoder();

/** What an arrival tells of loops. */
export interface Finding<Way> {
  /** The networks between which and the one it came from forwarding pauses from now on. */
  readonly loops: readonly Way[];
  /** True when it is to be told that too much comes again and again, from that network alone. */
  readonly isSuspect: boolean;
}

const nothing: Finding<never> = { loops: [], isSuspect: false };
const suspicion: Finding<never> = { loops: [], isSuspect: true };

/** Two networks from which equal payloads came, again and again. */
interface Couple<Way> {
  /** How many of these came from each of the two. */
  readonly byWay: ReadonlyMap<Way, Tally>;
  pausedUntilMs: number;
  pauseMs: number;
}

/** The breaker of one topic. `Way` stands for a network: equal ways are the same object. */
export class LoopBreaker<Way extends object> {
  readonly #topicDigest: number;
  readonly #arrivals: Arrivals<Way>;
  // Each couple is there twice.
  readonly #couples = new WeakMap<Way, WeakMap<Way, Couple<Way>>>();
  readonly #repeatWatch = new RepeatWatch<Way>();

  /** @param arrivals Those at the plexus, of all topics. */
  constructor(topic: string, arrivals: Arrivals<Way>) {
    this.#topicDigest = digestOf(utf8.encode(topic));
    this.#arrivals = arrivals;
  }

  /**
   * Takes note of a payload that arrived, to be forwarded.
   * @param ways All networks of the topic.
   */
  arrived(payload: Uint8Array, from: Way, ways: readonly Way[], nowMs: number): Finding<Way> {
    const key = digestOf(payload, this.#topicDigest);
    const byWay = this.#arrivals.add(key, from, nowMs);
    // Once from each of two networks is no round yet.
    if (!byWay?.get(from)?.isRepeated) return nothing;
    if (byWay.size === 1) {
      return this.#repeatWatch.repeated(from, nowMs) ? suspicion : nothing;
    }
    const loops = this.#loopsOf(byWay, from, ways, nowMs);
    return loops.length === 0 ? nothing : { loops, isSuspect: false };
  }

  #loopsOf(
    byWay: ReadonlyMap<Way, Tally>,
    from: Way,
    ways: readonly Way[],
    nowMs: number,
  ): readonly Way[] {
    const loops: Way[] = [];
    for (const way of ways) {
      if (way === from || !byWay.has(way)) continue;
      const couple = this.#obtain(way, from);
      couple.byWay.get(from)?.add(nowMs);
      const isLoop =
        roundsOf(byWay, way, from, nowMs) > roundsMax ||
        roundsOf(couple.byWay, way, from, nowMs) > roundsOfAllMax;
      // What arrives during a pause is the rest of the storm that it ends.
      if (!isLoop || isPaused(couple, nowMs)) continue;
      pause(couple, nowMs);
      loops.push(way);
    }
    return loops;
  }

  /** Whether what comes from one of these may be forwarded to the other now. */
  mayForward(from: Way, to: Way, nowMs: number): boolean {
    const couple = this.#couples.get(from)?.get(to);
    return couple === undefined || !isPaused(couple, nowMs);
  }

  #obtain(one: Way, other: Way): Couple<Way> {
    let couple = this.#couples.get(one)?.get(other);
    if (couple === undefined) {
      couple = {
        byWay: new Map([one, other].map((way) => [way, new Tally()])),
        pausedUntilMs: Number.NEGATIVE_INFINITY,
        pauseMs: 0,
      };
      this.#remember(one, other, couple);
      this.#remember(other, one, couple);
    }
    return couple;
  }

  #remember(one: Way, other: Way, couple: Couple<Way>): void {
    const known = this.#couples.get(one);
    if (known === undefined) this.#couples.set(one, new WeakMap([[other, couple]]));
    else known.set(other, couple);
  }
}

function roundsOf<Way>(
  byWay: ReadonlyMap<Way, Tally>,
  one: Way,
  other: Way,
  nowMs: number,
): number {
  return Math.min(byWay.get(one)?.at(nowMs) ?? 0, byWay.get(other)?.at(nowMs) ?? 0);
}

function isPaused({ pausedUntilMs }: Couple<unknown>, nowMs: number): boolean {
  return nowMs < pausedUntilMs;
}

function pause(couple: Couple<unknown>, nowMs: number): void {
  // A storm that comes back soon after its pause is the same one.
  const isAgain = nowMs < couple.pausedUntilMs + couple.pauseMs;
  couple.pauseMs = isAgain ? Math.min(couple.pauseMs * 2, pauseMsMax) : pauseMsMin;
  couple.pausedUntilMs = nowMs + couple.pauseMs;
}
