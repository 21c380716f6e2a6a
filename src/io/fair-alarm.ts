/**
 * FairAlarm: an alarm for a deadline that a peer has to keep.
 *
 * After a long computation timers come before the bytes that have arrived meanwhile. Those are to be
 * read first, else a peer would be found silent that was not. So this rings one turn later, by when
 * the deadline may have been put off: look at the clock.
 */
import { Alarm } from "./alarm.ts";
import type { Clock } from "./clock.ts";

export class FairAlarm {
  readonly #alarm: Alarm;
  #turn: NodeJS.Immediate | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#alarm = new Alarm(clock, () => {
      this.#turn ??= setImmediate(() => {
        this.#turn = undefined;
        ring();
      });
    });
  }

  /** As `Alarm.set`. */
  set(deadlineMs: number | undefined): void {
    this.#alarm.set(deadlineMs);
    if (deadlineMs !== undefined) return;
    clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  /** Keeps the process alive until it rings; the default. */
  ref(): void {
    this.#alarm.ref();
  }

  unref(): void {
    this.#alarm.unref();
  }
}
