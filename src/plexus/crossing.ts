/** Crossing: the synapse of a plexus; it knows which of its ganglia take the neuron. */

import type { Neuron } from "../neuron.ts";
import { Synapse, type SynapseOwner } from "../synapse.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Joint } from "./joint.ts";
import { LoopBreaker } from "./loop-breaker.ts";
import type { Way } from "./way.ts";

export class Crossing extends Synapse {
  /** Those it may go to; see `Joints.forTopic`. */
  joints: readonly Joint[] = [];
  /** The networks that the external ones of these reach, each once. */
  ways: readonly Way[] = [];
  /** True while reactants of this plexus are the only way to go. */
  isLocal = false;
  /** True while two of `joints` reach the same network. */
  isSegmented = false;
  readonly #arrivals: Arrivals<Way>;
  #breaker: LoopBreaker<Way> | undefined;

  constructor(
    topic: string,
    neuron: Neuron | undefined,
    owner: SynapseOwner,
    arrivals: Arrivals<Way>,
  ) {
    super(topic, neuron, owner);
    this.#arrivals = arrivals;
  }

  /** True while one of `joints` is external. */
  get leavesProcess(): boolean {
    return this.ways.length > 0;
  }

  /** Made with the first message that arrives without an id and can be forwarded. */
  get breaker(): LoopBreaker<Way> {
    this.#breaker ??= new LoopBreaker(this.topic, this.#arrivals);
    return this.#breaker;
  }
}
