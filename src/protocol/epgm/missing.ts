/**
 * Missing: the packets of one source that a receiver knows of, but does not have, and how it goes about
 * getting them. Per sequence number (RFC 3208, section 6.3):
 *
 *   back-off --(random time)--> NAK sent, wait for NCF --(NCF)--> wait for data --(RDATA)--> there
 *
 * A NAK or an NCF that is due to another receiver saves one's own. What is not answered is asked for
 * again, and given up in the end.
 */
import { distance } from "./sequence.ts";

export interface RepairTimes {
  /** The longest random wait before a NAK. */
  readonly backOffMs: number;
  readonly ncfMs: number;
  readonly dataMs: number;
  /** So many unanswered NAKs, or unfulfilled NCFs, end it. */
  readonly retriesMax: number;
}

type State = "back-off" | "wait-ncf" | "wait-data";

interface Gap {
  readonly sequence: number;
  state: State;
  dueMs: number;
  retries: number;
}

export class Missing {
  readonly #times: RepairTimes;
  readonly #random: () => number;
  /** In the order of their sequence numbers, since they are found in it. */
  readonly #gaps = new Map<number, Gap>();
  #deadlineMs: number | undefined;

  constructor(times: RepairTimes, random: () => number) {
    this.#times = times;
    this.#random = random;
  }

  get size(): number {
    return this.#gaps.size;
  }

  get deadlineMs(): number {
    if (this.#deadlineMs === undefined) {
      let earliestMs = Number.POSITIVE_INFINITY;
      for (const { dueMs } of this.#gaps.values()) earliestMs = Math.min(earliestMs, dueMs);
      this.#deadlineMs = earliestMs;
    }
    return this.#deadlineMs;
  }

  has(sequence: number): boolean {
    return this.#gaps.has(sequence);
  }

  /** All from `first` on, `count` of them, are found missing by one packet: they share one back-off. */
  add(first: number, count: number, nowMs: number): void {
    const dueMs = nowMs + this.#random() * this.#times.backOffMs;
    for (let index = 0; index < count; index += 1) {
      const sequence = (first + index) >>> 0;
      if (this.#gaps.has(sequence)) continue;
      this.#gaps.set(sequence, { sequence, state: "back-off", dueMs, retries: 0 });
    }
    this.#deadlineMs = undefined;
  }

  /** It has come, or is no longer wanted. */
  delete(sequence: number): boolean {
    const wasThere = this.#gaps.delete(sequence);
    if (wasThere) this.#deadlineMs = undefined;
    return wasThere;
  }

  /** Another receiver has asked for it: the source will answer that. */
  askedByOther(sequence: number, nowMs: number): void {
    const gap = this.#gaps.get(sequence);
    if (gap?.state !== "back-off") return;
    this.#enter(gap, "wait-ncf", nowMs + this.#times.ncfMs);
  }

  /** The source has confirmed that it was asked. */
  confirmed(sequence: number, nowMs: number): void {
    const gap = this.#gaps.get(sequence);
    if (gap === undefined) return;
    this.#enter(gap, "wait-data", nowMs + this.#times.dataMs);
  }

  /** Lets those whose wait is over begin anew. @returns those that are to be asked for now. */
  due(nowMs: number): number[] {
    if (nowMs < this.deadlineMs) return [];
    const asked: number[] = [];
    for (const gap of this.#gaps.values()) {
      if (gap.dueMs > nowMs) continue;
      if (gap.state === "back-off") {
        asked.push(gap.sequence);
        this.#enter(gap, "wait-ncf", nowMs + this.#times.ncfMs);
      } else {
        gap.retries += 1;
        this.#enter(gap, "back-off", nowMs + this.#random() * this.#times.backOffMs);
      }
    }
    this.#deadlineMs = undefined;
    return asked;
  }

  /** The highest that has been asked for too often, if any. */
  hopeless(): number | undefined {
    let highest: number | undefined;
    for (const { sequence, retries } of this.#gaps.values()) {
      if (retries < this.#times.retriesMax) continue;
      if (highest === undefined || distance(highest, sequence) > 0) highest = sequence;
    }
    return highest;
  }

  /** The lowest that the source has confirmed, but not sent yet. */
  firstConfirmed(): number | undefined {
    for (const { sequence, state } of this.#gaps.values()) {
      if (state === "wait-data") return sequence;
    }
    return undefined;
  }

  /** Removes all that are before `sequence`. @returns how many. */
  deleteBefore(sequence: number): number {
    return this.#deleteIf((missing) => distance(sequence, missing) < 0);
  }

  /** Removes all from `sequence` on. @returns how many. */
  deleteFrom(sequence: number): number {
    return this.#deleteIf((missing) => distance(sequence, missing) >= 0);
  }

  clear(): void {
    this.#gaps.clear();
    this.#deadlineMs = undefined;
  }

  #deleteIf(condition: (sequence: number) => boolean): number {
    let count = 0;
    for (const sequence of this.#gaps.keys()) {
      if (!condition(sequence)) continue;
      this.#gaps.delete(sequence);
      count += 1;
    }
    this.#deadlineMs = undefined;
    return count;
  }

  #enter(gap: Gap, state: State, dueMs: number): void {
    gap.state = state;
    gap.dueMs = dueMs;
    this.#deadlineMs = undefined;
  }
}
