/** Dendrite (plain term: subscription list): the receptors of one neuron in one ganglion. */

import type { Codec } from "./codec/codec.ts";
import type { Impulse } from "./impulse.ts";
import type { Patience } from "./queue.ts";
import type { Ledger, Receptor } from "./receptor.ts";
import { both, type Wait } from "./wait.ts";

export class Dendrite {
  // Replaced, never changed in place: a reactant may subscribe or unsubscribe while it is called.
  #receptors: readonly Receptor[] = [];
  /** True while one of them takes bytes. */
  #takesBytes = false;

  get size(): number {
    return this.#receptors.length;
  }

  get receptors(): readonly Receptor[] {
    return this.#receptors;
  }

  add(receptor: Receptor): void {
    this.#set([...this.#receptors, receptor]);
  }

  remove(receptor: Receptor): void {
    this.#set(this.#receptors.filter((other) => other !== receptor));
  }

  #set(receptors: readonly Receptor[]): void {
    this.#receptors = receptors;
    this.#takesBytes = receptors.some(({ neuron }) => neuron === undefined);
  }

  /**
   * Hands `impulse` to each receptor, in the order they were added.
   * Where the bytes cannot be decoded, those who want bytes still get them.
   * @returns A promise when a receptor's queue made the sender wait.
   */
  transduce(impulse: Impulse, ledger: Ledger, patience?: Patience): Wait {
    const receptors = this.#receptors;
    if (receptors.length === 0) return undefined;
    impulse.claim();
    if (this.#takesBytes || !impulse.holdsSentValue) {
      return this.#transduceAnew(impulse, ledger, patience);
    }
    const value = impulse.sentValue;
    let wait: Wait;
    // By index: an iterator costs a third of an in-process message.
    for (let index = 0; index < receptors.length; index++) {
      const each = (receptors[index] as Receptor).take(value, impulse, ledger, patience);
      if (each !== undefined) wait = both(wait, each);
    }
    return wait;
  }

  /** Where the value has to be decoded, or the bytes encoded, for one receptor at least. */
  #transduceAnew(impulse: Impulse, ledger: Ledger, patience: Patience | undefined): Wait {
    const receptors = this.#receptors;
    let wait: Wait;
    let failed: Codec<unknown> | "bytes" | undefined;
    for (let index = 0; index < receptors.length; index++) {
      const receptor = receptors[index] as Receptor;
      const neuron = receptor.neuron;
      const wanted = neuron?.codec ?? "bytes";
      if (wanted === failed) continue;
      let input: unknown;
      try {
        input = neuron === undefined ? impulse.bytes : impulse.valueBy(neuron);
      } catch (cause) {
        if (failed === undefined) ledger.unreadable(impulse, cause);
        failed = wanted;
        continue;
      }
      const each = receptor.take(input, impulse, ledger, patience);
      if (each !== undefined) wait = both(wait, each);
    }
    return wait;
  }
}
