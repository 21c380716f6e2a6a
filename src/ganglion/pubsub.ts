/**
 * "plexo/pubsub": PubSubGanglion, any number of processes over TCP or Unix-domain sockets.
 *
 * Each node publishes at one address, if it has one, and listens to any number of others: its peers.
 * On the wire these are a ZeroMQ PUB and one SUB for each peer, whose messages have two frames, topic
 * and payload; pyplexo and whatever else speaks that can be the other end. A node asks for the topics
 * only that somebody in it wants. Impulse ids, heartbeats and confirmations go to peers of ours only,
 * who know each other by a property in their READY.
 */
import { UsageError } from "../errors.ts";
import type { Impulse } from "../impulse.ts";
import { checkAddress, formatUrl, type StreamAddress } from "../io/address.ts";
import { systemClock } from "../io/clock.ts";
import type { Neuron } from "../neuron.ts";
import { checkOptions } from "../options.ts";
import { completeQueueOptions, type Patience, type QueueOptions } from "../queue.ts";
import { checkCount } from "../ranges.ts";
import { type TopicPattern, topicBytesMax } from "../topic.ts";
import type { Wait } from "../wait.ts";
import { pubSubOptionTable } from "./pubsub/options.ts";
import { Publisher } from "./pubsub/publisher.ts";
import { Sources } from "./pubsub/sources.ts";
import { PubSubSynapse } from "./pubsub/synapse.ts";
import { StreamGanglion, type StreamOptions } from "./wire/stream-ganglion.ts";

export type { IpcAddress, StreamAddress, TcpAddress } from "../io/address.ts";
export type { StreamOptions } from "./wire/stream-ganglion.ts";

/** Of a pub/sub node: where it publishes, whom it listens to, and its limits. */
export interface PubSubOptions extends StreamOptions {
  /** Where to publish; port 0 lets the system choose. Without it the node only listens. */
  readonly bind?: StreamAddress;
  /** The publishers to listen to. They need not be there yet: they are tried again and again. */
  readonly peers?: readonly StreamAddress[];
  /**
   * What holds messages for a subscriber that is slow, for each of its own. Default: 1000, policy
   * `drop-newest`, so that a slow subscriber delays nobody.
   */
  readonly queue?: QueueOptions;
  /** Subscribers, and connections that may become some, at a time. Default: 1,024. */
  readonly subscribersMax?: number;
  /** Topics and prefixes that one subscriber may ask for. Default: 65,536. */
  readonly subscriptionsMax?: number;
  /** Bytes of them together. Default: 4 MiB. */
  readonly prefixBytesMax?: number;
}

const queueBytesMaxDefault = 16 * 1024 * 1024;
const subscribersMaxDefault = 1_024;

/** One node of a pub/sub network. It opens by itself; see `opened`. */
export class PubSubGanglion extends StreamGanglion<PubSubSynapse> {
  readonly #publisher: Publisher;
  readonly #sources: Sources;
  readonly #subscribersMax: number;
  #address: StreamAddress | undefined;

  /** @throws {UsageError} if an address or an option is unfit, or a peer is named twice. */
  constructor(options: PubSubOptions = {}) {
    checkOptions("PubSubGanglion", options, pubSubOptionTable);
    const bind = options.bind && checkAddress(options.bind);
    super(options, nameOf(bind));
    const { subscribersMax, subscriptionsMax, prefixBytesMax, queue } = options;
    this.#subscribersMax = checkCount("subscribersMax", subscribersMax ?? subscribersMaxDefault);
    this.#address = bind;
    this.#publisher = new Publisher(
      {
        queue: completeQueueOptions({ ...queue, policy: queue?.policy ?? "drop-newest" }),
        queueBytesMax: options.queueBytesMax ?? queueBytesMaxDefault,
        limits: { subscriptionsMax, prefixBytesMax },
        listener: this.connectionOptions("PUB", options, {
          // A subscriber sends subscriptions only; the session knows how long those are.
          bodyBytesMax: undefined,
          connectionsMax: this.#subscribersMax,
        }),
      },
      {
        subscribersChanged: () => this.readinessChanged(),
        malformed: (cause, link) => this.malformed(cause, link),
        failed: (cause, remote) => this.connectionFailed(cause, remote),
        lost: (link) => this.countUnconfirmed(link),
      },
    );
    const sourceOptions = this.connectionOptions("SUB", options, {
      // Of each frame, so that a topic has to pass, too.
      bodyBytesMax: Math.max(this.messageBytesMax, topicBytesMax),
    });
    this.#sources = new Sources(sourceOptions, {
      isItself: (link) => this.isItself(link),
      arrived: (topic, payload, id) => this.arrivedBytes(topic, payload, id),
      malformed: (cause, link) => this.malformed(cause, link),
      failed: (cause, remote) => this.connectionFailed(cause, remote),
      lost: (link) => this.countUnconfirmed(link),
    });
    this.#sources.add(options.peers ?? []);
    this.openBy(bind === undefined ? Promise.resolve() : this.#listen(bind));
  }

  /** Where it publishes, with the port the system chose once `opened`; undefined if it does not. */
  get address(): StreamAddress | undefined {
    return this.#address;
  }

  /**
   * Listens to one more publisher from now on.
   * @throws {UsageError} if it does already. @throws {ClosedError}
   */
  addPeer(address: StreamAddress): void {
    this.checkOpen();
    this.#sources.add([address]);
  }

  /**
   * Listens to it no more. Resolves when the connection is gone.
   * @throws {UsageError} (rejects) if it did not. @throws {ClosedError} (rejects)
   */
  async removePeer(address: StreamAddress): Promise<void> {
    this.checkOpen();
    const endsMs = systemClock.nowMs() + this.lingerMs;
    await this.closeWithin(endsMs, (over) => this.#sources.remove(address, endsMs, over));
  }

  /** How many of the peers are connected now. */
  get peerCount(): number {
    return this.#sources.connectedCount;
  }

  /**
   * Resolves when the subscribers have read everything that was published before, except those that
   * are lost meanwhile.
   */
  flush(): Promise<void> {
    return this.#publisher.flush();
  }

  async #listen(address: StreamAddress): Promise<void> {
    this.#address = await this.#publisher.open(address);
    this.rename(nameOf(this.#address));
  }

  // Sending.

  protected override get sends(): boolean {
    return this.#address !== undefined;
  }

  protected override checkSends(): void {
    super.checkSends();
    if (this.sends) return;
    throw new UsageError(`${this.name} only listens; give it an address to bind, to publish at`);
  }

  protected override makeWireSynapse(topic: string, neuron: Neuron | undefined): PubSubSynapse {
    return new PubSubSynapse(topic, neuron, this);
  }

  protected override offer(
    synapse: PubSubSynapse,
    impulse: Impulse,
    patience: Patience | undefined,
  ): Wait {
    const subscribers = this.#publisher.subscribersOf(synapse);
    if (subscribers.length === 0) {
      synapse.unheard();
      return undefined;
    }
    synapse.heard();
    // One copy for each: what each of them gets or loses is counted.
    synapse.counters.sent += subscribers.length - 1;
    synapse.counters.bytesSent += (subscribers.length - 1) * impulse.bytes.length;
    return this.#publisher.offer(subscribers, synapse, impulse, patience);
  }

  protected override checkSize(synapse: PubSubSynapse, byteCount: number): void {
    if (byteCount <= this.messageBytesMax) return;
    throw new UsageError(
      `a message of ${byteCount} bytes of ${synapse.topic}, at most ${this.messageBytesMax} are ` +
        "sent; raise messageBytesMax at all nodes, or send it in parts",
      { details: { topic: synapse.topic, byteCount, bytesMax: this.messageBytesMax } },
    );
  }

  // Who wants what.

  protected override interestChanged(target: TopicPattern, wanted: boolean): void {
    if (wanted) this.#sources.want(target);
    else this.#sources.unwant(target);
  }

  protected override junctionWants(target: TopicPattern, wanted: boolean): void {
    super.junctionWants(target, wanted);
    this.interestChanged(target, wanted);
  }

  protected override inEffect(): Promise<void> {
    return this.#sources.inEffect();
  }

  // Readiness and life.

  protected override receivers(topic: string): number {
    const known = this.synapses.find(topic);
    if (known !== undefined) return this.#publisher.subscribersOf(known).length;
    return this.#publisher.receivers(utf8.encode(topic));
  }

  protected override receiversMax(): number {
    return this.#subscribersMax;
  }

  protected override isReady(topic: string, receivers = 1): boolean {
    this.checkSends();
    return this.receivers(topic) >= receivers;
  }

  protected override async shut(endsMs: number): Promise<void> {
    await this.openingOver();
    for (const synapse of this.synapses.values()) synapse.heard();
    await this.closeWithin(endsMs, async (lingerOver) => {
      const ends = [this.#publisher, this.#sources];
      await Promise.all(ends.map((end) => end.close(endsMs, lingerOver)));
    });
  }

  override ref(): void {
    this.#publisher.ref();
    this.#sources.ref();
  }

  override unref(): void {
    this.#publisher.unref();
    this.#sources.unref();
  }
}

const utf8 = new TextEncoder();

function nameOf(address: StreamAddress | undefined): string {
  return address === undefined ? "pubsub" : formatUrl("pubsub", address);
}
