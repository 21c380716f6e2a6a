/** Plexus (plain term: router): joins ganglia and routes impulses between them; is itself a ganglion. */

import { Axon } from "./axon.ts";
import { UsageError } from "./errors.ts";
import { GanglionBase } from "./ganglion/base.ts";
import {
  type AdaptOptions,
  type CloseOptions,
  checkGanglion,
  type Ganglion,
  type Junction,
} from "./ganglion/ganglion.ts";
import { type GanglionOptions, ganglionOptionTable } from "./ganglion/options.ts";
import { hopsMax, type Label, Origin } from "./identity.ts";
import type { Impulse } from "./impulse.ts";
import { type Neuron, topicOf } from "./neuron.ts";
import { checkOptions, type OptionTable } from "./options.ts";
import { Arrivals } from "./plexus/arrivals.ts";
import { Crossing } from "./plexus/crossing.ts";
import { Joints } from "./plexus/joints.ts";
import { Reach } from "./plexus/reach.ts";
import { Round } from "./plexus/round.ts";
import type { Way } from "./plexus/way.ts";
import type { Patience } from "./queue.ts";
import { type Stats, sumOf } from "./stats.ts";
import { isPattern, type TopicPattern } from "./topic.ts";
import { both, type Wait } from "./wait.ts";

/** What a plexus takes beside what every ganglion does. */
export interface PlexusOptions extends GanglionOptions {
  /** The ganglia it joins from the start. It closes them when it closes. */
  readonly ganglia?: readonly Ganglion[];
}

const plexusOptionTable: OptionTable<PlexusOptions> = {
  ...ganglionOptionTable,
  ganglia: "an array",
};

/** Joins ganglia, routes impulses between them, and delivers them here. */
export class Plexus extends GanglionBase<Crossing> implements Junction {
  readonly #origin = new Origin();
  // Stands for `adapt` of patterns among those who want something.
  readonly #adapted = {};
  readonly #joints: Joints = new Joints(this);
  readonly #reach = new Reach(this.#joints, (topic) => this.synapses.receptorCount(topic));
  readonly #arrivals = new Arrivals<Way>();
  // What the ganglia counted that were closed.
  #departed: readonly Stats[] = [];
  readonly #forwardPatience: Patience;

  constructor(options: PlexusOptions = {}) {
    checkOptions("Plexus", options, plexusOptionTable);
    super(options, "plexus");
    this.#forwardPatience = { timeoutMs: this.sendTimeoutMs };
    try {
      for (const ganglion of options.ganglia ?? []) this.infuse(ganglion);
    } catch (cause) {
      // Nobody will have this plexus, so nobody could close what it holds.
      this.#joints.release();
      throw cause;
    }
  }

  /** Tells peers of ours that two links lead to one and the same plexus. */
  get nodeId(): string {
    return this.junction?.nodeId ?? this.#origin.text;
  }

  /** True where one of its ganglia reaches other processes. */
  get external(): boolean {
    return this.#joints.external.length > 0;
  }

  /**
   * Joins `ganglion` to this plexus, which closes it when it closes. Neurons known here are known
   * there from now on.
   * @throws {UsageError} if it is joined to a plexus already, is this one or around it, or is none.
   * @throws {ClosedError} if either is closed.
   */
  infuse(ganglion: Ganglion): void {
    checkGanglion(ganglion, "infuse");
    this.checkOpen();
    if (ganglion === this || this.#isInside(ganglion)) {
      throw new UsageError("a plexus cannot be joined to itself, nor to one that is inside it");
    }
    this.#joints.add(ganglion);
    this.#reroute();
    this.readinessChanged();
  }

  /** The neuron held together with this plexus. */
  axon<T>(neuron: Neuron<T>): Axon<T> {
    return new Axon(neuron, this);
  }

  override async adapt(target: Neuron | TopicPattern, options?: AdaptOptions): Promise<void> {
    const topic = topicOf(target, "the target given to adapt");
    // What part of a pattern a ganglion takes shows when the topics come.
    if (!isPattern(topic)) this.#reach.checkCapable(topic);
    await super.adapt(target, options);
  }

  // What a message does here.

  protected override conduct(crossing: Crossing, impulse: Impulse, patience: Patience): Wait {
    if (crossing.isLocal && !crossing.dendrite.isEmpty) {
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
    const here = crossing.dendrite.transduce(impulse, crossing, patience);
    const there = this.#route(crossing, impulse, from, patience, round);
    if (there !== "nobody") return both(here, there);
    if (!impulse.isClaimed) {
      if (from === undefined) this.#reach.checkCapable(crossing.topic);
      crossing.dropped("unclaimed");
    }
    return here;
  }

  /** Takes what one of its ganglia brings: to the reactants here and to its other ganglia. */
  arrive(impulse: Impulse, from: Ganglion, patience?: Patience): Wait {
    const crossing = this.synapseForArrival(impulse.topic);
    if (typeof crossing === "string") {
      if (!impulse.isClaimed) this.droppedElsewhere(crossing, impulse.topic);
      return undefined;
    }
    const { label } = impulse;
    if (label !== undefined) {
      const verdict = this.#inspect(crossing, label, from);
      if (verdict === "duplicate") return undefined;
      if (verdict === "stays") impulse.keepInProcess();
    }
    if (impulse.cameWithoutId) return this.#arriveWithoutId(crossing, impulse, from, patience);
    return this.#conductOut(crossing, impulse, from, patience);
  }

  /** What an id tells: it was here before, it may be delivered but not forwarded, or both. */
  #inspect(crossing: Crossing, label: Label, from: Ganglion): "duplicate" | "stays" | "travels" {
    const verdict = this.#origin.made(label) ? "duplicate" : crossing.repeats.accept(label);
    if (verdict === "duplicate") {
      crossing.dropped("duplicate");
      return "duplicate";
    }
    if (verdict === "late") crossing.counters.late += 1;
    if (verdict === "fresh" && label.hops < hopsMax) return "travels";
    const wouldTravel = crossing.joints.some(
      ({ ganglion }) => ganglion.external && ganglion !== from,
    );
    if (wouldTravel) crossing.dropped(verdict === "late" ? "late" : "hop-limit");
    return "stays";
  }

  /** From a peer that gives no ids: nothing tells a copy from a repeat, so loops are only damped. */
  #arriveWithoutId(
    crossing: Crossing,
    impulse: Impulse,
    from: Ganglion,
    patience: Patience | undefined,
  ): Wait {
    const joint = this.#joints.of(from);
    if (joint === undefined) return this.#conductOut(crossing, impulse, from, patience);
    if (joint.way.isEcho(impulse)) {
      crossing.dropped("echo");
      return undefined;
    }
    if (crossing.ways.length === 1) return this.#conductOut(crossing, impulse, from, patience);
    const round = new Round(crossing, impulse, joint.way);
    for (const incident of round.incidents) {
      this.report({ ...incident, topic: crossing.topic, ganglion: this.name });
    }
    return this.#conductOut(crossing, impulse, from, patience, round);
  }

  /** Takes what an outer plexus brings. */
  override transduce(impulse: Impulse, patience?: Patience): Wait {
    const crossing = this.obtainSynapse(impulse.topic, impulse.neuron);
    const { label } = impulse;
    // It may have come by a wire of this plexus before, or come by one later.
    if (label !== undefined && crossing.repeats.accept(label) === "duplicate") {
      crossing.dropped("duplicate");
      return undefined;
    }
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
      ? crossing.onePerWay(this.#joints.of(from)?.way)
      : crossing.joints;
    for (const joint of joints) {
      if (joint.ganglion === from) continue;
      taken = true;
      if (joint.ganglion.external) {
        if (round?.mayGoTo(joint.way) === false) {
          crossing.dropped("loop");
          continue;
        }
        if (impulse.label === undefined) impulse.mark(this.#origin.label(crossing.sequence++));
        const { echoGuardMs } = joint.ganglion;
        if (echoGuardMs !== undefined) joint.way.sent(impulse, echoGuardMs);
      }
      const isOurs = impulse.source === undefined;
      const each = isOurs
        ? joint.transmit(impulse, patience, crossing)
        : joint.forward(impulse, this.#forwardPatience, crossing);
      if (each !== undefined) wait = both(wait, each);
    }
    if (this.junction !== undefined && this.junction !== from) {
      taken = true;
      wait = both(wait, this.junction.arrive(impulse, this, patience));
    }
    return taken ? wait : "nobody";
  }

  // Who wants what.

  protected override makeSynapse(topic: string, neuron: Neuron | undefined): Crossing {
    const crossing = new Crossing(topic, neuron, this, this.#arrivals);
    this.#connect(crossing);
    return crossing;
  }

  protected override interestChanged(target: TopicPattern, wanted: boolean): void {
    this.#joints.hold(target, this, wanted);
  }

  protected override adaptPattern(pattern: TopicPattern): void {
    this.#joints.hold(pattern, this.#adapted, true);
  }

  protected override junctionWants(target: TopicPattern, wanted: boolean): void {
    if (this.junction !== undefined) this.#joints.hold(target, this.junction, wanted);
  }

  wantedBelow(ganglion: Ganglion, target: TopicPattern, wanted: boolean): void {
    const joint = this.#joints.of(ganglion);
    if (joint === undefined) return;
    this.#joints.hold(target, joint, wanted);
    for (const crossing of this.synapses.matching(target)) this.#connect(crossing);
  }

  protected override wantsUnknown(topic: string): boolean {
    return this.#joints.takes(topic);
  }

  protected override junctionChanged(): void {
    this.#joints.putInside(this.junction);
    this.#reroute();
  }

  changed(): void {
    this.#joints.regroup();
    this.#reroute();
  }

  #reroute(): void {
    for (const crossing of this.synapses.values()) this.#connect(crossing);
    this.junction?.changed(this);
  }

  #connect(crossing: Crossing): void {
    this.#joints.bridgeTopic(crossing.topic);
    crossing.leadTo(this.#joints.forTopic(crossing.topic));
    crossing.isLocal = this.#joints.all.length === 0 && this.junction === undefined;
  }

  // Readiness and life.

  /** Where all its external ganglia only listen, so does it. */
  protected override get sends(): boolean {
    return !this.external || this.#joints.outgoing.length > 0;
  }

  protected override receivers(topic: string): number | undefined {
    return this.#reach.receivers(topic);
  }

  protected override receiversMax(topic: string): number {
    return this.#reach.receiversMax(topic);
  }

  protected override async inEffect(): Promise<void> {
    await Promise.all(this.#joints.all.map((joint) => joint.inEffect()));
  }

  protected override isReady(topic: string, receivers: number | undefined): boolean {
    return this.#reach.isReady(topic, receivers);
  }

  /** What is counted here and in its ganglia, those that are closed included. */
  override stats(): Stats {
    const joined = this.#joints.all.map(({ ganglion }) => ganglion.stats());
    return sumOf([super.stats(), ...this.#departed, ...joined]);
  }

  left(ganglion: Ganglion): void {
    this.#departed = [sumOf([...this.#departed, ganglion.stats()])];
    this.#joints.remove(ganglion);
    this.#arrivals.clear();
    this.#reroute();
    this.readinessChanged();
  }

  protected override async shut(_endsMs: number, options: CloseOptions): Promise<void> {
    const closing = this.#joints.all.map(({ ganglion }) => ganglion.close(options));
    const closed = await Promise.allSettled(closing);
    for (const outcome of closed) if (outcome.status === "rejected") throw outcome.reason;
  }

  override ref(): void {
    for (const joint of this.#joints.all) joint.ganglion.ref();
  }

  override unref(): void {
    for (const joint of this.#joints.all) joint.ganglion.unref();
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
    impulse.encode();
  } catch (cause) {
    crossing.counters.encodeErrors += 1;
    throw cause;
  }
}
