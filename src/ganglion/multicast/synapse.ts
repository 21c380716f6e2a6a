/** MulticastSynapse: a neuron on multicast: the channels it is sent and heard on, now. */
import type { EpgmChannel, SourceId } from "../../epgm/channel.ts";
import { ClosedError, TransportError } from "../../errors.ts";
import type { Impulse } from "../../impulse.ts";
import { type ClockTimer, systemClock } from "../../io/clock.ts";
import type { Neuron } from "../../neuron.ts";
import { BoundedQueue, type Patience, type QueueOptions } from "../../queue.ts";
import type { SynapseOwner } from "../../synapse.ts";
import { both, type Wait } from "../../wait.ts";
import { WireSynapse } from "../transport.ts";

/** A group that could not be joined is tried again after so long. */
const retryMs = 1_000;

/** What a synapse needs of its ganglion. */
export interface SynapseHome extends SynapseOwner {
  readonly queue: Required<QueueOptions>;
  /** Joins the group at this offset to send to it, or, with `receive`, to hear it. */
  join(synapse: MulticastSynapse, address: number, receive: boolean): Promise<EpgmChannel>;
  /** The frames of a message. */
  framesOf(synapse: MulticastSynapse, impulse: Impulse): Uint8Array[];
  /** A group could not be joined; it will be tried again. */
  joinFailed(cause: TransportError): void;
  /** Something that somebody waits for has changed. */
  readinessChanged(): void;
  /** How long a channel repeats what is asked for when it is left; undefined: as usual. */
  graceMs(synapse: MulticastSynapse): number | undefined;
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
  #retry: ClockTimer | undefined;
  #isClosed = false;
  /** What of the queues here is in the counters. */
  #countedDepth = 0;

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

  /** Whether it is heard. */
  get hasIncoming(): boolean {
    return this.#incoming.size > 0;
  }

  /** Whether nothing waits here to be sent, for want of an address or of a place in the channels. */
  get isDrained(): boolean {
    return this.#waiting.depth === 0 && !this.#isPumping;
  }

  /** The sources that are heard on any of its addresses. */
  *openSources(): Generator<SourceId> {
    for (const channel of this.#incoming.values()) yield* channel.openSources;
  }

  get channels(): EpgmChannel[] {
    return [...this.#outgoing.values(), ...this.#incoming.values()];
  }

  /** Brings the counters up to date, to which reactants add what waits for them. */
  countDepth(waitingToBeHeard: number): void {
    let depth = this.#waiting.depth + waitingToBeHeard;
    for (const channel of this.#outgoing.values()) depth += channel.queueDepth;
    this.counters.queueDepth += depth - this.#countedDepth;
    this.#countedDepth = depth;
  }

  offer(impulse: Impulse, patience: Patience | undefined): Wait {
    if (this.#outgoing.size === 0 || this.#waiting.depth > 0 || this.#isPumping) {
      return this.#waiting.offer(impulse, patience);
    }
    return this.#send(impulse, patience);
  }

  /** From now on it is sent and heard there. Resolves when what is to be heard is. */
  route(wanted: Route): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#wanted = wanted;
    this.#reconciling ??= this.#reconcile().finally(() => {
      this.#reconciling = undefined;
    });
    return this.#reconciling;
  }

  /** Sends what is in the channels. What still waits for an address, or a place there, is dropped. */
  async close(lingerMs: number, why: Error): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    await this.#reconciling;
    const left = this.#waiting.clear(why).length;
    if (left > 0) this.dropped("closed", left);
    const channels = this.channels;
    this.#outgoing.clear();
    this.#incoming.clear();
    const graceMs = this.#home.graceMs(this);
    await Promise.all(channels.map((channel) => channel.close({ lingerMs, graceMs })));
  }

  /** New groups are joined before old ones are left. */
  async #reconcile(): Promise<void> {
    let done: Route | undefined;
    try {
      while (done !== this.#wanted) {
        const wanted = this.#wanted;
        await this.#open(this.#incoming, wanted.listen, true);
        await this.#open(this.#outgoing, wanted.send, false);
        this.#close(this.#incoming, wanted.listen);
        this.#close(this.#outgoing, wanted.send);
        done = wanted;
      }
    } catch (cause) {
      this.#joinFailed(cause);
    }
    void this.#pump();
    this.#home.readinessChanged();
  }

  #joinFailed(cause: unknown): void {
    if (this.#isClosed || cause instanceof ClosedError) return;
    if (!(cause instanceof TransportError)) throw cause;
    this.#home.joinFailed(cause);
    this.#retry?.cancel();
    this.#retry = systemClock.startTimer(retryMs, () => void this.route(this.#wanted));
    // Whether the process lives is for the sockets to say.
    this.#retry.unref();
  }

  async #open(
    channels: Map<number, EpgmChannel>,
    addresses: readonly number[],
    receive: boolean,
  ): Promise<void> {
    for (const address of addresses) {
      if (channels.has(address)) continue;
      const channel = await this.#home.join(this, address, receive);
      channels.set(address, channel);
      if (receive) continue;
      try {
        await channel.openSource();
      } catch (cause) {
        channels.delete(address);
        await channel.close();
        throw cause;
      }
    }
  }

  /** A channel that closes sends what it has, says that it ends, and repeats for a while. */
  #close(channels: Map<number, EpgmChannel>, addresses: readonly number[]): void {
    for (const [address, channel] of channels) {
      if (addresses.includes(address)) continue;
      channels.delete(address);
      void channel.close({ graceMs: this.#home.graceMs(this) });
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
    this.#home.readinessChanged();
  }

  #send(impulse: Impulse, patience: Patience | undefined): Wait {
    const frames = this.#home.framesOf(this, impulse);
    let wait: Wait;
    for (const channel of this.#outgoing.values()) {
      wait = both(wait, channel.offer(frames, patience));
    }
    return wait;
  }
}
