/** InprocGanglion: delivery inside the process; receivers get the very value, never encoded. */

import type { Impulse } from "../impulse.ts";
import type { Neuron } from "../neuron.ts";
import { checkOptions } from "../options.ts";
import type { Patience } from "../queue.ts";
import { Synapse } from "../synapse.ts";
import type { TopicPattern } from "../topic.ts";
import { both, type Wait } from "../wait.ts";
import { GanglionBase } from "./base.ts";
import { type GanglionOptions, ganglionOptionTable } from "./options.ts";

/** Straight function calls: what a program needs that talks to nobody else, and each plexus has. */
export class InprocGanglion extends GanglionBase<Synapse> {
  readonly external = false;

  constructor(options: GanglionOptions = {}) {
    checkOptions("InprocGanglion", options, ganglionOptionTable);
    super(options, "inproc");
  }

  protected override makeSynapse(topic: string, neuron: Neuron | undefined): Synapse {
    return new Synapse(topic, neuron, this);
  }

  protected override conduct(synapse: Synapse, impulse: Impulse, patience: Patience): Wait {
    if (synapse.dendrite.size === 0 && this.junction === undefined) {
      synapse.dropped("unclaimed");
      return undefined;
    }
    const here = synapse.dendrite.transduce(impulse, synapse, patience);
    return both(here, this.junction?.arrive(impulse, this, patience));
  }

  override transduce(impulse: Impulse, patience?: Patience): Wait {
    const synapse = this.synapseForArrival(impulse.topic);
    if (typeof synapse === "string") return undefined;
    return synapse.dendrite.transduce(impulse, synapse, patience);
  }

  protected override interestChanged(target: TopicPattern, wanted: boolean): void {
    this.junction?.wantedBelow(this, target, wanted);
  }

  protected override junctionChanged(): void {
    for (const target of this.interests) this.junction?.wantedBelow(this, target, true);
  }

  protected override junctionWants(): void {
    // A plexus is given everything that is transmitted here: that costs one call.
  }

  protected override receivers(topic: string): number {
    return this.synapses.receptorCount(topic);
  }

  protected override isReady(topic: string, receivers = 0): boolean {
    return this.receivers(topic) >= receivers;
  }

  protected override async shut(): Promise<void> {}

  override ref(): void {}
  override unref(): void {}
}
