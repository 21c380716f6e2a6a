/** Outbox: numbers what one program sends, so that receivers can tell whether they got it all. */
import process from "node:process";
import type { Neuron } from "plexo";
import { type Stamp, Tally } from "../types.ts";

export class Outbox {
  readonly #sender: string;
  readonly #sent: Record<string, number> = {};

  /** @param program Its name; with the process id it names the sender. */
  constructor(program: string) {
    this.#sender = `${program}-${process.pid}`;
  }

  /** What makes the next message of `neuron` tell who sent it, and as which. */
  stamp(neuron: Neuron): Stamp {
    const number = (this.#sent[neuron.name] ?? 0) + 1;
    this.#sent[neuron.name] = number;
    return { sender: this.#sender, number, at: new Date().toISOString() };
  }

  /** The last message to send. */
  close(): Tally {
    return { ...this.stamp(Tally), sent: { ...this.#sent } };
  }
}
