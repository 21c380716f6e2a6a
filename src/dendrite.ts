/** Dendrite (plain term: subscription list): the receptors of one neuron in one ganglion. */

import type { Codec } from "./codec/codec.ts";
import type { Impulse } from "./impulse.ts";
import type { Patience } from "./queue.ts";
import type { Ledger, Receptor } from "./receptor.ts";
import { both, type Wait } from "./wait.ts";

export class Dendrite {
  readonly #receptors = new Set<Receptor>();
  /**
   * The same in an array, made anew at the first delivery after a change: a reactant may subscribe
   * or unsubscribe while it is called, and thousands may come and go between two deliveries.
   */
  #inOrder: readonly Receptor[] | undefined;
  /** The only one, if there is one only and it takes values. */
  #sole: Receptor | undefined;

  get isEmpty(): boolean {
    return this.#sole === undefined && this.#receptors.size === 0;
  }

  get size(): number {
    return this.#receptors.size;
  }

  get receptors(): readonly Receptor[] {
    this.#inOrder ??= [...this.#receptors];
    return this.#inOrder;
  }

  add(receptor: Receptor): void {
    this.#receptors.add(receptor);
    this.#changed();
  }

  remove(receptor: Receptor): void {
    if (this.#receptors.delete(receptor)) this.#changed();
  }

  #changed(): void {
    this.#inOrder = undefined;
    this.#sole = undefined;
    if (this.#receptors.size !== 1) return;
    for (const receptor of this.#receptors) if (receptor.neuron) this.#sole = receptor;
  }

  /**
   * Hands `impulse` to each receptor, in the order they were added.
   * Where the bytes cannot be decoded, those who want bytes still get them.
   * @returns A promise when a receptor's queue made the sender wait.
   */
  transduce(impulse: Impulse, ledger: Ledger, patience?: Patience): Wait {
    const sole = this.#sole;
    if (sole !== undefined && impulse.holdsSentValue) {
      impulse.claim();
      return sole.take(impulse.sentValue, impulse, ledger, patience);
    }
    return this.#transduceToAll(impulse, ledger, patience);
  }

  #transduceToAll(impulse: Impulse, ledger: Ledger, patience: Patience | undefined): Wait {
    const receptors = this.receptors;
    if (receptors.length > 0) impulse.claim();
    const { holdsSentValue, sentValue } = impulse;
    let wait: Wait;
    let failed: Codec<unknown> | "bytes" | undefined;
    // By index: an iterator costs a third of an in-process message.
    for (let index = 0; index < receptors.length; index++) {
      const receptor = receptors[index] as Receptor;
      const neuron = receptor.neuron;
      let input = sentValue;
      if (neuron === undefined || !holdsSentValue) {
        const wanted = neuron?.codec ?? "bytes";
        if (wanted === failed) continue;
        try {
          input = neuron === undefined ? impulse.bytes : impulse.valueBy(neuron);
        } catch (cause) {
          if (failed === undefined) ledger.unreadable(impulse, cause);
          failed = wanted;
          continue;
        }
      }
      const each = receptor.take(input, impulse, ledger, patience);
      if (each !== undefined) wait = both(wait, each);
    }
    return wait;
  }
}
