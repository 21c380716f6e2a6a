/** Crossing: the synapse of a plexus; it knows which of its ganglia take the neuron. */

import type { Neuron } from "../neuron.ts";
import { Synapse, type SynapseOwner } from "../synapse.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Joint } from "./joint.ts";
import { LoopBreaker } from "./loop-breaker.ts";
import type { Way } from "./way.ts";

export class Crossing extends Synapse {
  /** True while reactants of this plexus are the only way to go. */
  isLocal = false;
  #joints: readonly Joint[] = [];
  #ways: readonly Way[] = [];
  #isSegmented = false;
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

  /** From now on it may go to these. */
  leadTo(joints: readonly Joint[]): void {
    this.#joints = joints;
    this.#isSegmented = new Set(joints.map(({ way }) => way)).size < joints.length;
    const external = joints.filter(({ ganglion }) => ganglion.external);
    this.#ways = [...new Set(external.map(({ way }) => way))];
  }

  /** Those it may go to; see `Joints.forTopic`. */
  get joints(): readonly Joint[] {
    return this.#joints;
  }

  /** The networks that the external ones of these reach, each once. */
  get ways(): readonly Way[] {
    return this.#ways;
  }

  /** True while two of `joints` reach the same network. */
  get isSegmented(): boolean {
    return this.#isSegmented;
  }

  /** True while one of `joints` is external. */
  get leavesProcess(): boolean {
    return this.#ways.length > 0;
  }

  /** Of the ganglia into one network the first that is ready; none into `source`, where it came from. */
  onePerWay(source: Way | undefined): readonly Joint[] {
    const chosen = new Map<Way, Joint>();
    for (const joint of this.#joints) {
      if (joint.way === source) continue;
      const before = chosen.get(joint.way);
      const isBetter = before?.receivers(this.topic) === 0 && joint.receivers(this.topic) !== 0;
      if (before === undefined || isBetter) chosen.set(joint.way, joint);
    }
    return [...chosen.values()];
  }

  /** Made with the first message that arrives without an id and can be forwarded. */
  get breaker(): LoopBreaker<Way> {
    this.#breaker ??= new LoopBreaker(this.topic, this.#arrivals);
    return this.#breaker;
  }
}
