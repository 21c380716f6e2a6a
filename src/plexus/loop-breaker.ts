/**
 * LoopBreaker: ends a storm between two networks whose peers give messages no id.
 *
 * Where a second bridge joins the same networks, a message that was forwarded from X to Y comes back
 * from Y, is forwarded to X, comes back from there, and so on for ever. Without an id an echo looks
 * like a sensor that says 20.0 twice, so nothing is suppressed; but when payloads make the round too
 * often, forwarding of their topic between the two pauses, longer each time.
 *
 * Everything that comes from one of the two is forwarded to the other. So what goes round comes from
 * both; what comes back from one only is an echo, and ends by itself.
 */

import type { Arrivals, Sighting } from "./arrivals.ts";
import { digestOf } from "./digest.ts";
import { RepeatWatch } from "./repeat-watch.ts";
import { Tally } from "./tally.ts";

/**
 * Rounds of one payload within a second that are still taken for repeats: so often it may come from
 * both networks.
 */
export const roundsMax = 32;
/**
 * So often within a second the payloads of a topic may come from the other network than before: of
 * many that go round none makes many rounds, as they slow each other down. Where the original is slow,
 * on a machine that does other work, a hundred of them did not make twice as many for seconds.
 */
export const turnsMax = 256;
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

/** Two networks from which equal payloads came. */
interface Couple {
  readonly turns: Tally;
  pausedUntilMs: number;
  pauseMs: number;
}

/** The breaker of one topic. `Way` stands for a network: equal ways are the same object. */
export class LoopBreaker<Way extends object> {
  readonly #topicDigest: number;
  readonly #arrivals: Arrivals<Way>;
  // Each couple is there twice.
  readonly #couples = new WeakMap<Way, WeakMap<Way, Couple>>();
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
    const sighting = this.#arrivals.add(key, from, nowMs);
    // Once from each of two networks is no round yet.
    if (sighting === undefined || sighting.times <= 2) return nothing;
    if (sighting.byWay.size === 1) {
      return this.#repeatWatch.isSuspect(sighting, from, nowMs) ? suspicion : nothing;
    }
    const loops = ways.filter((way) => way !== from && this.#isLoop(sighting, way, from, nowMs));
    return loops.length === 0 ? nothing : { loops, isSuspect: false };
  }

  /** Whether what comes from one of these may be forwarded to the other now. */
  mayForward(from: Way, to: Way, nowMs: number): boolean {
    const couple = this.#couples.get(from)?.get(to);
    return couple === undefined || !isPaused(couple, nowMs);
  }

  /** True when forwarding pauses from now on. */
  #isLoop({ before, byWay }: Sighting<Way>, way: Way, from: Way, nowMs: number): boolean {
    const [there, here] = [byWay.get(way), byWay.get(from)];
    if (there === undefined || here === undefined) return false;
    const couple = this.#obtain(way, from);
    if (before === way) couple.turns.add(nowMs);
    const rounds = Math.min(there.at(nowMs), here.at(nowMs));
    if (rounds <= roundsMax && couple.turns.at(nowMs) <= turnsMax) return false;
    // What arrives during a pause is the rest of the storm that it ends.
    if (isPaused(couple, nowMs)) return false;
    pause(couple, nowMs);
    return true;
  }

  #obtain(one: Way, other: Way): Couple {
    let couple = this.#couples.get(one)?.get(other);
    if (couple === undefined) {
      couple = { turns: new Tally(), pausedUntilMs: Number.NEGATIVE_INFINITY, pauseMs: 0 };
      this.#remember(one, other, couple);
      this.#remember(other, one, couple);
    }
    return couple;
  }

  #remember(one: Way, other: Way, couple: Couple): void {
    const known = this.#couples.get(one);
    if (known === undefined) this.#couples.set(one, new WeakMap([[other, couple]]));
    else known.set(other, couple);
  }
}

function isPaused({ pausedUntilMs }: Couple, nowMs: number): boolean {
  return nowMs < pausedUntilMs;
}

function pause(couple: Couple, nowMs: number): void {
  // A storm that comes back soon after its pause is the same one.
  const isAgain = nowMs < couple.pausedUntilMs + couple.pauseMs;
  couple.pauseMs = isAgain ? Math.min(couple.pauseMs * 2, pauseMsMax) : pauseMsMin;
  couple.pausedUntilMs = nowMs + couple.pauseMs;
}
