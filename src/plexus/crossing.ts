/** Crossing: the synapse of a plexus; it knows which of its ganglia take the neuron. */

import { Synapse } from "../synapse.ts";
import type { Joint } from "./joint.ts";
import { LoopBreaker } from "./loop-breaker.ts";
import type { Way } from "./way.ts";

export class Crossing extends Synapse {
  /** Those it may go to; see `Joints.forTopic`. */
  joints: readonly Joint[] = [];
  /** True while reactants of this plexus are the only way to go. */
  isLocal = false;
  /** True while one of these is external. */
  leavesProcess = false;
  /** True while two of these reach the same network. */
  isSegmented = false;
  #breaker: LoopBreaker<Way> | undefined;

  /** Made with the first message that arrives without an id and can be forwarded. */
  get breaker(): LoopBreaker<Way> {
    this.#breaker ??= new LoopBreaker();
    return this.#breaker;
  }
}
