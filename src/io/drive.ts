/** Drive: runs a machine on a clock: brings it what arrives and the time, and does what it says. */
import type { Machine } from "../protocol/machine.ts";
import { Alarm } from "./alarm.ts";
import { type Clock, systemClock } from "./clock.ts";

export class Drive<Input, Output> {
  readonly #machine: Machine<Input, Output>;
  readonly #perform: (output: Output) => void;
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  #isStopped = false;

  constructor(
    machine: Machine<Input, Output>,
    perform: (output: Output) => void,
    clock: Clock = systemClock,
  ) {
    this.#machine = machine;
    this.#perform = perform;
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => {
      machine.wake(clock.nowMs());
      this.settle();
    });
  }

  receive(input: Input): void {
    if (this.#isStopped) return;
    this.#machine.receive(input, this.#clock.nowMs());
    this.settle();
  }

  /** Does what the machine wants done; call it after an act of the machine's owner. */
  settle(): void {
    // To perform one may be an act of the owner that brings about another.
    for (let outputs = this.#machine.drain(); outputs.length > 0; outputs = this.#machine.drain()) {
      for (const output of outputs) this.#perform(output);
    }
    if (!this.#isStopped) this.#alarm.set(this.#machine.deadlineMs);
  }

  /** Keeps the process alive while the machine waits for a time; the default. */
  ref(): void {
    this.#alarm.ref();
  }

  unref(): void {
    this.#alarm.unref();
  }

  /** Brings the machine nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#alarm.set(undefined);
  }
}
