/** StreamGanglion: what ganglia over stream sockets have in common: options, opening, arrival. */

import { because } from "../../cause.ts";
import { PeerError } from "../../errors.ts";
import { type Label, Origin } from "../../identity.ts";
import { failureIncident, type Incident } from "../../incident.ts";
import type { Place } from "../../io/address.ts";
import { completeBackOff } from "../../io/back-off.ts";
import { systemClock } from "../../io/clock.ts";
import type { CloseReason } from "../../io/connection.ts";
import type { ConnectorOptions } from "../../io/connector.ts";
import { checkListenerOptions, type ListenerOptions } from "../../io/listener.ts";
import type { EnvelopeId } from "../../protocol/envelope.ts";
import type { Span } from "../../protocol/span.ts";
import { decodeTopic } from "../../protocol/topic-text.ts";
import type { PlexoIdentity } from "../../protocol/zmtp/metadata.ts";
import type { SocketType } from "../../protocol/zmtp/socket-type.ts";
import { checkCount, checkMilliseconds } from "../../ranges.ts";
import { isTopic, topicBytesMax } from "../../topic.ts";
import { version } from "../../version.ts";
import type { Wait } from "../../wait.ts";
import { Opening } from "../opening.ts";
import type { GanglionOptions } from "../options.ts";
import { TopicIndex } from "../topic-index.ts";
import { TransportGanglion, type WireSynapse } from "../transport.ts";
import { IncidentRation } from "./incident-ration.ts";
import type { WireLink } from "./link.ts";

/** Of every ganglion over TCP or Unix-domain sockets. */
export interface StreamOptions extends GanglionOptions {
  /** The longest message taken, in and out; what the transport adds to it included. Default: 64 MiB. */
  readonly messageBytesMax?: number;
  /** Bytes under way in a socket at which messages begin to queue. Default: 1 MiB. */
  readonly sendHighWaterBytes?: number;
  /**
   * Bytes of the messages that may queue for one peer; a single message is let in however long it
   * is. Default: 64 MiB for a pair, 16 MiB for each subscriber.
   */
  readonly queueBytesMax?: number;
  /** From the connection to the end of the handshake. Default: 30,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * Towards peers of ours. Default: every 2,000 ms, given up after 10,000 ms of silence. While a slow
   * receiver keeps this end from reading it is every 500 ms at least. Others are sent none, but
   * `flush()` waits no longer than `timeoutMs` for one that does nothing.
   */
  readonly heartbeat?: { readonly intervalMs: number; readonly timeoutMs: number };
  /** Until a connection is there, the handshake not included. Default: 10,000. */
  readonly connectTimeoutMs?: number;
  /** First and longest wait before it connects again. Default: 100 and 5,000 ms. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /**
   * Permissions of the file of a Unix-domain socket that is bound: who may write to it may connect.
   * Default: 0o600, the user who runs the process.
   */
  readonly socketMode?: number;
}

const messageBytesMaxDefault = 64 * 1024 * 1024;
const heartbeatDefault = { intervalMs: 2_000, timeoutMs: 10_000 };

/** @typeParam S What the transport keeps for each topic. */
export abstract class StreamGanglion<S extends WireSynapse> extends TransportGanglion<S> {
  protected readonly messageBytesMax: number;
  /** For how long a peer that is waited for may do nothing. */
  protected readonly silenceMsMax: number;
  /** Tells peers of ours this ganglion from all others. */
  readonly #id: string = new Origin().text;
  readonly #topics = new TopicIndex<S>((topic) => this.synapses.find(topic));
  readonly #ration = new IncidentRation((incident) => super.report(incident));
  readonly #opening = new Opening(this);

  /** @throws {UsageError} if an option is unfit. */
  constructor(options: StreamOptions, name: string) {
    super(options, name);
    const { messageBytesMax, sendHighWaterBytes, queueBytesMax, connectTimeoutMs } = options;
    this.messageBytesMax = checkCount("messageBytesMax", messageBytesMax ?? messageBytesMaxDefault);
    this.silenceMsMax = options.heartbeat?.timeoutMs ?? heartbeatDefault.timeoutMs;
    if (sendHighWaterBytes !== undefined) checkCount("sendHighWaterBytes", sendHighWaterBytes);
    if (queueBytesMax !== undefined) checkCount("queueBytesMax", queueBytesMax);
    if (connectTimeoutMs !== undefined) checkMilliseconds("connectTimeoutMs", connectTimeoutMs);
  }

  /**
   * @param more What only one kind of ganglion has.
   * @throws {UsageError} if an option is unfit.
   */
  protected connectionOptions(
    socketType: SocketType,
    options: StreamOptions,
    more: Partial<ListenerOptions> = {},
  ): ConnectorOptions & ListenerOptions {
    const { handshakeTimeoutMs, sendHighWaterBytes, socketMode } = options;
    const identity = (): PlexoIdentity => this.#identity;
    const connectionOptions: ConnectorOptions & ListenerOptions = {
      socketType,
      // Asked anew for each connection: the ganglion may have been joined to a plexus meanwhile.
      get plexo() {
        return identity();
      },
      bodyBytesMax: this.messageBytesMax,
      handshakeTimeoutMs,
      heartbeat: { ...heartbeatDefault, ...options.heartbeat, ttlMs: 0 },
      heartbeatWith: "ours",
      sendHighWaterBytes,
      connectTimeoutMs: options.connectTimeoutMs,
      // Who only listens tries nothing again, but learns of a slip all the same.
      ...completeBackOff(options),
      socketMode,
      ...more,
    };
    checkListenerOptions(connectionOptions);
    return connectionOptions;
  }

  /** What a peer of ours is told: `<plexus>.<ganglion>`, the first part empty where there is none. */
  get #identity(): PlexoIdentity {
    return { version, instanceId: `${this.junction?.nodeId ?? ""}.${this.#id}` };
  }

  /** True if the link leads to this ganglion itself. */
  protected isItself(link: WireLink): boolean {
    return link.peerId === this.#id;
  }

  // Opening.

  /**
   * Resolves when it listens, or has begun to connect; rejects if it cannot listen. Marked handled:
   * where nobody asks for it, a failure is an incident.
   */
  get opened(): Promise<void> {
    return this.#opening.watched;
  }

  /** For constructors: from now on it opens. */
  protected openBy(opening: Promise<void>): void {
    this.#opening.begin(opening);
  }

  /** Resolves when it has opened, or cannot. */
  protected openingOver(): Promise<void> {
    return this.#opening.over();
  }

  /** @throws why it could not be opened. */
  protected override checkSends(): void {
    this.#opening.check();
  }

  // Incidents.

  /** What a peer can make happen again and again is told by ration. */
  override report(incident: Incident): void {
    if (incident.kind === "transmit-failed") super.report(incident);
    else this.#ration.take(incident);
  }

  protected override incidentsOver(): void {
    this.#ration.end();
  }

  /** @param place Where the other end is, if the cause does not say so. */
  protected connectionFailed(cause: NonNullable<CloseReason>, place?: Place): void {
    if (this.isClosing) return;
    if (place === undefined) {
      const incident = failureIncident("connection-failed", "a connection failed", cause);
      this.report({ ganglion: this.name, ...incident });
    } else {
      const { remote, address } = place;
      const what = `a connection with ${remote} failed`;
      const incident = failureIncident("connection-failed", what, cause);
      this.#ration.take({ ganglion: this.name, remote, ...incident }, address);
    }
  }

  /** A link is gone: what was sent on it may not have arrived. */
  protected countUnconfirmed({ unconfirmed: count, remote, address }: WireLink): void {
    if (count === 0) return;
    this.otherCounters.drop("unconfirmed", count);
    const incident: Incident = {
      kind: "dropped",
      reason: "unconfirmed",
      count,
      message: `the connection to ${remote} ended; messages sent on it may not have arrived`,
      ganglion: this.name,
      remote,
    };
    this.#ration.take(incident, address);
  }

  /** What arrived was not a message. */
  protected malformed(cause: PeerError, { remote, address }: WireLink): void {
    this.otherCounters.received += 1;
    this.otherCounters.drop("malformed", 1);
    const incident: Incident = {
      kind: "dropped",
      reason: "malformed",
      message: because(`what came from ${remote} was dropped as malformed`, cause),
      ganglion: this.name,
      remote,
      cause,
    };
    this.#ration.take(incident, address);
  }

  /**
   * Takes a message as it came off the wire.
   * @throws {PeerError} if its topic is none. Nothing was counted then.
   */
  protected arrivedBytes(topic: Span, payload: Uint8Array, id: EnvelopeId | undefined): Wait {
    checkTopicLength(topic.byteCount);
    const label = id === undefined ? undefined : labelOf(id);
    const synapse = this.#topics.find(topic);
    if (synapse !== undefined) return this.arrivedAt(synapse, payload, label);
    return this.arrived(checkedTopic(decodeTopic(topic)), payload, label);
  }

  // Life.

  /** Runs `close` with a promise that resolves when the linger time is over. */
  protected async closeWithin(
    endsMs: number,
    close: (lingerOver: Promise<void>) => Promise<void>,
  ): Promise<void> {
    let tellOver: () => void = () => {};
    const lingerOver = new Promise<void>((resolve) => {
      tellOver = resolve;
    });
    const timer = systemClock.startTimer(endsMs - systemClock.nowMs(), tellOver);
    try {
      await close(lingerOver);
    } finally {
      timer.cancel();
    }
  }
}

/** Before anything is made of so many bytes. @throws {PeerError} */
function checkTopicLength(byteCount: number): void {
  if (byteCount <= topicBytesMax) return;
  throw new PeerError(`topic of ${byteCount} bytes, at most ${topicBytesMax} taken`, {
    details: { byteCount, topicBytesMax },
  });
}

/** @throws {PeerError} unless it is a topic. */
function checkedTopic(topic: string): string {
  if (isTopic(topic)) return topic;
  throw new PeerError(
    `${JSON.stringify(topic)} is no topic: a part of it is empty, or has a character that none has`,
    { details: { topic } },
  );
}

/** The id on arrival: one transport further than when it was written. */
function labelOf({ originHigh, originLow, sequence, hops }: EnvelopeId): Label {
  return { originHigh, originLow, sequence, hops: hops + 1 };
}
