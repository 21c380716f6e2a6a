/**
 * "plexo/pair": PairGanglion, two processes joined by one connection, over TCP or at a path.
 *
 * On the wire it is a ZeroMQ PAIR whose messages have one frame, an envelope with topic and
 * payload; pyplexo and whatever else speaks that can be the other end. Impulse ids, heartbeats and
 * confirmations go to peers of ours only, who know each other by a property in their READY.
 */
import { UsageError } from "../errors.ts";
import type { Impulse } from "../impulse.ts";
import { checkAddress, checkRemoteAddress, formatUrl, type StreamAddress } from "../io/address.ts";
import type { CloseReason, Connection } from "../io/connection.ts";
import {
  Connector,
  type ConnectorOptions,
  type EndpointOwner,
  type Listener,
  type ListenerOptions,
  listen,
} from "../io/stream.ts";
import type { Neuron } from "../neuron.ts";
import { checkOptions } from "../options.ts";
import type { EnvelopeReader } from "../protocol/envelope.ts";
import type { Patience, QueueOptions } from "../queue.ts";
import type { Wait } from "../wait.ts";
import { PairLink } from "./pair/link.ts";
import { type AnyPairOptions, pairOptionTable } from "./pair/options.ts";
import { Seat } from "./pair/seat.ts";
import { PairSynapse } from "./pair/synapse.ts";
import { Failures } from "./wire/failures.ts";
import { Outbox } from "./wire/outbox.ts";
import { StreamGanglion, type StreamOptions } from "./wire/stream-ganglion.ts";

export type { IpcAddress, StreamAddress, TcpAddress } from "../io/address.ts";
export type { StreamOptions } from "./wire/stream-ganglion.ts";

/** Of a pair: its limits, without where it listens or connects. */
export interface PairLimits extends StreamOptions {
  /** What holds messages while there is no peer, or a slow one. Default: 1000, policy `block`. */
  readonly queue?: QueueOptions;
}

/** Of a pair that listens. */
export interface ListeningPairOptions extends PairLimits {
  /**
   * Where to listen; port 0 lets the system choose. The file of a Unix-domain socket is made, and
   * removed at close; one that was left behind is replaced.
   */
  readonly bind: StreamAddress;
  readonly connect?: undefined;
}

/** Of a pair that connects. */
export interface ConnectingPairOptions extends PairLimits {
  /** Where the other end listens. It need not be there yet: it is tried again and again. */
  readonly connect: StreamAddress;
  readonly bind?: undefined;
}

/** Of a pair: its limits, and either `bind` or `connect`. */
export type PairOptions = ListeningPairOptions | ConnectingPairOptions;

/** One end of a pair. It opens by itself; see `opened`. */
export class PairGanglion extends StreamGanglion<PairSynapse> {
  readonly #outbox: Outbox<PairSynapse>;
  readonly #links = new Set<PairLink>();
  readonly #seat: Seat;
  readonly #connectionOptions: ConnectorOptions & ListenerOptions;
  readonly #failures = new Failures((cause, remote) => this.connectionFailed(cause, remote));
  #listener: Listener | undefined;
  #connector: Connector | undefined;
  #address: StreamAddress;
  #referenced = true;
  // While it closes it still takes a peer, for what waits; after that no more.
  #isShut = false;

  /** @throws {UsageError} if it has neither `bind` nor `connect`, or both, or an option is unfit. */
  constructor(options: PairOptions) {
    checkOptions<AnyPairOptions>("PairGanglion", options, pairOptionTable);
    const { address, connects } = addressOf(options);
    super(options, nameOf(address, connects));
    this.#address = address;
    this.#connectionOptions = this.connectionOptions("PAIR", options, {
      // Who connects has one connection at a time, and lets everybody in.
      admission: connects ? "at once" : "by owner",
    });
    const { queue, queueBytesMax = queueBytesMaxDefault } = options;
    this.#outbox = new Outbox(`send queue of ${this.name}`, queue, queueBytesMax);
    this.#seat = new Seat({
      seated: (link) => this.#connected(link),
      vacated: () => this.#disconnected(),
      replaced: (link) => this.#replaced(link),
      refused: (link, why) => this.#refused(link, why),
    });
    this.openBy(connects ? this.#connect() : this.#listen());
  }

  /**
   * Where it listens, with the port the system chose once `opened`; or where it connects to. A path
   * is absolute.
   */
  get address(): StreamAddress {
    return this.#address;
  }

  #connect(): Promise<void> {
    this.#connector = new Connector(this.#address, this.#connectionOptions, this.#endpointOwner());
    return Promise.resolve();
  }

  async #listen(): Promise<void> {
    const listener = await listen(this.#address, this.#connectionOptions, this.#endpointOwner());
    this.#listener = listener;
    this.#address = listener.address;
    this.rename(nameOf(listener.address, false));
    if (!this.#referenced) listener.unref();
  }

  /** Two links to one plexus of ours reach the same network. */
  override get segment(): string | undefined {
    const nodeId = this.#seat.sitter?.nodeId;
    return super.segment ?? (nodeId === undefined ? undefined : `plexus ${nodeId}`);
  }

  #endpointOwner(): EndpointOwner {
    return {
      accept: (accepted) => this.#accept(accepted),
      failed: (cause, remote) => this.#failed(cause, remote),
    };
  }

  // Sending.

  protected override makeWireSynapse(topic: string, neuron: Neuron | undefined): PairSynapse {
    return new PairSynapse(topic, neuron, this);
  }

  protected override offer(
    synapse: PairSynapse,
    impulse: Impulse,
    patience: Patience | undefined,
  ): Wait {
    return this.#outbox.offer(synapse, impulse, patience);
  }

  protected override checkSize(synapse: PairSynapse, byteCount: number): void {
    const bytesMax = this.messageBytesMax - envelopeBytesMax - synapse.topicBytes.length;
    if (byteCount <= bytesMax) return;
    throw new UsageError(
      `a message of ${byteCount} bytes of ${synapse.topic}, at most ${bytesMax} fit; ` +
        "raise messageBytesMax at both ends, or send it in parts",
      { details: { topic: synapse.topic, byteCount, bytesMax } },
    );
  }

  // Connections.

  #accept(connection: Connection): PairLink {
    const link: PairLink = new PairLink(connection, {
      knocks: () => this.#seat.knock(link),
      ready: () => this.#seat.take(link),
      writable: () => this.#outbox.flush(),
      arrived: (envelope, isFromOurs) => this.#arrived(envelope, isFromOurs),
      malformed: (cause) => this.malformed(cause, link),
      closed: (reason) => this.#closed(link, reason),
    });
    this.#links.add(link);
    if (!this.#referenced) link.unref();
    if (this.#isShut) link.destroy();
    return link;
  }

  #connected(link: PairLink): void {
    this.#failures.over();
    this.#outbox.connect(link);
    this.junction?.changed(this);
    this.readinessChanged();
  }

  #disconnected(): void {
    this.#outbox.connect(undefined);
    this.junction?.changed(this);
    this.readinessChanged();
  }

  #refused(link: PairLink, why: string): void {
    this.report({
      kind: "peer-refused",
      message: `a connection from ${link.remote} was refused: ${why}`,
      ganglion: this.name,
      remote: link.remote,
    });
  }

  #replaced(link: PairLink): void {
    this.report({
      kind: "connection-lost",
      message: `the peer at ${link.remote} was replaced by a newcomer`,
      ganglion: this.name,
      remote: link.remote,
    });
  }

  #closed(link: PairLink, reason: CloseReason): void {
    this.#links.delete(link);
    this.countUnconfirmed(link);
    if (reason !== undefined) this.#failed(reason, link.remote);
    this.#seat.leave(link);
  }

  /** A listener has many peers: it tells the failures of each. */
  #failed(cause: NonNullable<CloseReason>, remote: string | undefined): void {
    if (this.#connector === undefined) this.connectionFailed(cause, remote);
    else this.#failures.happened(cause, remote);
  }

  #arrived(envelope: EnvelopeReader, isFromOurs: boolean): Wait {
    const id = isFromOurs && envelope.labelled ? envelope : undefined;
    return this.arrivedBytes(envelope.topic, envelope.payload, id);
  }

  // Readiness and life.

  /** 1 while there is a peer, else 0. */
  get peerCount(): number {
    return this.#seat.sitter === undefined ? 0 : 1;
  }

  /**
   * Resolves when the peer has read everything that was transmitted before; waits for a peer where
   * there is something to send. A connection that breaks meanwhile ends the wait: what the peer had
   * not confirmed is counted then.
   */
  async flush(): Promise<void> {
    await this.#outbox.empty();
    await this.#seat.sitter?.caughtUp();
  }

  protected override receivers(): number {
    return this.peerCount;
  }

  protected override receiversMax(): number {
    return 1;
  }

  protected override isReady(_topic: string, receivers = 1): boolean {
    this.checkSends();
    return this.receivers() >= receivers;
  }

  protected override async shut(endsMs: number): Promise<void> {
    await this.openingOver();
    await this.closeWithin(endsMs, async (lingerOver) => {
      await Promise.race([this.#outbox.empty(), lingerOver]);
      this.#isShut = true;
      this.#outbox.close("the pair was closed while the message waited");
      this.#connector?.close();
      const unbound = this.#listener?.close();
      const peer = this.#seat.sitter;
      for (const link of this.#links) if (link !== peer) link.destroy();
      await peer?.finish(endsMs, lingerOver);
      await unbound;
    });
  }

  override ref(): void {
    this.#referenced = true;
    for (const each of [this.#listener, this.#connector, ...this.#links]) each?.ref();
  }

  override unref(): void {
    this.#referenced = false;
    for (const each of [this.#listener, this.#connector, ...this.#links]) each?.unref();
  }
}

const queueBytesMaxDefault = 64 * 1024 * 1024;
/** More than what an envelope adds to topic and payload, padding included. */
const envelopeBytesMax = 128;

/** @param options Nothing at all, where no compiler asked for them. */
function addressOf(options: PairOptions | undefined): {
  readonly address: StreamAddress;
  readonly connects: boolean;
} {
  const { bind, connect } = options ?? {};
  if (bind !== undefined && connect === undefined) {
    return { address: checkAddress(bind), connects: false };
  }
  if (connect !== undefined && bind === undefined) {
    return { address: checkRemoteAddress(connect), connects: true };
  }
  throw new UsageError("a pair needs either an address to bind or one to connect to");
}

function nameOf(address: StreamAddress, connects: boolean): string {
  return `${formatUrl("pair", address)}${connects ? "" : "?bind"}`;
}
