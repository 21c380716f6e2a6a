/** StreamGanglion: what ganglia over stream sockets have in common: options, opening, arrival. */
import { PeerError } from "../../errors.ts";
import { type Label, Origin } from "../../identity.ts";
import { failureIncident } from "../../incident.ts";
import { systemClock } from "../../io/clock.ts";
import type { CloseReason } from "../../io/connection.ts";
import {
  type ConnectorOptions,
  checkListenerOptions,
  type ListenerOptions,
} from "../../io/stream.ts";
import type { EnvelopeId } from "../../protocol/envelope.ts";
import type { PlexoIdentity } from "../../protocol/zmtp/metadata.ts";
import type { SocketType } from "../../protocol/zmtp/socket-type.ts";
import { checkCount, checkMilliseconds } from "../../ranges.ts";
import { version } from "../../version.ts";
import type { Wait } from "../../wait.ts";
import type { GanglionOptions } from "../options.ts";
import { TopicIndex } from "../topic-index.ts";
import { TransportGanglion, type WireSynapse } from "../transport.ts";
import type { WireLink } from "./link.ts";

/** Of every ganglion over TCP or Unix-domain sockets. */
export interface StreamOptions extends GanglionOptions {
  /** The longest message taken, in and out; what the transport adds to it included. Default: 64 MiB. */
  readonly messageBytesMax?: number;
  /** Bytes under way in a socket at which messages begin to queue. Default: 1 MiB. */
  readonly sendHighWaterBytes?: number;
  /** From the connection to the end of the handshake. Default: 30,000. */
  readonly handshakeTimeoutMs?: number;
  /**
   * Towards peers of ours. Default: every 2,000 ms, given up after 10,000 ms of silence. While a slow
   * receiver keeps this end from reading it is every 500 ms at least.
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
  /** Tells peers of ours this ganglion from all others. */
  readonly #id: string = new Origin().text;
  readonly #topics = new TopicIndex<S>((topic) => this.synapses.find(topic));
  #opened: Promise<void> = Promise.resolve();
  #openedIsWatched = false;
  // Why it could not be opened.
  #openError: Error | undefined;

  /** @throws {UsageError} if an option is unfit. */
  constructor(options: StreamOptions, name: string) {
    super(options, name);
    const { messageBytesMax, sendHighWaterBytes, connectTimeoutMs } = options;
    this.messageBytesMax = checkCount("messageBytesMax", messageBytesMax ?? messageBytesMaxDefault);
    if (sendHighWaterBytes !== undefined) checkCount("sendHighWaterBytes", sendHighWaterBytes);
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
    const { handshakeTimeoutMs, sendHighWaterBytes, retryMinMs, retryMaxMs, socketMode } = options;
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
      retryMinMs,
      retryMaxMs,
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

  // Opening.

  /**
   * Resolves when it listens, or has begun to connect; rejects if it cannot listen. Marked handled:
   * where nobody asks for it, a failure is an incident.
   */
  get opened(): Promise<void> {
    this.#openedIsWatched = true;
    return this.#opened;
  }

  /** For constructors: from now on it opens. */
  protected openBy(opening: Promise<void>): void {
    this.#opened = opening;
    opening.catch((cause: Error) => this.#cannotOpen(cause));
  }

  /** Resolves when it has opened, or cannot. */
  protected async openingOver(): Promise<void> {
    await this.#opened.catch(() => {});
  }

  /** There will never be a peer, which nobody should wait for. */
  #cannotOpen(cause: Error): void {
    this.#openError = cause;
    this.readinessChanged();
    if (this.#openedIsWatched) return;
    const incident = failureIncident("connection-failed", "the ganglion cannot be opened", cause);
    this.report({ ganglion: this.name, ...incident });
  }

  /** @throws why it could not be opened. */
  protected checkOpened(): void {
    if (this.#openError !== undefined) throw this.#openError;
  }

  // Connections.

  protected connectionFailed(cause: NonNullable<CloseReason>): void {
    if (this.isClosing) return;
    const incident = failureIncident("connection-failed", "a connection failed", cause);
    this.report({ ganglion: this.name, ...incident });
  }

  /** A link is gone: what was sent on it may not have arrived. */
  protected countUnconfirmed(link: WireLink): void {
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

  /** What arrived was not a message. */
  protected malformed(cause: PeerError): void {
    this.otherCounters.received += 1;
    this.droppedElsewhere("malformed", undefined, cause);
  }

  /**
   * Takes a message whose topic stands in `bytes` from `start` to `end`.
   * @param text Gives the topic as a string, or throws a PeerError if it is none.
   */
  protected arrivedBytes(
    bytes: Uint8Array,
    start: number,
    end: number,
    text: () => string,
    payload: Uint8Array,
    id: EnvelopeId | undefined,
  ): Wait {
    let found: S | string;
    try {
      found = this.#topics.find(bytes, start, end, text) ?? text();
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.malformed(cause);
      return undefined;
    }
    const label = id === undefined ? undefined : labelOf(id);
    if (typeof found === "string") return this.arrived(found, payload, label);
    return this.arrivedAt(found, payload, label);
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

/** The id on arrival: one transport further than when it was written. */
function labelOf({ originHigh, originLow, sequence, hops }: EnvelopeId): Label {
  return { originHigh, originLow, sequence, hops: hops + 1 };
}
