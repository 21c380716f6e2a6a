/**
 * "plexo/pair": PairGanglion, two processes joined by one connection, of TCP or at a path.
 *
 * On the wire it is a ZeroMQ PAIR whose messages have one frame, an envelope with topic and
 * payload; pyplexo and whatever else speaks that can be the other end. Impulse ids, heartbeats and
 * confirmations go to peers of ours only, who know each other by a property in their READY.
 */
import { PeerError, UsageError } from "../errors.ts";
import { type Label, Origin } from "../identity.ts";
import type { Impulse } from "../impulse.ts";
import { checkAddress, formatUrl, type StreamAddress } from "../io/address.ts";
import { systemClock } from "../io/clock.ts";
import type { CloseReason, Connection } from "../io/connection.ts";
import {
  Connector,
  type ConnectorOptions,
  checkListenerOptions,
  type EndpointOwner,
  type Listener,
  type ListenerOptions,
  listen,
} from "../io/stream.ts";
import type { Neuron } from "../neuron.ts";
import type { EnvelopeReader } from "../protocol/envelope.ts";
import type { PlexoIdentity } from "../protocol/zmtp/metadata.ts";
import type { Patience, QueueOptions } from "../queue.ts";
import { checkCount } from "../ranges.ts";
import { version } from "../version.ts";
import type { Wait } from "../wait.ts";
import type { GanglionOptions } from "./base.ts";
import { PairLink } from "./pair/link.ts";
import { Outbox } from "./pair/outbox.ts";
import { Seat } from "./pair/seat.ts";
import { PairSynapse } from "./pair/synapse.ts";
import { TopicIndex } from "./topic-index.ts";
import { TransportGanglion } from "./transport.ts";

export type { IpcAddress, StreamAddress, TcpAddress } from "../io/address.ts";

/** Of a pair: where it listens or connects, and its limits. */
export interface PairOptions extends GanglionOptions {
  /**
   * Where to listen; port 0 lets the system choose. Give this or `connect`. The file of a
   * Unix-domain socket is made, and removed at close; one that was left behind is replaced.
   */
  readonly bind?: StreamAddress;
  /** Where the other end listens. It need not be there yet: it is tried again and again. */
  readonly connect?: StreamAddress;
  /**
   * Permissions of the file of a Unix-domain socket that is bound: who may write to it may connect.
   * Default: 0o600, the user who runs the process.
   */
  readonly socketMode?: number;
  /** What holds messages while there is no peer, or a slow one. Default: 1000, policy `block`. */
  readonly queue?: QueueOptions;
  /** The longest message taken, envelope included, in and out. Default: 64 MiB. */
  readonly messageBytesMax?: number;
  /** Bytes under way in the socket at which messages begin to queue. Default: 1 MiB. */
  readonly sendHighWaterBytes?: number;
  /** From the connection to the peer's READY. Default: 30,000. */
  readonly handshakeTimeoutMs?: number;
  /** Towards peers of ours. Default: every 2,000 ms, given up after 10,000 ms of silence. */
  readonly heartbeat?: { readonly intervalMs: number; readonly timeoutMs: number };
  /** Until a connection is there, the handshake not included. Default: 10,000. */
  readonly connectTimeoutMs?: number;
  /** First and longest wait before it connects again. Default: 100 and 5,000 ms. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
}

const messageBytesMaxDefault = 64 * 1024 * 1024;
const heartbeatDefault = { intervalMs: 2_000, timeoutMs: 10_000 };

/** One end of a pair. It opens by itself; see `opened`. */
export class PairGanglion extends TransportGanglion<PairSynapse> {
  readonly #messageBytesMax: number;
  readonly #outbox: Outbox;
  readonly #links = new Set<PairLink>();
  readonly #topics = new TopicIndex((topic) => this.synapses.find(topic));
  readonly #seat: Seat;
  readonly #connectionOptions: ConnectorOptions & ListenerOptions;
  #listener: Listener | undefined;
  #connector: Connector | undefined;
  #address: StreamAddress;
  #referenced = true;
  // While it closes it still takes a peer, for what waits; after that no more.
  #isShut = false;
  readonly #id: string = new Origin().text;
  readonly #opened: Promise<void>;
  #openedIsWatched = false;
  // Why it could not be opened.
  #openError: Error | undefined;
  // The failure reported last: the same one again and again is one incident until it is over.
  #reportedFailure: string | undefined;

  /** @throws {UsageError} if it has neither `bind` nor `connect`, or both, or an option is unfit. */
  constructor(options: PairOptions) {
    const { address, connects } = addressOf(options);
    super(options, nameOf(address, connects));
    this.#address = address;
    this.#messageBytesMax = options.messageBytesMax ?? messageBytesMaxDefault;
    this.#connectionOptions = connectionOptionsOf(options, this.#messageBytesMax, () =>
      this.#peerIdentity(),
    );
    checkListenerOptions(this.#connectionOptions);
    this.#outbox = new Outbox(this.name, options.queue);
    this.#seat = new Seat({
      seated: (link) => this.#connected(link),
      vacated: () => this.#disconnected(),
      replaced: (link) => this.#replaced(link),
      refused: (link, why) => this.#refused(link, why),
    });
    this.#opened = connects ? this.#connect() : this.#listen();
    this.#opened.catch((cause: Error) => this.#cannotOpen(cause));
  }

  /**
   * Resolves when it listens, or has begun to connect; rejects if it cannot listen. Marked handled:
   * where nobody asks for it, a failure is an incident.
   */
  get opened(): Promise<void> {
    this.#openedIsWatched = true;
    return this.#opened;
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

  /** There will never be a peer, which nobody should wait for. */
  #cannotOpen(cause: Error): void {
    this.#openError = cause;
    this.readinessChanged();
    if (this.#openedIsWatched) return;
    this.report({
      kind: "connection-failed",
      message: "the pair cannot be opened",
      ganglion: this.name,
      cause,
    });
  }

  #checkOpened(): void {
    if (this.#openError !== undefined) throw this.#openError;
  }

  /** What a peer of ours is told: `<plexus>.<ganglion>`, the first part empty where there is none. */
  #peerIdentity(): PlexoIdentity {
    return { version, instanceId: `${this.junction?.nodeId ?? ""}.${this.#id}` };
  }

  /** Two links to one plexus of ours reach the same network. */
  override get segment(): string | undefined {
    const nodeId = this.#seat.sitter?.nodeId;
    return super.segment ?? (nodeId === undefined ? undefined : `plexus ${nodeId}`);
  }

  #endpointOwner(): EndpointOwner {
    return {
      accept: (accepted) => this.#accept(accepted),
      failed: (error) => this.#reportFailure(error),
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
    this.#checkOpened();
    return this.#outbox.offer(synapse, impulse, patience);
  }

  protected override checkSize(synapse: PairSynapse, byteCount: number): void {
    const bytesMax = this.#messageBytesMax - envelopeBytesMax - synapse.topicBytes.length;
    if (byteCount <= bytesMax) return;
    throw new UsageError(
      `a message of ${byteCount} bytes of ${synapse.topic}, at most ${bytesMax} fit; ` +
        "raise messageBytesMax at both ends, or send it in parts",
      { details: { topic: synapse.topic, byteCount, bytesMax } },
    );
  }

  // Connections.

  #accept(connection: Connection): PairLink {
    const link = new PairLink(connection, {
      knocks: (knocking) => this.#seat.knock(knocking),
      ready: (ready) => this.#seat.take(ready),
      writable: () => this.#outbox.flush(),
      arrived: (envelope, isFromOurs) => this.#arrived(envelope, isFromOurs),
      malformed: (cause) => this.droppedElsewhere("malformed", undefined, cause),
      closed: (closed, reason) => this.#closed(closed, reason),
    });
    this.#links.add(link);
    if (!this.#referenced) link.unref();
    if (this.#isShut) link.destroy();
    return link;
  }

  #connected(link: PairLink): void {
    this.#reportedFailure = undefined;
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
    });
  }

  #replaced(link: PairLink): void {
    this.report({
      kind: "connection-lost",
      message: `the peer at ${link.remote} was replaced by a newcomer`,
      ganglion: this.name,
    });
  }

  #closed(link: PairLink, reason: CloseReason): void {
    this.#links.delete(link);
    this.#countUnconfirmed(link);
    if (reason !== undefined) this.#reportFailure(reason);
    this.#seat.leave(link);
  }

  #countUnconfirmed(link: PairLink): void {
    const count = link.unconfirmed;
    if (count === 0) return;
    this.otherCounters.drop("unconfirmed", count);
    this.report({
      kind: "dropped",
      reason: "unconfirmed",
      count,
      message: `the connection to ${link.remote} ended; messages sent on it may not have arrived`,
      ganglion: this.name,
    });
  }

  #reportFailure(cause: NonNullable<CloseReason>): void {
    const { address: _address, retryMs: _retryMs, ...facts } = cause.details;
    const failure = `${cause.code} ${JSON.stringify(facts)}`;
    if (failure === this.#reportedFailure || this.isClosing) return;
    this.#reportedFailure = failure;
    this.report({
      kind: "connection-failed",
      message: "a connection failed, or could not be made",
      ganglion: this.name,
      cause,
    });
  }

  // Receiving.

  #arrived(envelope: EnvelopeReader, isFromOurs: boolean): Wait {
    const label = isFromOurs && envelope.labelled ? labelOf(envelope) : undefined;
    const found = this.#findSynapse(envelope);
    if (found === undefined) return undefined;
    if (typeof found === "string") return this.arrived(found, envelope.payload, label);
    return this.arrivedAt(found, envelope.payload, label);
  }

  /** The synapse of the envelope's topic, or the topic if there is none; undefined if it is no text. */
  #findSynapse(envelope: EnvelopeReader): PairSynapse | string | undefined {
    const { bytes, topicStart, topicEnd } = envelope;
    try {
      const find = (): string => envelope.decodeTopic();
      return this.#topics.find(bytes, topicStart, topicEnd, find) ?? envelope.decodeTopic();
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.otherCounters.received += 1;
      this.droppedElsewhere("malformed", undefined, cause);
      return undefined;
    }
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
    await this.#seat.sitter?.probe();
  }

  protected override receivers(): number {
    return this.peerCount;
  }

  protected override isReady(topic: string, receivers = 1): boolean {
    this.#checkOpened();
    if (receivers <= 1) return this.receivers() >= receivers;
    throw new UsageError(`a pair has one peer, so ${topic} never has ${receivers} receivers`, {
      details: { topic, receivers },
    });
  }

  protected override async shut(endsMs: number): Promise<void> {
    let timer: { cancel(): void } | undefined;
    const lingerOver = new Promise<void>((resolve) => {
      timer = systemClock.startTimer(endsMs - systemClock.nowMs(), resolve);
    });
    await this.#opened.catch(() => {});
    await Promise.race([this.#outbox.empty(), lingerOver]);
    this.#isShut = true;
    this.#outbox.close();
    this.#connector?.close();
    const unbound = this.#listener?.close();
    const peer = this.#seat.sitter;
    for (const link of this.#links) if (link !== peer) link.destroy();
    await peer?.finish(endsMs, lingerOver);
    await unbound;
    timer?.cancel();
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

function connectionOptionsOf(
  options: PairOptions,
  bodyBytesMax: number,
  identity: () => PlexoIdentity,
): ConnectorOptions & ListenerOptions {
  const { handshakeTimeoutMs, sendHighWaterBytes, retryMinMs, retryMaxMs, socketMode } = options;
  if (sendHighWaterBytes !== undefined) checkCount("sendHighWaterBytes", sendHighWaterBytes);
  return {
    socketType: "PAIR",
    // Asked anew for each connection: the ganglion may have been joined to a plexus meanwhile.
    get plexo() {
      return identity();
    },
    bodyBytesMax,
    // Who connects has one connection at a time, and lets everybody in.
    admission: options.bind === undefined ? "at once" : "by owner",
    handshakeTimeoutMs,
    heartbeat: { ...heartbeatDefault, ...options.heartbeat, ttlMs: 0 },
    heartbeatWith: "ours",
    sendHighWaterBytes,
    connectTimeoutMs: options.connectTimeoutMs,
    retryMinMs,
    retryMaxMs,
    socketMode,
  };
}

/** More than what an envelope adds to topic and payload, padding included. */
const envelopeBytesMax = 128;

function addressOf(options: PairOptions): { address: StreamAddress; connects: boolean } {
  const { bind, connect } = options;
  if (bind !== undefined && connect === undefined) {
    return { address: checkAddress(bind), connects: false };
  }
  if (connect !== undefined && bind === undefined) {
    return { address: checkAddress(connect), connects: true };
  }
  throw new UsageError("a pair needs either an address to bind or one to connect to");
}

function nameOf(address: StreamAddress, connects: boolean): string {
  return `${formatUrl("pair", address)}${connects ? "" : "?bind"}`;
}

/** The envelope's id on arrival: one transport further than when it was written. */
function labelOf(envelope: EnvelopeReader): Label {
  const { originHigh, originLow, sequence, hops } = envelope;
  return { originHigh, originLow, sequence, hops: hops + 1 };
}
