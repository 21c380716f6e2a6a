/** Repairs: what a source has been asked to repeat, in the order in which it was asked. */
import { sequencesPerNak } from "./packet.ts";
import { distance } from "./sequence.ts";
import type { TransmitWindow } from "./transmit-window.ts";

/** What was repeated just now is still under way to whoever asks for it again. */
const repeatPauseMs = 10;

/** So many repairs wait; what is asked for beyond them has to be asked for again. */
const waitingMax = 4_096;

export class Repairs {
  readonly #window: TransmitWindow;
  readonly #waiting = new Set<number>();

  constructor(window: TransmitWindow) {
    this.#window = window;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** How many of the sequences are asked for the first time, and are there to be repeated. */
  ask(sequences: readonly number[], nowMs: number): number {
    let newCount = 0;
    for (const sequence of sequences.slice(0, sequencesPerNak)) {
      const kept = this.#window.get(sequence);
      if (kept === undefined || this.#waiting.has(sequence)) continue;
      if (this.#waiting.size >= waitingMax) break;
      if (nowMs < kept.repeatedMs + repeatPauseMs) continue;
      if (kept.repeatedMs === Number.NEGATIVE_INFINITY) newCount += 1;
      this.#waiting.add(sequence);
    }
    return newCount;
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
    this.#window.repeated(sequence, nowMs);
  }

  /** Whether a sequence lies beyond all that was sent, so that nobody can miss it. */
  isUnsent(sequence: number): boolean {
    return distance(this.#window.lead, sequence) > 0;
  }
}
