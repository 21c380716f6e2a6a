/**
 * Scene: plexuses that are joined by real sockets, each as if it were in a process of its own, and
 * what they hear of one another.
 */
import type { GanglionOptions } from "../../src/ganglion/options.ts";
import { PairGanglion, type PairLimits } from "../../src/ganglion/pair.ts";
import { PubSubGanglion, type PubSubOptions } from "../../src/ganglion/pubsub.ts";
import type { Incident } from "../../src/incident.ts";
import type { StreamAddress } from "../../src/io/address.ts";
import type { Neuron } from "../../src/neuron.ts";
import { Plexus } from "../../src/plexus.ts";
import type { QueueOptions } from "../../src/queue.ts";
import { turn } from "../../src/testing/until.ts";
import type { CountingCodec } from "../support/counting-codec.ts";
import { textNeuron } from "../support/neurons.ts";
import { incidentsOf } from "../support/notebook.ts";

export type LinkKind = "pair" | "pubsub";
type Link = PairGanglion | PubSubGanglion;

/** One plexus of a scene. */
export interface Member {
  readonly name: string;
  readonly plexus: Plexus;
  /** Of all the same name, but with a codec of its own, so that each one's work can be counted. */
  readonly text: Neuron<string> & { readonly codec: CountingCodec };
  readonly incidents: readonly Incident[];
}

/** The two ends of a link, that of the first member first. */
type Ends<L extends Link> = readonly [L, L];

const anyPort = { host: "127.0.0.1", port: 0 };
const quick = { lingerMs: 500, retryMinMs: 1, retryMaxMs: 10 };

export class Scene implements AsyncDisposable {
  readonly #members: Member[] = [];
  readonly #pairs: PairGanglion[] = [];
  /** Those who listen to each node. */
  readonly #listeners = new Map<PubSubGanglion, PubSubGanglion[]>();
  readonly #heard: string[] = [];

  /** Everything that was heard, as `<member> <text>`, sorted. */
  get heard(): readonly string[] {
    return [...this.#heard].sort();
  }

  /** A plexus that hears the text of all. */
  member(name: string): Member {
    const member = this.stranger(name);
    this.hear(name, member.plexus, member.text);
    return member;
  }

  /** One to which the text is known, and that nobody reacts in. */
  async bridge(name: string): Promise<Member> {
    const member = this.stranger(name);
    await member.plexus.adapt(member.text);
    return member;
  }

  /** One that knows nothing yet. */
  stranger(name: string): Member {
    const plexus = new Plexus({ name, lingerMs: 500 });
    const member = { name, plexus, text: textNeuron(), incidents: incidentsOf(plexus) };
    this.#members.push(member);
    return member;
  }

  /** From now on what is heard there is noted. */
  hear(name: string, at: Pick<Plexus, "react">, neuron: Neuron<string>): void {
    at.react(neuron, (each) => void this.#heard.push(`${name} ${each}`));
  }

  /** Joins two members, both ways. The options are those of the first one's end. */
  link(kind: LinkKind, one: Member, other: Member, options?: GanglionOptions): Promise<Ends<Link>> {
    return kind === "pair" ? this.pair(one, other, options) : this.pubsub(one, other, options);
  }

  async pair(
    one: Member,
    other: Member,
    options: Partial<PairLimits> = {},
  ): Promise<Ends<PairGanglion>> {
    const near = new PairGanglion({ bind: anyPort, ...quick, ...options });
    this.#pairs.push(near);
    one.plexus.infuse(near);
    await near.opened;
    const far = new PairGanglion({ connect: near.address, ...quick });
    this.#pairs.push(far);
    other.plexus.infuse(far);
    return [near, far];
  }

  /** A pair whose other end never comes. */
  deadEnd(member: Member, connect: StreamAddress, queue: QueueOptions): PairGanglion {
    const pair = new PairGanglion({ connect, queue, ...quick, lingerMs: 0 });
    member.plexus.infuse(pair);
    return pair;
  }

  async pubsub(
    one: Member,
    other: Member,
    options: PubSubOptions = {},
  ): Promise<Ends<PubSubGanglion>> {
    const [near, far] = [await this.node(one, options), await this.node(other)];
    this.listen(near, far);
    this.listen(far, near);
    return [near, far];
  }

  /** A node of pub/sub in the plexus of a member. */
  async node(member: Member, options: PubSubOptions = {}): Promise<PubSubGanglion> {
    const node = new PubSubGanglion({ bind: anyPort, ...quick, ...options });
    this.#listeners.set(node, []);
    member.plexus.infuse(node);
    await node.opened;
    return node;
  }

  listen(listener: PubSubGanglion, publisher: PubSubGanglion): void {
    // It is opened.
    listener.addPeer(publisher.address as NonNullable<PubSubGanglion["address"]>);
    // A node asks itself for nothing.
    if (listener !== publisher) this.#listeners.get(publisher)?.push(listener);
  }

  /** Resolves when everybody would hear what is transmitted. */
  async ready(): Promise<void> {
    const topic = textNeuron().name;
    for (const pair of this.#pairs) if (pair.capable(topic)) await pair.ready(topic);
    for (const [node, all] of this.#listeners) {
      const receivers = all.filter((each) => each.capable(topic)).length;
      if (node.capable(topic)) await node.ready(topic, { receivers });
    }
  }

  /** Resolves when all that was sent has arrived, with all that came of it. */
  async settle(): Promise<void> {
    let before: string;
    do {
      before = this.#counts();
      await Promise.all(this.#links().map((link) => link.flush()));
      await turn();
    } while (this.#counts() !== before);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map(({ plexus }) => plexus.close()));
  }

  #links(): readonly Link[] {
    return [...this.#pairs, ...this.#listeners.keys()];
  }

  #counts(): string {
    return JSON.stringify(this.#members.map(({ plexus }) => plexus.stats()));
  }
}

/**
 * What `Scene.heard` has when each of these has heard each of the texts; by default those that they
 * send each other in most scenes.
 */
export function everyone(
  names: readonly string[],
  texts: readonly string[] = names.map((name) => `of ${name}`),
): readonly string[] {
  return names.flatMap((name) => texts.map((text) => `${name} ${text}`)).sort();
}
