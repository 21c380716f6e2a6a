/** A clock that a test moves. */
import type { Clock, ClockTimer } from "../../src/io/clock.ts";

interface Waiting {
  readonly endsMs: number;
  readonly ring: () => void;
  referenced: boolean;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #waiting = new Set<Waiting>();

  nowMs(): number {
    return this.#nowMs;
  }

  startTimer(delayMs: number, ring: () => void): ClockTimer {
    const waiting = { endsMs: this.#nowMs + delayMs, ring, referenced: true };
    this.#waiting.add(waiting);
    return {
      cancel: () => void this.#waiting.delete(waiting),
      ref: () => {
        waiting.referenced = true;
      },
      unref: () => {
        waiting.referenced = false;
      },
    };
  }

  /** Lets time pass, and rings what is due then, earliest first. */
  advance(byMs: number): void {
    this.#nowMs += byMs;
    for (const waiting of [...this.#waiting].sort((a, b) => a.endsMs - b.endsMs)) {
      if (waiting.endsMs > this.#nowMs || !this.#waiting.delete(waiting)) continue;
      waiting.ring();
    }
  }

  get timerCount(): number {
    return this.#waiting.size;
  }

  /** Timers that would keep the process alive. */
  get referencedCount(): number {
    return [...this.#waiting].filter((waiting) => waiting.referenced).length;
  }

  /** When the next timer ends, counted from now. */
  get nextDelayMs(): number {
    return Math.min(...[...this.#waiting].map((waiting) => waiting.endsMs)) - this.#nowMs;
  }
}
