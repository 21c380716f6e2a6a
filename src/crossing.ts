/** Crossing: the synapse of a plexus; it knows which of its ganglia take the neuron. */
import type { Joint } from "./joint.ts";
import { Synapse } from "./synapse.ts";

export class Crossing extends Synapse {
  /** Those capable of the topic. */
  joints: readonly Joint[] = [];
  /** True while reactants of this plexus are the only way to go. */
  isLocal = false;
  /** True while the plexus takes the topic from its ganglia. */
  wanted = false;
}
