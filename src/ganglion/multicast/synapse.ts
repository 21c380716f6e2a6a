/** MulticastSynapse: a neuron on multicast: the channels it is sent and heard on, now. */
import type { EpgmChannel } from "../../epgm/channel.ts";
import type { Impulse } from "../../impulse.ts";
import type { Neuron } from "../../neuron.ts";
import { BoundedQueue, type Patience, type QueueOptions } from "../../queue.ts";
import type { SynapseOwner } from "../../synapse.ts";
import { both, type Wait } from "../../wait.ts";
import { WireSynapse } from "../transport.ts";

/** What a synapse needs of its ganglion. */
export interface SynapseHome extends SynapseOwner {
  readonly queue: Required<QueueOptions>;
  /** Joins the group at this offset to send to it, or, with `receive`, to hear it. */
  join(synapse: MulticastSynapse, address: number, receive: boolean): Promise<EpgmChannel>;
  /** The frames of a message. */
  framesOf(synapse: MulticastSynapse, impulse: Impulse): Uint8Array[];
}

/** What a synapse is wanted for. */
export interface Route {
  readonly send: readonly number[];
  readonly listen: readonly number[];
}

export class MulticastSynapse extends WireSynapse {
  /** Something is, or is about to be, sent from here. */
  sends = false;
  /** Somebody wants it to have an address, though nothing is sent or heard yet. */
  isAdapted = false;
  /** Whether the agreement knows that it is used. */
  isUsed = false;
  readonly #home: SynapseHome;
  readonly #outgoing = new Map<number, EpgmChannel>();
  readonly #incoming = new Map<number, EpgmChannel>();
  /** Messages that wait for an address. */
  readonly #waiting: BoundedQueue<Impulse>;
  #isPumping = false;
  #wanted: Route = { send: [], listen: [] };
  #reconciling: Promise<void> | undefined;

  constructor(topic: string, neuron: Neuron | undefined, home: SynapseHome) {
    super(topic, neuron, home);
    this.#home = home;
    this.#waiting = new BoundedQueue<Impulse>({
      what: `the queue of ${topic} that waits for an address`,
      ...home.queue,
      dropped: (_impulse, reason) => this.dropped(reason),
    });
  }

  /** Whether what is sent goes out. */
  get hasOutgoing(): boolean {
    return this.#outgoing.size > 0;
  }

  get incoming(): Iterable<EpgmChannel> {
    return this.#incoming.values();
  }

  get channels(): EpgmChannel[] {
    return [...this.#outgoing.values(), ...this.#incoming.values()];
  }

  /** Messages that wait, here and in the channels. */
  get queueDepth(): number {
    let depth = this.#waiting.depth;
    for (const channel of this.#outgoing.values()) depth += channel.queueDepth;
    return depth;
  }

  offer(impulse: Impulse, patience: Patience | undefined): Wait {
    if (this.#outgoing.size === 0 || this.#waiting.depth > 0 || this.#isPumping) {
      return this.#waiting.offer(impulse, patience);
    }
    return this.#send(impulse, patience);
  }

  /** From now on it is sent and heard there. Resolves when what is to be heard is. */
  route(wanted: Route): Promise<void> {
    this.#wanted = wanted;
    this.#reconciling ??= this.#reconcile().finally(() => {
      this.#reconciling = undefined;
    });
    return this.#reconciling;
  }

  /** @returns How many messages were waiting for an address; they are dropped. */
  async close(lingerMs: number, why: Error): Promise<number> {
    await this.#reconciling?.catch(() => {});
    const left = this.#waiting.clear(why);
    const channels = this.channels;
    this.#outgoing.clear();
    this.#incoming.clear();
    await Promise.all(channels.map((channel) => channel.close({ lingerMs })));
    return left.length;
  }

  /** New groups are joined before old ones are left. */
  async #reconcile(): Promise<void> {
    let done: Route | undefined;
    while (done !== this.#wanted) {
      const wanted = this.#wanted;
      await this.#open(this.#incoming, wanted.listen, true);
      await this.#open(this.#outgoing, wanted.send, false);
      this.#close(this.#incoming, wanted.listen);
      this.#close(this.#outgoing, wanted.send);
      done = wanted;
    }
    void this.#pump();
  }

  async #open(
    channels: Map<number, EpgmChannel>,
    addresses: readonly number[],
    receive: boolean,
  ): Promise<void> {
    for (const address of addresses) {
      if (channels.has(address)) continue;
      const channel = await this.#home.join(this, address, receive);
      if (!receive) await channel.openSource();
      channels.set(address, channel);
    }
  }

  /** A channel that closes sends what it has, says that it ends, and repeats for a while. */
  #close(channels: Map<number, EpgmChannel>, addresses: readonly number[]): void {
    for (const [address, channel] of channels) {
      if (addresses.includes(address)) continue;
      channels.delete(address);
      void channel.close();
    }
  }

  /** What has waited for an address goes out, in its order. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#outgoing.size > 0) {
      const impulse = this.#waiting.shift();
      if (impulse === undefined) break;
      // What the channel drops it has counted.
      await this.#send(impulse, undefined)?.catch(() => {});
    }
    this.#isPumping = false;
  }

  #send(impulse: Impulse, patience: Patience | undefined): Wait {
    const frames = this.#home.framesOf(this, impulse);
    let wait: Wait;
    for (const channel of this.#outgoing.values())
      wait = both(wait, channel.offer(frames, patience));
    return wait;
  }
}
