/** Plexus (plain term: router): joins ganglia and routes impulses between them; is itself a ganglion. */

import { Axon } from "./axon.ts";
import { Crossing } from "./crossing.ts";
import { UsageError } from "./errors.ts";
import { GanglionBase, type GanglionOptions } from "./ganglion/base.ts";
import type { Ganglion, Junction } from "./ganglion/ganglion.ts";
import { hopsMax, type Label, Origin } from "./identity.ts";
import type { Impulse } from "./impulse.ts";
import { Joint } from "./joint.ts";
import { type Neuron, topicOf } from "./neuron.ts";
import type { Patience } from "./queue.ts";
import { Round } from "./round.ts";
import { type Stats, sumOf } from "./stats.ts";
import { isPattern, type TopicPattern, TopicSet } from "./topic.ts";
import { both, type Wait } from "./wait.ts";
import { Way } from "./way.ts";

export interface PlexusOptions extends GanglionOptions {
  /** The ganglia it joins from the start. It closes them when it closes. */
  readonly ganglia?: readonly Ganglion[];
}

export class Plexus extends GanglionBase<Crossing> implements Junction {
  readonly #origin = new Origin();
  #joints: readonly Joint[] = [];
  // What the ganglia counted that were closed.
  #departed: readonly Stats[] = [];
  // What reactants to patterns, adapted patterns and an outer plexus want, beside single topics.
  readonly #adaptedPatterns = new TopicSet();
  readonly #wantedAbove = new TopicSet();
  readonly #forwardPatience: Patience;

  constructor(options: PlexusOptions = {}) {
    super(options, "plexus");
    this.#forwardPatience = { timeoutMs: this.sendTimeoutMs };
    for (const ganglion of options.ganglia ?? []) this.infuse(ganglion);
  }

  /** True where one of its ganglia reaches other processes. */
  get external(): boolean {
    return this.#joints.some((joint) => joint.ganglion.external);
  }

  /**
   * Joins `ganglion` to this plexus, which closes it when it closes. Neurons known here are known
   * there from now on.
   * @throws {UsageError} if it is joined to a plexus already, or is this one or around it.
   */
  infuse(ganglion: Ganglion): void {
    if (ganglion === this || this.#isInside(ganglion)) {
      throw new UsageError("a plexus cannot be joined to itself, nor to one that is inside it");
    }
    const joint = new Joint(ganglion, this.#wayOf(ganglion), this);
    this.#joints = [...this.#joints, joint];
    this.#reroute();
    for (const pattern of this.#wantedPatterns()) joint.want(pattern, true);
    for (const crossing of this.synapses.values()) {
      if (crossing.wanted) joint.want(crossing.topic, true);
    }
    this.readinessChanged();
  }

  /** The neuron held together with this plexus. */
  axon<T>(neuron: Neuron<T>): Axon<T> {
    return new Axon(neuron, this);
  }

  override async adapt(
    target: Neuron | TopicPattern,
    options?: { readonly signal?: AbortSignal },
  ): Promise<void> {
    const topic = topicOf(target);
    const external = this.#joints.filter((joint) => joint.ganglion.external);
    if (external.length > 0 && !external.some((joint) => joint.ganglion.capable(topic))) {
      throw new UsageError(`no external ganglion of this plexus takes ${topic}`, {
        details: { topic, ganglia: external.map((joint) => joint.ganglion.name) },
      });
    }
    await super.adapt(target, options);
  }

  // What a message does here.

  protected override conduct(crossing: Crossing, impulse: Impulse, patience: Patience): Wait {
    if (crossing.isLocal && crossing.dendrite.size > 0) {
      return crossing.dendrite.transduce(impulse, crossing, patience);
    }
    if (crossing.leavesProcess) encode(crossing, impulse);
    return this.#conductOut(crossing, impulse, undefined, patience);
  }

  /** To the reactants here, then to the ganglia. */
  #conductOut(
    crossing: Crossing,
    impulse: Impulse,
    from: Ganglion | Junction | undefined,
    patience: Patience | undefined,
    round?: Round,
  ): Wait {
    // Before they are called: one that unsubscribes by this message has claimed it all the same.
    const claimed = crossing.dendrite.size > 0;
    const here = crossing.dendrite.transduce(impulse, crossing, patience);
    const taken = this.#route(crossing, impulse, from, patience, round);
    if (taken === "nobody" && !claimed) crossing.dropped("unclaimed");
    return taken === "nobody" ? here : both(here, taken);
  }

  /** Takes what one of its ganglia brings: to the reactants here and to its other ganglia. */
  arrive(impulse: Impulse, from: Ganglion, patience?: Patience): Wait {
    const crossing = this.synapseForArrival(impulse.topic);
    if (typeof crossing === "string") {
      this.droppedElsewhere(crossing, impulse.topic);
      return undefined;
    }
    const { label } = impulse;
    if (label !== undefined) {
      const verdict = this.#inspect(crossing, label);
      if (verdict === "duplicate") return undefined;
      if (verdict === "stays") return crossing.dendrite.transduce(impulse, crossing, patience);
      return this.#conductOut(crossing, impulse, from, patience);
    }
    return this.#arriveWithoutId(crossing, impulse, from, patience);
  }

  /** What an id tells: it was here before, it may be delivered but not forwarded, or both. */
  #inspect(crossing: Crossing, label: Label): "duplicate" | "stays" | "travels" {
    const verdict = this.#origin.made(label) ? "duplicate" : crossing.repeats.accept(label);
    if (verdict === "duplicate") {
      crossing.dropped("duplicate");
      return "duplicate";
    }
    if (verdict === "late") crossing.counters.late += 1;
    if (verdict === "fresh" && label.hops < hopsMax) return "travels";
    if (crossing.joints.length > 1) crossing.dropped(verdict === "late" ? "late" : "hop-limit");
    return "stays";
  }

  /** From a peer that gives no ids: nothing tells a copy from a repeat, so loops are only damped. */
  #arriveWithoutId(
    crossing: Crossing,
    impulse: Impulse,
    from: Ganglion,
    patience: Patience | undefined,
  ): Wait {
    const joint = crossing.joints.find(({ ganglion }) => ganglion === from);
    if (joint === undefined || !joint.ganglion.external) {
      return this.#conductOut(crossing, impulse, from, patience);
    }
    if (joint.way.isEcho(impulse)) {
      crossing.dropped("echo");
      return undefined;
    }
    if (crossing.joints.length === 1) return this.#conductOut(crossing, impulse, from, patience);
    const round = new Round(crossing, impulse, joint.way);
    if (round.loopsWith !== undefined) this.#reportLoop(crossing, joint.way, round.loopsWith);
    return this.#conductOut(crossing, impulse, from, patience, round);
  }

  #reportLoop(crossing: Crossing, one: Way, other: Way): void {
    this.report({
      kind: "forwarding-paused",
      message:
        `one message goes round between ${one.name} and ${other.name}; forwarding between them ` +
        "pauses. If a second bridge joins them, give both ganglia the same segment",
      topic: crossing.topic,
      ganglion: this.name,
    });
  }

  /** Takes what an outer plexus brings. */
  override transduce(impulse: Impulse, patience?: Patience): Wait {
    const crossing = this.obtainSynapse(impulse.topic, impulse.neuron);
    return this.#conductOut(crossing, impulse, this.junction, patience);
  }

  /** Hands an impulse to every network that is capable of it, except where it came from. */
  #route(
    crossing: Crossing,
    impulse: Impulse,
    from: Ganglion | Junction | undefined,
    patience: Patience | undefined,
    round: Round | undefined,
  ): Wait | "nobody" {
    let wait: Wait;
    let taken = false;
    const joints = crossing.isSegmented
      ? this.#onePerSegment(crossing.joints, from, impulse.topic)
      : crossing.joints;
    for (const joint of joints) {
      if (joint.ganglion === from) continue;
      taken = true;
      if (round?.mayGoTo(joint.way) === false) {
        crossing.dropped("loop");
        continue;
      }
      if (joint.ganglion.external) {
        if (impulse.label === undefined) impulse.mark(this.#origin.label(crossing.sequence++));
        joint.way.sent(impulse);
      }
      const isOurs = impulse.source === undefined;
      const each = isOurs
        ? joint.transmit(impulse, patience)
        : joint.forward(impulse, this.#forwardPatience);
      if (each !== undefined) wait = both(wait, each);
    }
    if (this.junction !== undefined && this.junction !== from) {
      taken = true;
      wait = both(wait, this.junction.arrive(impulse, this, patience));
    }
    return taken ? wait : "nobody";
  }

  /** Of the ganglia into one network the first that is ready; none into the network it came from. */
  #onePerSegment(
    joints: readonly Joint[],
    from: Ganglion | Junction | undefined,
    topic: string,
  ): readonly Joint[] {
    const source = joints.find(({ ganglion }) => ganglion === from)?.way;
    const chosen = new Map<Way, Joint>();
    for (const joint of joints) {
      if (joint.way === source) continue;
      const before = chosen.get(joint.way);
      if (before === undefined || (before.receivers(topic) === 0 && joint.receivers(topic) !== 0)) {
        chosen.set(joint.way, joint);
      }
    }
    return [...chosen.values()];
  }

  /** The network behind a ganglion: that of its segment where one is joined already. */
  #wayOf(ganglion: Ganglion): Way {
    const { segment } = ganglion;
    const sameSegment = this.#joints.find((joint) => joint.ganglion.segment === segment);
    return segment !== undefined && sameSegment !== undefined ? sameSegment.way : new Way(ganglion);
  }

  // Who wants what.

  protected override makeSynapse(topic: string, neuron: Neuron | undefined): Crossing {
    const crossing = new Crossing(topic, neuron, this);
    this.#connect(crossing);
    return crossing;
  }

  protected override interestChanged(target: TopicPattern): void {
    for (const crossing of this.synapses.matching(target)) this.#refresh(crossing);
    if (isPattern(target)) this.#refreshPattern(target);
  }

  protected override adaptPattern(pattern: TopicPattern): void {
    this.#adaptedPatterns.add(pattern);
    this.#refreshPattern(pattern);
  }

  protected override junctionWants(target: TopicPattern, wanted: boolean): void {
    if (wanted) this.#wantedAbove.add(target);
    else this.#wantedAbove.delete(target);
    this.interestChanged(target);
  }

  protected override wantsUnknown(topic: string): boolean {
    return (
      super.wantsUnknown(topic) || this.#adaptedPatterns.has(topic) || this.#wantedAbove.has(topic)
    );
  }

  /** A bridge takes whatever is known here; else it takes what somebody here reacts to. */
  #refresh(crossing: Crossing): void {
    const bridging = this.#joints.filter(({ ganglion }) => ganglion.external).length >= 2;
    const wanted = bridging || crossing.dendrite.size > 0 || this.#wantedAbove.has(crossing.topic);
    if (wanted === crossing.wanted) return;
    crossing.wanted = wanted;
    for (const joint of this.#joints) joint.want(crossing.topic, wanted);
  }

  #refreshPattern(pattern: TopicPattern): void {
    const wanted = this.#wantedPatterns().has(pattern);
    for (const joint of this.#joints) joint.want(pattern, wanted);
  }

  #wantedPatterns(): Set<TopicPattern> {
    return new Set([...this.synapses.patterns(), ...this.#adaptedPatterns, ...this.#wantedAbove]);
  }

  #reroute(): void {
    for (const crossing of this.synapses.values()) {
      this.#connect(crossing);
    }
  }

  #connect(crossing: Crossing): void {
    crossing.joints = this.#jointsFor(crossing.topic);
    crossing.isSegmented = crossing.joints.some(({ ganglion }) => ganglion.segment !== undefined);
    crossing.leavesProcess = crossing.joints.some(({ ganglion }) => ganglion.external);
    crossing.isLocal = crossing.joints.length === 0 && this.junction === undefined;
    this.#refresh(crossing);
  }

  protected override junctionChanged(): void {
    this.#reroute();
  }

  #jointsFor(topic: string): readonly Joint[] {
    return this.#joints.filter((joint) => joint.ganglion.capable(topic));
  }

  // Readiness and life.

  protected override receivers(topic: string): number | undefined {
    const external = this.#jointsFor(topic).filter((joint) => joint.ganglion.external);
    if (external.length === 0) return this.synapses.receptorCount(topic);
    let sum = 0;
    for (const joint of external) {
      const count = joint.receivers(topic);
      if (count === undefined) return undefined;
      sum += count;
    }
    return sum;
  }

  protected override isReady(topic: string, receivers: number | undefined): boolean {
    if (receivers === undefined) {
      return this.#jointsFor(topic).every(
        (joint) => !joint.ganglion.external || joint.receivers(topic) !== 0,
      );
    }
    const count = this.receivers(topic);
    if (count !== undefined) return count >= receivers;
    throw new UsageError(`a ganglion of this plexus cannot know the receivers of ${topic}`, {
      details: { topic, receivers },
    });
  }

  /** What is counted here and in its ganglia, those that are closed included. */
  override stats(): Stats {
    const joined = this.#joints.map((joint) => joint.ganglion.stats());
    return sumOf([super.stats(), ...this.#departed, ...joined]);
  }

  left(ganglion: Ganglion): void {
    this.#departed = [sumOf([...this.#departed, ganglion.stats()])];
    this.#joints = this.#joints.filter((joint) => joint.ganglion !== ganglion);
    this.#reroute();
    this.readinessChanged();
  }

  protected override async shut(): Promise<void> {
    await Promise.all(this.#joints.map((joint) => joint.ganglion.close()));
  }

  override ref(): void {
    for (const joint of this.#joints) joint.ganglion.ref();
  }

  override unref(): void {
    for (const joint of this.#joints) joint.ganglion.unref();
  }

  /** True if this plexus is joined, over any number of others, to `ganglion`. */
  #isInside(ganglion: Ganglion): boolean {
    const around = this.junction;
    if (!(around instanceof Plexus)) return false;
    return around === ganglion || around.#isInside(ganglion);
  }
}

/**
 * Before anybody has it: what does not fit its codec rejects `transmit` and reaches nobody.
 * @throws {CodecError}
 */
function encode(crossing: Crossing, impulse: Impulse): void {
  try {
    impulse.bytes;
  } catch (cause) {
    crossing.counters.encodeErrors += 1;
    throw cause;
  }
}
