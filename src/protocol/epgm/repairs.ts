/** Repairs: what a source has been asked to repeat, in the order in which it was asked. */
import type { TransmitWindow } from "./transmit-window.ts";

/** What was confirmed or repeated just now is still under way to whoever asks for it again. */
const pauseMs = 10;

/** So many repairs wait; what is asked for beyond them has to be asked for again. */
const waitingMax = 4_096;

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
  readonly #waiting = new Set<number>();

  constructor(window: TransmitWindow) {
    this.#window = window;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  ask(sequences: readonly number[], nowMs: number): Asked {
    const confirmed: number[] = [];
    let newCount = 0;
    let absentCount = 0;
    for (const sequence of sequences) {
      const kept = this.#window.get(sequence);
      if (kept === undefined) {
        absentCount += 1;
        continue;
      }
      if (nowMs < Math.max(kept.confirmedMs, kept.repeatedMs) + pauseMs) continue;
      if (!this.#waiting.has(sequence) && this.#waiting.size >= waitingMax) continue;
      if (kept.confirmedMs === Number.NEGATIVE_INFINITY) newCount += 1;
      kept.confirmedMs = nowMs;
      confirmed.push(sequence);
      this.#waiting.add(sequence);
    }
    return { confirmed, newCount, absentCount };
  }

  /** The packet to be repeated next, if any; one that has left the window since is passed over. */
  next(): { readonly sequence: number; readonly packet: Uint8Array } | undefined {
    for (const sequence of this.#waiting) {
      const kept = this.#window.get(sequence);
      if (kept !== undefined) return { sequence, packet: kept.packet };
      this.#waiting.delete(sequence);
    }
    return undefined;
  }

  repeated(sequence: number, nowMs: number): void {
    this.#waiting.delete(sequence);
    const kept = this.#window.get(sequence);
    if (kept !== undefined) kept.repeatedMs = nowMs;
  }

  clear(): void {
    this.#waiting.clear();
  }
}
