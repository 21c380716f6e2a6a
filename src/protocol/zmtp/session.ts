/** Session: one connection's conversation in ZMTP 3.1 or 3.0, from greeting to close. */
import { PeerError, TransportError } from "../../errors.ts";
import { checkAbove0 } from "../check-above-0.ts";
import type { Span } from "../span.ts";
import { encodeError, parseCommand, parseError } from "./command.ts";
import { FrameRules, frameFlags } from "./frame.ts";
import { type FrameHandler, FrameReader } from "./frame-reader.ts";
import { type Admission, Handshake, type Peer } from "./handshake.ts";
import {
  checkHeartbeatOptions,
  Heartbeat,
  type HeartbeatOptions,
  type HeartbeatSink,
} from "./heartbeat.ts";
import { checkPlexoIdentity, type PlexoIdentity } from "./metadata.ts";
import { nextState, type SessionEvent, type SessionState } from "./session-state.ts";
import type { SocketType } from "./socket-type.ts";
import { type SubscriberSink, SubscriptionReader } from "./subscription.ts";

export interface SessionOptions {
  readonly socketType: SocketType;
  /** Shown to the peer in READY. Default: this end does not say that it is ours. */
  readonly plexo?: PlexoIdentity | undefined;
  /**
   * The longest body taken of a message frame. Default: 64 MiB; 8 KiB for PUB, which takes none but
   * subscriptions.
   */
  readonly bodyBytesMax?: number | undefined;
  /** From `start` to the end of the handshake. Default: 30,000. */
  readonly handshakeTimeoutMs?: number | undefined;
  /** `by owner`: the sink is told that the peer `knocks`, and lets it in. Default: `at once`. */
  readonly admission?: Admission | undefined;
  /** Default: no PING is sent, and silence is minded only if the peer gives a TTL. */
  readonly heartbeat?: HeartbeatOptions | undefined;
  /**
   * `ours` has no heartbeat with other peers: some do not know PING, and libzmq does not answer while
   * its application is slow to receive. Default: `all`.
   */
  readonly heartbeatWith?: "all" | "ours" | undefined;
}

/** What a session does to its owner. All calls come from within a call to the session. */
export interface SessionSink extends HeartbeatSink, SubscriberSink {
  /**
   * With `by owner` only: what lets the peer in is due, and held back until `admit`, which may be
   * called from here. A peer that is still not let in when its part of the handshake is over knocks
   * again, and from then on nothing is read.
   * @param peer Undefined as long as it has not said who it is.
   */
  knocks(peer: Peer | undefined): void;
  /** The handshake is over: messages may be sent from now on. */
  ready(peer: Peer): void;
  /**
   * One frame of a message; for PUB of one that is no subscription.
   * @param body Moved to the next one, but its bytes stay as they are.
   * @param more Further frames of this message follow.
   */
  frame(body: Span, more: boolean): void;
}

const bodyBytesMaxDefault = 64 * 1024 * 1024;
const handshakeTimeoutMsDefault = 30_000;
// No command is long: READY has a few properties, SUBSCRIBE a topic.
const commandBytesMax = 8 * 1024;

/**
 * Bytes and the passing of time go in, calls to the sink come out. Times are monotonic
 * milliseconds. A method that throws has found that the connection cannot go on: the session is
 * closed, and the owner ends the connection. What the sink throws does the same, and comes out
 * unchanged.
 */
export class Session implements FrameHandler {
  readonly #options: SessionOptions;
  readonly #sink: SessionSink;
  readonly #handshake: Handshake;
  readonly #heartbeat: Heartbeat;
  readonly #rules = new FrameRules(commandBytesMax);
  readonly #reader = new FrameReader(this, this.#rules);
  /** Defined for PUB. */
  readonly #subscriptions: SubscriptionReader | undefined;
  #state: SessionState = "idle";
  #peer: Peer | undefined;
  #paused = false;
  /** The time of the call that is being served. */
  #nowMs = 0;

  /** @throws {UsageError} if an option is not in its range. */
  constructor(options: SessionOptions, sink: SessionSink) {
    checkSessionOptions(options);
    const { socketType, plexo, admission = "at once" } = options;
    const timeoutMs = options.handshakeTimeoutMs ?? handshakeTimeoutMsDefault;
    this.#options = options;
    this.#sink = sink;
    this.#handshake = new Handshake({ socketType, plexo, timeoutMs, admission }, (bytes) =>
      sink.send(bytes),
    );
    this.#heartbeat = new Heartbeat(sink);
    this.#subscriptions = socketType === "PUB" ? new SubscriptionReader(sink) : undefined;
  }

  /** The connection is there: sends the start of the greeting. To be called first, and once. */
  start(nowMs: number): void {
    this.#move("started");
    this.#handshake.start(nowMs);
  }

  /**
   * Takes what arrived. While `isReading` is false that is only kept, and should be left unread.
   * @param chunk Its memory must not be used again.
   * @throws {PeerError} if the peer breaks a rule, or refuses this end.
   */
  receive(chunk: Uint8Array, nowMs: number): void {
    if (this.#state === "closed") return;
    this.#heartbeat.heard(nowMs);
    this.#serve(nowMs, () => {
      const taken = this.#handshake.greeted ? 0 : this.#greet(chunk);
      if (taken < chunk.length) this.#reader.push(taken === 0 ? chunk : chunk.subarray(taken));
    });
  }

  /**
   * Takes the passing of time. Calls that come early or twice change nothing.
   * @throws {TransportError} if the handshake takes too long, or the peer has fallen silent.
   * @throws {UsageError} if the sink gives a PING context of more than 16 bytes.
   */
  wake(nowMs: number): void {
    if (this.#state === "closed") return;
    this.#serve(nowMs, () => {
      if (this.#state === "traffic") this.#heartbeat.wake(nowMs);
      else this.#handshake.wake(nowMs);
    });
  }

  /** When `wake` is next wanted, undefined while nothing waits. */
  get deadlineMs(): number | undefined {
    if (this.#state === "closed") return undefined;
    const waiting = this.#state === "traffic" ? this.#heartbeat : this.#handshake;
    return Number.isFinite(waiting.deadlineMs) ? waiting.deadlineMs : undefined;
  }

  /**
   * From now on no frame is handed over, also if the sink calls it in the middle of a chunk.
   * The peer's silence is not minded meanwhile; PINGs go on, so that it does not mind ours, and
   * become more frequent, so `deadlineMs` may come nearer.
   */
  pause(): void {
    this.#paused = true;
    this.#reader.pause();
    this.#heartbeat.suspend();
  }

  /** Hands over what was kept, and goes on. @throws {PeerError} as `receive`. */
  resume(nowMs: number): void {
    this.#paused = false;
    this.#heartbeat.resume(nowMs);
    this.#serve(nowMs, () => this.#readOn());
  }

  /** False while what arrives is only kept: this end is paused, or the peer waits to be let in. */
  get isReading(): boolean {
    return !this.#paused && this.#state !== "knocking";
  }

  /**
   * With `by owner`: lets the peer in. What was held back goes out, now or when it is due; if the
   * peer has said all, traffic begins, first with what it has sent meanwhile. A second call does
   * nothing. @throws {PeerError} as `receive`.
   */
  admit(nowMs: number): void {
    if (this.#state === "closed") return;
    this.#serve(nowMs, () => {
      this.#handshake.admit();
      if (this.#state !== "knocking" || this.#peer === undefined) return;
      this.#beginTraffic(this.#peer);
      this.#readOn();
    });
  }

  /**
   * Sends a PING now, with the sink's context, or puts it off as `Heartbeat.ping` says. Does nothing
   * outside of traffic.
   * @throws {UsageError} if the context has more than 16 bytes.
   */
  ping(nowMs: number): void {
    if (this.#state === "traffic") this.#serve(nowMs, () => this.#heartbeat.ping(nowMs));
  }

  /** From now on PONGs carry no context; see `Heartbeat.stopEchoing`. */
  stopEchoing(): void {
    this.#heartbeat.stopEchoing();
  }

  /** The system takes no more bytes; `sendProgressed` follows when it does again. */
  sendBlocked(): void {
    this.#heartbeat.sendBlocked();
  }

  /**
   * The system takes bytes again: the peer's end has made room.
   * @throws {UsageError} as `ping`.
   */
  sendProgressed(nowMs: number): void {
    if (this.#state !== "closed") this.#serve(nowMs, () => this.#heartbeat.sendProgressed(nowMs));
  }

  /**
   * The peer has ended its stream. Closes the session.
   * @returns What was wrong with that, undefined if it was a proper end.
   */
  end(): TransportError | undefined {
    const error = this.#endError();
    this.close();
    return error;
  }

  /**
   * Closes the session, and tells a peer of ours why. To others it is an end and no more: ERROR in
   * the handshake is for what will never do, and after it libzmq does not come again.
   */
  refuse(reason: string): void {
    if (this.#state !== "closed" && this.#peer?.plexo) this.#sink.send(encodeError(reason));
    this.close();
  }

  /** Forgets what was kept, and does nothing any more. */
  close(): void {
    this.#move("closed");
    this.#reader.stop();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Defined once its part of the handshake is over, also after the close. */
  get peer(): Peer | undefined {
    return this.#peer;
  }

  /** For the frame reader. */
  frame(body: Span, flags: number): void {
    if ((flags & frameFlags.command) === 0) {
      const messages = this.#subscriptions ?? this.#sink;
      messages.frame(body, (flags & frameFlags.more) !== 0);
    } else {
      this.#receiveCommand(body.bytes);
    }
  }

  #greet(chunk: Uint8Array): number {
    const taken = this.#handshake.greet(chunk);
    if (this.#handshake.greeted) this.#move("greeted");
    if (this.#handshake.holdsBack) this.#sink.knocks(undefined);
    return taken;
  }

  #receiveCommand(body: Uint8Array): void {
    const { name, data } = parseCommand(body);
    if (name === "ERROR") {
      const reason = parseError(data);
      this.close();
      throw new PeerError(`the peer refused the connection: ${reason}`, { details: { reason } });
    }
    if (this.#state === "handshake") this.#shakeHands(name, data);
    else if (name === "PING") this.#heartbeat.receivePing(data);
    else if (name === "PONG") this.#heartbeat.receivePong(data);
    else this.#subscriptions?.command(name, data);
    // Others are ignored, as libzmq does: they may belong to a later revision.
  }

  #shakeHands(name: string, data: Uint8Array): void {
    const peer = this.#handshake.receive(name, data);
    if (peer === undefined) return;
    this.#peer = peer;
    if (!this.#handshake.holdsBack) {
      this.#beginTraffic(peer);
      return;
    }
    this.#move("knocked");
    this.#reader.pause();
    this.#sink.knocks(peer);
  }

  #beginTraffic(peer: Peer): void {
    this.#move("readied");
    const { heartbeat, heartbeatWith } = this.#options;
    const withoutHeartbeat = heartbeatWith === "ours" && peer.plexo === undefined;
    this.#heartbeat.start(withoutHeartbeat ? undefined : heartbeat, this.#nowMs);
    this.#allowMessages();
    this.#sink.ready(peer);
  }

  #allowMessages(): void {
    const isPublisher = this.#subscriptions !== undefined;
    const bytesMaxDefault = isPublisher ? commandBytesMax : bodyBytesMaxDefault;
    this.#rules.allowMessages(this.#options.bodyBytesMax ?? bytesMaxDefault);
    if (isPublisher) this.#rules.mendCommands();
  }

  #readOn(): void {
    if (this.isReading) this.#reader.resume();
  }

  /**
   * The peer broke a rule. RFC 37 has ERROR in the handshake only. Ours understand it later, too; to
   * others the end of the connection has to be enough.
   */
  #sendError(reason: string): void {
    if (this.#state === "handshake" || (this.#state === "traffic" && this.#peer?.plexo)) {
      this.#sink.send(encodeError(reason));
    }
  }

  /** Serves one call; whatever it throws closes the session. */
  #serve(nowMs: number, act: () => void): void {
    this.#nowMs = nowMs;
    try {
      act();
    } catch (error) {
      if (error instanceof PeerError) this.#sendError(error.message);
      this.close();
      throw error;
    }
  }

  #move(event: SessionEvent): void {
    this.#state = nextState(this.#state, event);
  }

  #endError(): TransportError | undefined {
    if (this.#state === "idle" || this.#state === "closed") return undefined;
    if (this.#state !== "traffic") return this.#handshake.endError();
    const unfinished = this.#reader.unfinished;
    if (unfinished === undefined) return undefined;
    return new TransportError(`the peer ended the connection within a frame, after ${unfinished}`, {
      details: { unfinished },
    });
  }
}

/** For whoever makes sessions later with these. @throws {UsageError} if one is not in its range. */
export function checkSessionOptions(options: SessionOptions): void {
  checkAbove0("bodyBytesMax", options.bodyBytesMax);
  checkAbove0("handshakeTimeoutMs", options.handshakeTimeoutMs);
  if (options.heartbeat !== undefined) checkHeartbeatOptions(options.heartbeat);
  if (options.plexo !== undefined) checkPlexoIdentity(options.plexo);
}
