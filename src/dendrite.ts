/** Dendrite (plain term: subscription list): the receptors of one neuron in one ganglion. */

import type { Codec } from "./codec/codec.ts";
import type { Impulse } from "./impulse.ts";
import type { Patience } from "./queue.ts";
import type { Ledger, Receptor } from "./receptor.ts";
import { both, type Wait } from "./wait.ts";

export class Dendrite {
  // Replaced, never changed in place: a reactant may subscribe or unsubscribe while it is called.
  #receptors: readonly Receptor[] = [];

  get size(): number {
    return this.#receptors.length;
  }

  get queueDepth(): number {
    return this.#receptors.reduce((sum, receptor) => sum + receptor.queueDepth, 0);
  }

  get receptors(): readonly Receptor[] {
    return this.#receptors;
  }

  add(receptor: Receptor): void {
    this.#receptors = [...this.#receptors, receptor];
  }

  remove(receptor: Receptor): void {
    this.#receptors = this.#receptors.filter((other) => other !== receptor);
  }

  /**
   * Hands `impulse` to each receptor, in the order they were added.
   * Where the bytes cannot be decoded, those who want bytes still get them.
   * @returns A promise when a receptor's queue made the sender wait.
   */
  transduce(impulse: Impulse, ledger: Ledger, patience?: Patience): Wait {
    let wait: Wait;
    let failed: Codec<unknown> | "bytes" | undefined;
    for (const receptor of this.#receptors) {
      const wanted = receptor.neuron?.codec ?? "bytes";
      if (wanted === failed) continue;
      let input: unknown;
      try {
        input = receptor.neuron === undefined ? impulse.bytes : impulse.valueBy(receptor.neuron);
      } catch (cause) {
        if (failed === undefined) ledger.unreadable(impulse, cause);
        failed = wanted;
        continue;
      }
      wait = both(wait, receptor.take(input, impulse, ledger, patience));
    }
    return wait;
  }
}
