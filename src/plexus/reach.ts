/** Reach: whom the messages of a plexus can get to by its ganglia, as far as these know. */

import { UsageError } from "../errors.ts";
import type { Joint } from "./joint.ts";
import type { Joints } from "./joints.ts";

export class Reach {
  readonly #joints: Joints;
  readonly #receptorCount: (topic: string) => number;

  /** @param receptorCount How many reactants a topic has here. */
  constructor(joints: Joints, receptorCount: (topic: string) => number) {
    this.#joints = joints;
    this.#receptorCount = receptorCount;
  }

  /** @throws {UsageError} where there are external ganglia, and none is capable of the topic. */
  checkCapable(topic: string): void {
    const { external } = this.#joints;
    if (external.length === 0 || external.some(({ ganglion }) => ganglion.capable(topic))) return;
    throw new UsageError(`no external ganglion of this plexus takes ${topic}`, {
      details: { topic, ganglia: external.map(({ ganglion }) => ganglion.name) },
    });
  }

  /**
   * Those of external ganglia where there are any, else those in this process; undefined where a
   * ganglion cannot know.
   */
  receivers(topic: string): number | undefined {
    const outgoing = this.#outgoing(topic);
    const counted = outgoing.length > 0 ? outgoing : capable(this.#joints.all, topic);
    let sum = outgoing.length > 0 ? 0 : this.#receptorCount(topic);
    for (const joint of counted) {
      const count = joint.receivers(topic);
      if (count === undefined) return undefined;
      sum += count;
    }
    return sum;
  }

  /** How many there are at most, ever. */
  receiversMax(topic: string): number {
    const outgoing = this.#outgoing(topic);
    // Without any, the reactants here are the receivers.
    if (outgoing.length === 0) return Number.POSITIVE_INFINITY;
    return outgoing.reduce((sum, joint) => sum + joint.receiversMax(topic), 0);
  }

  /**
   * True when a message sent now would be on its way to `receivers`, or to one by each ganglion.
   * @throws {UsageError} if none is capable of the topic, or one cannot count what is asked for.
   */
  isReady(topic: string, receivers: number | undefined): boolean {
    this.checkCapable(topic);
    if (receivers === undefined) {
      return this.#outgoing(topic).every((joint) => joint.receivers(topic) !== 0);
    }
    const count = this.receivers(topic);
    if (count !== undefined) return count >= receivers;
    throw new UsageError(`a ganglion of this plexus cannot know the receivers of ${topic}`, {
      details: { topic, receivers },
    });
  }

  #outgoing(topic: string): readonly Joint[] {
    return capable(this.#joints.outgoing, topic);
  }
}

function capable(joints: readonly Joint[], topic: string): readonly Joint[] {
  return joints.filter(({ ganglion }) => ganglion.capable(topic));
}
