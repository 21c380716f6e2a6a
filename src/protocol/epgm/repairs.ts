/**
 * Repairs: what a source has been asked to repeat. Those who ask are served in turn, each in the order
 * in which it has asked, so that one who asks for everything delays nobody else.
 */
import type { TransmitWindow } from "./transmit-window.ts";

/** What was confirmed or repeated just now is still under way to whoever asks for it again. */
const pauseMs = 10;

/** For each of those who ask so many repairs wait; what it asks for beyond has to be asked for again. */
const waitingMax = 1_024;

/** So many are served in turn; those who come later have to ask again. */
const askersMax = 32;

/** What has become of a request. */
export interface Asked {
  /** To be confirmed by an NCF. */
  readonly confirmed: readonly number[];
  /** How many packets were never asked for before. */
  readonly newCount: number;
  /** How many sequence numbers are not in the window. */
  readonly absentCount: number;
}

export class Repairs {
  readonly #window: TransmitWindow;
  /** By who has asked; first the one whose turn it is. */
  readonly #waiting = new Map<string, Set<number>>();

  constructor(window: TransmitWindow) {
    this.#window = window;
  }

  get waitingCount(): number {
    const sequences = new Set<number>();
    for (const waiting of this.#waiting.values()) for (const each of waiting) sequences.add(each);
    return sequences.size;
  }

  /** @param asker Who asks: an address. */
  ask(asker: string, sequences: readonly number[], nowMs: number): Asked {
    const confirmed: number[] = [];
    let newCount = 0;
    let absentCount = 0;
    for (const sequence of sequences) {
      const kept = this.#window.get(sequence);
      if (kept === undefined) {
        absentCount += 1;
        continue;
      }
      // Also where another's request was confirmed just now: that other may have many before it.
      if (nowMs >= kept.repeatedMs + pauseMs && !this.#add(asker, sequence)) continue;
      if (nowMs < Math.max(kept.confirmedMs, kept.repeatedMs) + pauseMs) continue;
      if (kept.confirmedMs === Number.NEGATIVE_INFINITY) newCount += 1;
      kept.confirmedMs = nowMs;
      confirmed.push(sequence);
    }
    return { confirmed, newCount, absentCount };
  }

  /** The packet to be repeated next, if any; one that has left the window since is passed over. */
  next(): { readonly sequence: number; readonly packet: Uint8Array } | undefined {
    for (const [asker, waiting] of this.#waiting) {
      for (const sequence of waiting) {
        const kept = this.#window.get(sequence);
        if (kept !== undefined) return { sequence, packet: kept.packet };
        waiting.delete(sequence);
      }
      this.#waiting.delete(asker);
    }
    return undefined;
  }

  /** It went to all, so that nobody waits for it any more. It was the turn of the first who asked. */
  repeated(sequence: number, nowMs: number): void {
    const kept = this.#window.get(sequence);
    if (kept !== undefined) kept.repeatedMs = nowMs;
    for (const waiting of this.#waiting.values()) waiting.delete(sequence);
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [asker, waiting] = first;
    this.#waiting.delete(asker);
    if (waiting.size > 0) this.#waiting.set(asker, waiting);
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** @returns false if there is no room for it. */
  #add(asker: string, sequence: number): boolean {
    const waiting = this.#waiting.get(asker) ?? new Set();
    if (waiting.has(sequence)) return true;
    if (waiting.size >= waitingMax) return false;
    if (waiting.size === 0) {
      if (this.#waiting.size >= askersMax && !this.#waiting.has(asker)) return false;
      this.#waiting.set(asker, waiting);
    }
    waiting.add(sequence);
    return true;
  }
}
