/**
 * Missing: the packets of one source that a receiver knows of, but does not have, and how it goes about
 * getting them. Per sequence number (RFC 3208, section 6):
 *
 *   back-off --(random time)--> NAK sent, wait for NCF --(NCF)--> wait for data --(RDATA)--> there
 *
 * Another receiver's NAK, or the NCF to it, saves one's own; but only every other time, since either
 * may be forged. What does not come is asked for again, and given up in the end.
 */
import { distance, plus } from "./sequence.ts";

export interface RepairTimes {
  /** The longest random wait before a NAK. */
  readonly backOffMs: number;
  readonly ncfMs: number;
  readonly dataMs: number;
  /** So many unanswered NAKs, or unfulfilled NCFs, end it. */
  readonly retriesMax: number;
}

/** What is asked for at one time; the rest follows after a pause, since a source repeats in turn, too. */
const askedMax = 1_008;
const askPauseMs = 10;

/** What a missing packet takes to be known as such. */
const gapBytes = 96;

type State = "back-off" | "wait-ncf" | "wait-data";

interface Gap {
  readonly sequence: number;
  state: State;
  dueMs: number;
  retries: number;
  /** Whether others may ask in one's place this time. */
  isYielding: boolean;
}

export interface Due {
  /** To be asked for now. */
  readonly asked: readonly number[];
  /** The highest that has been asked for too often: it and all before it are to be given up. */
  readonly hopeless: number | undefined;
}

const nothingDue: Due = { asked: [], hopeless: undefined };

export class Missing {
  readonly #times: RepairTimes;
  readonly #random: () => number;
  readonly #gaps = new Map<number, Gap>();
  /** None is due before; perhaps none is due then either. */
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(times: RepairTimes, random: () => number) {
    this.#times = times;
    this.#random = random;
  }

  get size(): number {
    return this.#gaps.size;
  }

  /** An allowance for what is known of each. */
  get bytes(): number {
    return this.#gaps.size * gapBytes;
  }

  get deadlineMs(): number {
    return this.#gaps.size === 0 ? Number.POSITIVE_INFINITY : this.#deadlineMs;
  }

  has(sequence: number): boolean {
    return this.#gaps.has(sequence);
  }

  /** All from `first` to before `end` are found missing by one packet: they share one back-off. */
  add(first: number, end: number, nowMs: number): void {
    const count = distance(first, end);
    if (count <= 0) return;
    const dueMs = this.#backOffEndsMs(nowMs);
    for (let index = 0; index < count; index += 1) {
      const sequence = plus(first, index);
      if (this.#gaps.has(sequence)) continue;
      this.#gaps.set(sequence, {
        sequence,
        state: "back-off",
        dueMs,
        retries: 0,
        isYielding: true,
      });
    }
    this.#noteDue(dueMs);
  }

  /** It has come, or is no longer wanted. @returns whether it was missing. */
  delete(sequence: number): boolean {
    if (!this.#gaps.delete(sequence)) return false;
    if (this.#gaps.size === 0) this.#deadlineMs = Number.POSITIVE_INFINITY;
    return true;
  }

  /** Those from `sequence` on are not missing: they were never sent. */
  deleteFrom(sequence: number): void {
    for (const missing of this.#gaps.keys()) {
      if (distance(sequence, missing) >= 0) this.delete(missing);
    }
  }

  clear(): void {
    this.#gaps.clear();
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** Another receiver has asked for it: the source will answer that. */
  askedByOther(sequence: number, nowMs: number): void {
    const gap = this.#gaps.get(sequence);
    if (gap?.state !== "back-off" || !gap.isYielding) return;
    gap.isYielding = false;
    this.#enter(gap, "wait-ncf", nowMs + this.#times.ncfMs);
  }

  /** The source has confirmed that it was asked. More of the same does not prolong the wait. */
  confirmed(sequence: number, nowMs: number): void {
    const gap = this.#gaps.get(sequence);
    if (gap === undefined || gap.state === "wait-data") return;
    if (gap.state === "back-off") {
      if (!gap.isYielding) return;
      gap.isYielding = false;
    }
    this.#enter(gap, "wait-data", nowMs + this.#times.dataMs);
  }

  /** Lets those whose wait is over go on. */
  due(nowMs: number): Due {
    if (nowMs < this.deadlineMs) return nothingDue;
    const asked: number[] = [];
    let hopeless: number | undefined;
    const backOffEndsMs = this.#backOffEndsMs(nowMs);
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    for (const gap of this.#gaps.values()) {
      if (gap.dueMs > nowMs) {
        this.#noteDue(gap.dueMs);
      } else if (gap.state !== "back-off") {
        gap.retries += 1;
        if (gap.retries >= this.#times.retriesMax) hopeless = laterOf(hopeless, gap.sequence);
        this.#enter(gap, "back-off", backOffEndsMs);
      } else if (asked.length < askedMax) {
        asked.push(gap.sequence);
        gap.isYielding = true;
        this.#enter(gap, "wait-ncf", nowMs + this.#times.ncfMs);
      } else {
        this.#enter(gap, "back-off", nowMs + askPauseMs);
      }
    }
    return { asked, hopeless };
  }

  /** One that the source has confirmed, but not sent yet. */
  firstConfirmed(): number | undefined {
    for (const { sequence, state } of this.#gaps.values()) {
      if (state === "wait-data") return sequence;
    }
    return undefined;
  }

  /** At least a moment, so that time passes between two tries. */
  #backOffEndsMs(nowMs: number): number {
    return nowMs + 1 + this.#random() * (this.#times.backOffMs - 1);
  }

  #enter(gap: Gap, state: State, dueMs: number): void {
    gap.state = state;
    gap.dueMs = dueMs;
    this.#noteDue(dueMs);
  }

  #noteDue(dueMs: number): void {
    if (dueMs < this.#deadlineMs) this.#deadlineMs = dueMs;
  }
}

function laterOf(left: number | undefined, right: number): number {
  return left === undefined || distance(left, right) > 0 ? right : left;
}
