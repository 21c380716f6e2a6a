/**
 * Heartbeat: PING and PONG, and when silence means that the peer is gone.
 *
 * Source: RFC 37 (ZMTP 3.1), "Connection Heartbeating". As in libzmq 4.3.4 the time-out runs from
 * the first PING after which nothing has arrived; whatever arrives, a part of a frame too, ends it.
 */
import { PeerError, TransportError, UsageError } from "../../errors.ts";
import { encodePing, encodePong, parsePing, parsePong, pingTtlMsMax } from "./command.ts";

export interface HeartbeatOptions {
  /** A PING goes out this often, while data flows too. */
  readonly intervalMs: number;
  /** The peer is given up when nothing arrives for so long after a PING. */
  readonly timeoutMs: number;
  /** What the peer is asked to do likewise: to close after so long a silence; 0 asks nothing. */
  readonly ttlMs: number;
}

export interface HeartbeatSink {
  /** These bytes go to the peer, after those given before. They are not touched afterwards. */
  send(bytes: Uint8Array): void;
  /** What the PING that is about to be sent shall carry: at most 16 bytes, often none. */
  pingContext(): Uint8Array;
  /** The peer has sent a PING; it has been answered. */
  ping(context: Uint8Array): void;
  /** The peer has answered a PING that carried `context`. */
  pong(context: Uint8Array): void;
}

/**
 * The longest interval of PINGs while this end does not read. It answers none then, and a bound pair
 * whose seat a newcomer wants takes a peer for dead that it has not heard for a second.
 */
const suspendedIntervalMs = 500;
const never = Number.POSITIVE_INFINITY;
const unsentPongsMax = 1_000;
const nothing = new Uint8Array(0);

/** Nothing is due before `start`. */
export class Heartbeat {
  #options: HeartbeatOptions | undefined;
  readonly #sink: HeartbeatSink;
  /** When the last PING went out; at first, when traffic began. */
  #pingedMs = never;
  /** When the first PING went out that nothing has arrived since. */
  #unansweredSinceMs = never;
  #heardMs = never;
  #peerTtlMs = never;
  #suspended = false;
  #echoes = true;
  #sendBlocked = false;
  #unsentPings = 0;
  /** The owner wants one behind all that it has sent, and one that is unsent stands before some of it. */
  #pingIsPutOff = false;
  #unsentPongs = 0;

  constructor(sink: HeartbeatSink) {
    this.#sink = sink;
  }

  /**
   * Traffic begins.
   * @param options Undefined: no PING is sent but by `ping`, and there is no time-out. A TTL that
   *   the peer gives counts all the same.
   */
  start(options: HeartbeatOptions | undefined, nowMs: number): void {
    this.#options = options;
    this.#heardMs = nowMs;
    this.#pingedMs = nowMs;
  }

  /** Bytes have come. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#unansweredSinceMs = never;
  }

  /**
   * Sends a PING if one is due.
   * @throws {TransportError} if the peer has been silent for too long.
   */
  wake(nowMs: number): void {
    if (nowMs >= this.#silenceEndsMs) throw this.#silenceError(nowMs);
    if (nowMs >= this.#nextPingMs) this.#sendPing(nowMs);
  }

  /**
   * Sends a PING now, and the next one an interval later. While the system takes no bytes that is so
   * for the first; all further ones are one, put off until it takes bytes again.
   * @throws {UsageError} if the sink gives a context of more than 16 bytes.
   */
  ping(nowMs: number): void {
    this.#pingIsPutOff ||= this.#sendBlocked && this.#unsentPings > 0;
    this.#sendPing(nowMs);
  }

  #sendPing(nowMs: number): void {
    this.#pingedMs = nowMs;
    if (this.#options !== undefined && this.#unansweredSinceMs === never) {
      this.#unansweredSinceMs = nowMs;
    }
    if (this.#sendBlocked && ++this.#unsentPings > 1) return;
    this.#sink.send(encodePing(this.#options?.ttlMs ?? 0, this.#sink.pingContext()));
  }

  /**
   * Answers a PING. Where it names a TTL the peer has to be heard that often from now on, which is
   * a little stricter than the RFC: there any traffic lifts the wish until the next PING.
   * @throws {PeerError} if it is malformed, or the peer does not read the answers.
   */
  receivePing(data: Uint8Array): void {
    const { ttlMs, context } = parsePing(data);
    if (this.#sendBlocked && ++this.#unsentPongs > unsentPongsMax) {
      throw new PeerError(
        `the peer sends PINGs and reads no answers: ${unsentPongsMax} wait, no more are taken`,
        { details: { unsentPongsMax } },
      );
    }
    this.#peerTtlMs = ttlMs === 0 ? never : ttlMs;
    this.#sink.send(encodePong(this.#echoes ? context : nothing));
    this.#sink.ping(context);
  }

  /** @throws {PeerError} if its context is longer than 16 bytes. */
  receivePong(data: Uint8Array): void {
    this.#sink.pong(parsePong(data));
  }

  /**
   * From now on PONGs carry no context: this end drops what arrives, and the context of a PING may
   * stand for having taken what came before it.
   */
  stopEchoing(): void {
    this.#echoes = false;
  }

  /** This end does not read, so silence means nothing. PINGs go on, every 500 ms at least. */
  suspend(): void {
    this.#suspended = true;
  }

  /** This end reads again: the waiting starts afresh. */
  resume(nowMs: number): void {
    this.#suspended = false;
    this.#waitAfresh(nowMs);
  }

  /** The system takes no more bytes: until it does, one PING is made at most, and one put off. */
  sendBlocked(): void {
    this.#sendBlocked = true;
  }

  /**
   * The system takes bytes again, so the peer's end has made room: a sign of life.
   * @throws {UsageError} as `ping`.
   */
  sendProgressed(nowMs: number): void {
    this.#sendBlocked = false;
    this.#unsentPings = 0;
    this.#unsentPongs = 0;
    this.#waitAfresh(nowMs);
    if (!this.#pingIsPutOff) return;
    this.#pingIsPutOff = false;
    this.#sendPing(nowMs);
  }

  /** When `wake` is next wanted; infinite while nothing waits. */
  get deadlineMs(): number {
    return Math.min(this.#nextPingMs, this.#silenceEndsMs);
  }

  #waitAfresh(nowMs: number): void {
    this.#heardMs = nowMs;
    if (this.#unansweredSinceMs !== never) this.#unansweredSinceMs = nowMs;
  }

  get #nextPingMs(): number {
    if (this.#options === undefined) return never;
    const { intervalMs } = this.#options;
    return (
      this.#pingedMs + (this.#suspended ? Math.min(intervalMs, suspendedIntervalMs) : intervalMs)
    );
  }

  get #silenceEndsMs(): number {
    return this.#suspended ? never : Math.min(this.#timeoutEndsMs, this.#ttlEndsMs);
  }

  get #timeoutEndsMs(): number {
    return this.#unansweredSinceMs + (this.#options?.timeoutMs ?? never);
  }

  get #ttlEndsMs(): number {
    return this.#heardMs + this.#peerTtlMs;
  }

  #silenceError(nowMs: number): TransportError {
    const silentMs = Math.round(nowMs - this.#heardMs);
    const byTimeout = this.#timeoutEndsMs <= this.#ttlEndsMs;
    const boundMs = byTimeout ? this.#options?.timeoutMs : this.#peerTtlMs;
    const bound = byTimeout
      ? `the heartbeat time-out after a PING is ${boundMs} ms`
      : `the peer wished to be given up after ${boundMs} ms`;
    return new TransportError(`nothing came from the peer for ${silentMs} ms; ${bound}`, {
      details: { silentMs, boundMs },
    });
  }
}

/** @throws {UsageError} if a time is not in its range. */
export function checkHeartbeatOptions({ intervalMs, timeoutMs, ttlMs }: HeartbeatOptions): void {
  if (!(intervalMs > 0 && timeoutMs > 0)) {
    throw new UsageError(
      `heartbeat interval ${intervalMs} ms and time-out ${timeoutMs} ms: both must be above 0`,
      { details: { intervalMs, timeoutMs } },
    );
  }
  if (!(ttlMs >= 0 && ttlMs <= pingTtlMsMax)) {
    throw new UsageError(`heartbeat TTL ${ttlMs} ms: it must be from 0 to ${pingTtlMsMax}`, {
      details: { ttlMs, ttlMsMax: pingTtlMsMax },
    });
  }
}
