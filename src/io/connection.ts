/** Connection: joins a socket and a ZMTP session, and looks after both until they are gone. */
import type { Socket } from "node:net";
import { PeerError, TransportError } from "../errors.ts";
import type { Peer } from "../protocol/zmtp/handshake.ts";
import { Session, type SessionOptions, type SessionSink } from "../protocol/zmtp/session.ts";
import type { Place, StreamAddress } from "./address.ts";
import { type Clock, systemClock } from "./clock.ts";
import { FairAlarm } from "./fair-alarm.ts";
import { SendBuffer, type SendTarget } from "./send-buffer.ts";

export interface ConnectionOptions extends SessionOptions {
  /** Bytes not taken by the system at which `writable` becomes false. Default: 1 MiB. */
  readonly sendHighWaterBytes?: number | undefined;
}

/** Why a connection is gone. Undefined: one of the ends closed it in good order. */
export type CloseReason = PeerError | TransportError | undefined;

/** What a connection does to its owner. */
export interface ConnectionSink extends Omit<SessionSink, "send" | "ready"> {
  /**
   * The handshake is over.
   * @param output Where messages go from now on, frames with their heads. All frames of a message
   *   have to be written in one go.
   */
  ready(peer: Peer, output: SendBuffer): void;
  /** `output` is writable again after it was not. */
  writable(): void;
  /** The last call, once: socket, timers and listeners are gone. */
  closed(reason: CloseReason): void;
}

/** What whoever makes connections puts in. */
export interface ConnectionMaker {
  /** Gives the sink for a new connection; it is called before the constructor returns. */
  accept(connection: Connection): ConnectionSink;
  /** The handshake is over. Told before the sink. */
  readied?(connection: Connection): void;
  /** Told after the sink. */
  closed?(connection: Connection, reason: CloseReason): void;
}

const sendHighWaterDefault = 1024 * 1024;
/** Silence after which the system asks the other system whether the connection is still there. */
const keepAliveMs = 30_000;
/** Given to a peer that has ended, or is told of an error, to take what is on its way. */
const partingMs = 1_000;
// How a peer's abrupt end shows. Whether it was in good order, the session knows as well as any.
const endCodes: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

export class Connection {
  /** Where the other end is, for people. */
  readonly remote: string;
  /** What this end connected to; undefined where the other end did. */
  readonly address: StreamAddress | undefined;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #session: Session;
  readonly #output: SendBuffer;
  readonly #maker: ConnectionMaker;
  readonly #sink: ConnectionSink;
  readonly #alarm: FairAlarm;
  #reason: CloseReason;
  /** When a connection that is ending is destroyed. */
  #endsMs: number | undefined;
  #writeWaits = false;
  #unsentBytes = 0;
  readonly #onWritten = (): void => this.#written();

  /**
   * Nothing happens before `start`.
   * @param socket Connected, and half-open when its peer ends (`allowHalfOpen`).
   * @throws {UsageError} if an option is not in its range.
   */
  constructor(
    socket: Socket,
    { remote, address }: Place,
    options: ConnectionOptions,
    maker: ConnectionMaker,
    clock: Clock = systemClock,
  ) {
    this.remote = remote;
    this.address = address;
    this.#socket = socket;
    this.#clock = clock;
    this.#alarm = new FairAlarm(clock, () => this.#ring());
    this.#output = new SendBuffer(this.#sendTarget(), {
      highWater: options.sendHighWaterBytes ?? sendHighWaterDefault,
    });
    this.#session = new Session(options, this.#sessionSink());
    this.#maker = maker;
    this.#sink = maker.accept(this);
  }

  /** Begins the handshake, and to read. Once. */
  start(): void {
    const socket = this.#socket;
    socket.setNoDelay(true);
    // For peers without a heartbeat: else one whose cable was cut is there for ever.
    socket.setKeepAlive(true, keepAliveMs);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("end", () => this.#peerEnded());
    socket.on("error", (error: NodeJS.ErrnoException) => this.#failedBySystem(error));
    socket.on("close", () => this.#closed());
    this.#guard(() => this.#session.start(this.#clock.nowMs()));
  }

  /** Undefined until the handshake is over. */
  get peer(): Peer | undefined {
    return this.#session.peer;
  }

  /** Bytes that have come from the peer, also those that nobody has looked at yet. */
  get receivedBytes(): number {
    return this.#socket.bytesRead;
  }

  /** Bytes that the system has not taken yet. */
  get pendingBytes(): number {
    return this.#output.pendingBytes;
  }

  /** What the system had not taken when the connection was gone. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Hands over nothing more, also in the middle of a chunk, and stops reading the socket. */
  pause(): void {
    this.#session.pause();
    this.#readOrNot();
    this.#setAlarm();
  }

  /** Goes on, first with what had arrived. */
  resume(): void {
    this.#guard(() => this.#session.resume(this.#clock.nowMs()));
    this.#readOrNot();
  }

  /** Lets a peer in that knocks; see `Session.admit`. */
  admit(): void {
    this.#guard(() => this.#session.admit(this.#clock.nowMs()));
    this.#readOrNot();
  }

  /** From now on PONGs carry no context: this end drops what arrives. */
  stopEchoing(): void {
    this.#session.stopEchoing();
  }

  /**
   * Sends a PING behind all that was sent before, with the sink's context: now, or when the system
   * takes bytes again. One that waits for that is enough for all who ask. Does nothing before `ready`.
   */
  ping(): void {
    this.#guard(() => this.#session.ping(this.#clock.nowMs()));
  }

  /**
   * Sends what is pending, and ends the connection when the peer has ended it, too. What arrives
   * until then is handed over still; while paused the peer's end is not seen.
   * @param lingerMs After so long it is destroyed all the same; if bytes were pending then, that is
   *   the reason. 0: only what the system takes at once is sent.
   */
  end(lingerMs: number): void {
    if (this.#endsMs !== undefined) return;
    this.#endsMs = this.#clock.nowMs() + lingerMs;
    if (this.#session.state !== "traffic") this.#session.close();
    this.#output.flush();
    if (lingerMs === 0) this.#endInVain();
    else this.#setAlarm();
  }

  /** Ends the connection, and tells the peer why if it would understand (see `Session.refuse`). */
  refuse(reason: string): void {
    this.#session.refuse(reason);
    this.#part();
  }

  /** The same because the peer broke a rule. */
  giveUp(cause: PeerError): void {
    this.#reason ??= cause;
    this.refuse(cause.message);
  }

  /**
   * Ends the connection at once; what is pending is dropped. `closed` follows.
   * @param reason Undefined: this end closes it in good order.
   */
  destroy(reason?: PeerError | TransportError): void {
    this.#reason ??= reason;
    this.#socket.destroy();
  }

  /** Keeps the process alive; the default, as in Node. */
  ref(): void {
    this.#socket.ref();
    this.#alarm.ref();
  }

  unref(): void {
    this.#socket.unref();
    this.#alarm.unref();
  }

  #sessionSink(): SessionSink {
    return {
      send: (bytes) => {
        if (!this.#output.closed) this.#output.append(bytes);
      },
      knocks: (peer) => {
        this.#sink.knocks(peer);
        this.#readOrNot();
      },
      ready: (peer) => {
        this.#maker.readied?.(this);
        this.#sink.ready(peer, this.#output);
      },
      frame: (body, more) => this.#sink.frame(body, more),
      subscribe: (prefix) => this.#sink.subscribe?.(prefix),
      cancel: (prefix) => this.#sink.cancel?.(prefix),
      pingContext: () => this.#sink.pingContext(),
      ping: (context) => this.#sink.ping(context),
      pong: (context) => this.#sink.pong(context),
    };
  }

  #sendTarget(): SendTarget {
    return {
      write: (pieces) => this.#write(pieces),
      writable: () => this.#sink.writable(),
      emptied: () => {
        if (this.#endsMs !== undefined) this.#endOutput();
      },
    };
  }

  #readOrNot(): void {
    if (this.#session.isReading) this.#socket.resume();
    else this.#socket.pause();
  }

  #receive(chunk: Buffer): void {
    // Not a Buffer: `subarray` and `slice` of a body shall do what they do elsewhere.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#guard(() => this.#session.receive(bytes, this.#clock.nowMs()));
  }

  /** @returns True if the system has taken everything. */
  #write(pieces: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    socket.cork();
    for (const piece of pieces) socket.write(piece, this.#onWritten);
    socket.uncork();
    if (this.#isGone) return false;
    if (socket.writableLength === 0) return true;
    this.#writeWaits = true;
    this.#session.sendBlocked();
    return false;
  }

  /**
   * Comes late for a write that the system took at once; nothing waits then. Node calls it, without
   * an error, for what a socket that is gone had not written, too.
   */
  #written(): void {
    if (!this.#writeWaits || this.#socket.writableLength > 0 || this.#isGone) return;
    this.#writeWaits = false;
    this.#guard(() => this.#session.sendProgressed(this.#clock.nowMs()));
    this.#output.written();
  }

  /** From here to the call of `closed` the system takes nothing any more: that counts as unsent. */
  get #isGone(): boolean {
    return this.#socket.destroyed || this.#socket.errored !== null;
  }

  /** Does what the session may find a reason in to end the connection. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
    this.#setAlarm();
  }

  #fail(error: unknown): void {
    if (error instanceof PeerError) {
      this.#reason ??= error;
      this.#part();
      return;
    }
    this.#socket.destroy();
    if (!(error instanceof TransportError)) throw error;
    this.#reason ??= error;
  }

  /** Ends after an error of the peer: the session may have told it why, which it shall have read. */
  #part(): void {
    // Unread bytes would make the system reset the connection, and the peer lose what was sent.
    this.#socket.resume();
    this.end(partingMs);
  }

  #failedBySystem(error: NodeJS.ErrnoException): void {
    if (endCodes.has(error.code)) {
      this.#reason ??= this.#session.end();
      return;
    }
    this.#reason ??= new TransportError(
      `the system ended the connection: ${error.code ?? error.message}`,
      { cause: error, details: { remote: this.remote, code: error.code } },
    );
  }

  #peerEnded(): void {
    this.#reason ??= this.#session.end();
    this.end(partingMs);
  }

  #endOutput(): void {
    this.#output.close();
    this.#socket.end();
  }

  #endInVain(): void {
    const pendingBytes = this.#output.pendingBytes;
    if (pendingBytes > 0) {
      this.#reason ??= new TransportError(
        `the connection ended with ${pendingBytes} bytes unsent: the peer does not read`,
        { details: { remote: this.remote, pendingBytes } },
      );
    }
    this.#socket.destroy();
  }

  #setAlarm(): void {
    if (this.#socket.destroyed) return;
    const deadlineMs = this.#session.deadlineMs ?? Number.POSITIVE_INFINITY;
    const earlierMs = Math.min(deadlineMs, this.#endsMs ?? Number.POSITIVE_INFINITY);
    this.#alarm.set(Number.isFinite(earlierMs) ? earlierMs : undefined);
  }

  #ring(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs >= (this.#endsMs ?? Number.POSITIVE_INFINITY)) this.#endInVain();
    else this.#guard(() => this.#session.wake(nowMs));
  }

  #closed(): void {
    this.#alarm.set(undefined);
    this.#session.close();
    this.#unsentBytes = this.#output.pendingBytes;
    this.#output.close();
    this.#sink.closed(this.#reason);
    this.#maker.closed?.(this, this.#reason);
  }
}
