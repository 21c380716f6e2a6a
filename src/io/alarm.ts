/** Alarm: one deadline, often moved, on at most one timer. */
import type { Clock, ClockTimer } from "./clock.ts";

const never = Number.POSITIVE_INFINITY;

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #deadlineMs = never;
  #timer: ClockTimer | undefined;
  #timerEndsMs = never;
  #referenced = true;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /**
   * Rings once at `deadlineMs` of the clock, instead of when it was told before; never if undefined.
   * To put it off costs nothing: the timer that runs is kept, and started anew when it ends.
   */
  set(deadlineMs: number | undefined): void {
    this.#deadlineMs = deadlineMs ?? never;
    if (this.#deadlineMs === never) this.#stopTimer();
    else if (this.#deadlineMs < this.#timerEndsMs) this.#startTimer();
  }

  /** Keeps the process alive until it rings; the default. */
  ref(): void {
    this.#referenced = true;
    this.#timer?.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#timer?.unref();
  }

  #startTimer(): void {
    this.#stopTimer();
    const delayMs = Math.max(0, this.#deadlineMs - this.#clock.nowMs());
    this.#timerEndsMs = this.#deadlineMs;
    this.#timer = this.#clock.startTimer(delayMs, () => this.#end());
    if (!this.#referenced) this.#timer.unref();
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerEndsMs = never;
  }

  #end(): void {
    this.#stopTimer();
    if (this.#clock.nowMs() < this.#deadlineMs) {
      this.#startTimer();
      return;
    }
    this.#deadlineMs = never;
    this.#ring();
  }
}
