/** Joints: the ganglia of one plexus, and who of them wants what. */
import type { Ganglion, Junction } from "../ganglion/ganglion.ts";
import { isPattern, type TopicPattern } from "../topic.ts";
import { type Holder, Interest } from "./interest.ts";
import { Joint } from "./joint.ts";
import type { Way } from "./way.ts";

/** Stands for the bridge that a plexus with two or more external ganglia is. */
const bridge: Holder = {};

export class Joints {
  readonly #plexus: Junction;
  readonly #interest = new Interest();
  #all: readonly Joint[] = [];
  #above: Junction | undefined;

  constructor(plexus: Junction) {
    this.#plexus = plexus;
  }

  get all(): readonly Joint[] {
    return this.#all;
  }

  get external(): readonly Joint[] {
    return this.#all.filter(({ ganglion }) => ganglion.external);
  }

  /** The external ones by which something can be sent. */
  get outgoing(): readonly Joint[] {
    return this.external.filter(({ sends }) => sends);
  }

  /** @throws what `attach` of the ganglion throws. */
  add(ganglion: Ganglion): void {
    const joint = new Joint(ganglion, this.#plexus);
    const before = this.#all;
    // Before it is attached, when it says what is wanted inside it.
    this.#all = [...before, joint];
    try {
      joint.attach();
    } catch (cause) {
      this.#all = before;
      throw cause;
    }
    this.regroup();
    for (const target of this.#interest.targets()) this.#tell(target, joint);
  }

  remove(ganglion: Ganglion): void {
    const joint = this.of(ganglion);
    if (joint === undefined) return;
    for (const target of this.#interest.targets()) this.hold(target, joint, false);
    this.#all = this.#all.filter((other) => other !== joint);
    this.regroup();
  }

  /** Lets all go, open as they are. */
  release(): void {
    for (const joint of this.#all) {
      this.remove(joint.ganglion);
      joint.detach();
    }
  }

  of(ganglion: Ganglion | Junction | undefined): Joint | undefined {
    return this.#all.find((joint) => joint.ganglion === ganglion);
  }

  /** The plexus is inside another one from now on, or no longer. */
  putInside(above: Junction | undefined): void {
    const before = this.#above;
    this.#above = above;
    for (const target of this.#interest.targets()) {
      if (before !== undefined) this.hold(target, before, false);
      this.#tellAbove(target);
    }
  }

  /**
   * Those that a message of the topic may go to: the external ones that send and are capable of it,
   * and the others where somebody wants it.
   */
  forTopic(topic: string): readonly Joint[] {
    return this.#all.filter(
      (joint) =>
        joint.sends &&
        joint.ganglion.capable(topic) &&
        (joint.ganglion.external || this.#interest.isTakenBy(joint, topic)),
    );
  }

  /** Notes that `holder` wants `target`, or no longer does, and tells all others. */
  hold(target: TopicPattern, holder: Holder, wanted: boolean): void {
    if (!this.#interest.set(target, holder, wanted)) return;
    for (const joint of this.#all) this.#tell(target, joint);
    this.#tellAbove(target);
  }

  /** The same for the bridge, which wants every known topic that two external ganglia are capable of. */
  bridgeTopic(topic: string): void {
    const capable = this.external.filter(({ ganglion }) => ganglion.capable(topic));
    this.hold(topic, bridge, capable.length >= 2);
  }

  /** Whether anybody wants the topic, known or not. */
  takes(topic: string): boolean {
    return this.#interest.takes(topic);
  }

  #tell(target: TopicPattern, joint: Joint): void {
    // What part of a pattern it is capable of shows when the topics come.
    const isTaken = isPattern(target) || joint.ganglion.capable(target);
    joint.want(target, isTaken && this.#interest.isWantedByOthers(target, joint));
  }

  #tellAbove(target: TopicPattern): void {
    const above = this.#above;
    if (above === undefined) return;
    const wanted = this.#interest.isWantedByOthers(target, above);
    // The plexus is the ganglion that the one above knows.
    above.wantedBelow(this.#plexus as Junction & Ganglion, target, wanted);
  }

  /** Ganglia with one segment label have the way of the first of them. */
  regroup(): void {
    const bySegment = new Map<string, Way>();
    for (const joint of this.#all) {
      const { segment } = joint.ganglion;
      if (segment === undefined) {
        joint.way = joint.ownWay;
        continue;
      }
      joint.way = bySegment.get(segment) ?? joint.ownWay;
      bySegment.set(segment, joint.way);
    }
  }
}
