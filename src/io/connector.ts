/** Connector: makes a connection of a stream, over TCP or to a path, and makes it anew when it is gone. */
import { connect as connectSocket, type Socket } from "node:net";
import { PeerError, TransportError } from "../errors.ts";
import { checkSessionOptions } from "../protocol/zmtp/session.ts";
import {
  checkRemoteAddress,
  formatAddress,
  type StreamAddress,
  systemErrorText,
} from "./address.ts";
import { Alarm } from "./alarm.ts";
import { BackOff, type BackOffOptions } from "./back-off.ts";
import { type Clock, systemClock } from "./clock.ts";
import {
  type CloseReason,
  Connection,
  type ConnectionOptions,
  type ConnectionSink,
} from "./connection.ts";
import { type EndpointOwner, remoteOf } from "./endpoint.ts";

export interface ConnectorOptions extends ConnectionOptions, BackOffOptions {
  /** Until the connection is there; the handshake has a time of its own. Default: 10,000. */
  readonly connectTimeoutMs?: number | undefined;
}

const connectTimeoutMsDefault = 10_000;

/**
 * Connects, and connects again whenever there is no connection, until closed. It waits longer from
 * failure to failure, and longest after the peer broke a rule or refused this end. A connection that
 * got through its handshake, and lasted as long as the wait before it, makes the waits short again.
 */
export class Connector {
  readonly address: StreamAddress;
  readonly #options: ConnectorOptions;
  readonly #owner: EndpointOwner;
  readonly #clock: Clock;
  readonly #backOff: BackOff;
  /** For the next try, or for the end of the one that is on. */
  readonly #alarm: Alarm;
  #connecting: Socket | undefined;
  #referenced = true;
  #closed = false;

  /**
   * Starts to connect. No call to the owner is made before it returns.
   * @throws {UsageError} if the address or an option is not in its range.
   */
  constructor(
    address: StreamAddress,
    options: ConnectorOptions,
    owner: EndpointOwner,
    clock: Clock = systemClock,
  ) {
    this.address = checkRemoteAddress(address);
    checkSessionOptions(options);
    this.#options = options;
    this.#owner = owner;
    this.#clock = clock;
    this.#backOff = new BackOff(options);
    this.#alarm = new Alarm(clock, () => this.#ring());
    this.#connect();
  }

  /** Tries no more. A connection that is there stays, and is its owner's. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#alarm.set(undefined);
    this.#connecting?.destroy();
  }

  /** Keeps the process alive between connections; the default, as in Node. */
  ref(): void {
    this.#referenced = true;
    this.#alarm.ref();
    this.#connecting?.ref();
  }

  /** Further connections begin unreferenced, too. */
  unref(): void {
    this.#referenced = false;
    this.#alarm.unref();
    this.#connecting?.unref();
  }

  #connect(): void {
    const socket = connectSocket({ ...this.address, allowHalfOpen: true });
    let cause: Error | undefined;
    const noteCause = (error: Error): void => {
      cause = error;
    };
    const fail = (): void => this.#failed(cause);
    socket.on("error", noteCause);
    socket.on("close", fail);
    socket.on("connect", () => {
      socket.off("error", noteCause);
      socket.off("close", fail);
      this.#connected(socket);
    });
    if (!this.#referenced) socket.unref();
    this.#connecting = socket;
    this.#alarm.set(this.#clock.nowMs() + this.#connectTimeoutMs);
  }

  #connected(socket: Socket): void {
    this.#connecting = undefined;
    this.#alarm.set(undefined);
    const accept = (connection: Connection): ConnectionSink => {
      if (!this.#referenced) connection.unref();
      return this.#owner.accept(connection);
    };
    let readyMs: number | undefined;
    const readied = (): void => {
      readyMs = this.#clock.nowMs();
    };
    const closed = (_connection: Connection, reason: CloseReason): void => {
      if (readyMs !== undefined) this.#backOff.worked(this.#clock.nowMs() - readyMs);
      this.#retry(reason instanceof PeerError ? this.#backOff.longest() : this.#backOff.next());
    };
    const place = { remote: remoteOf(socket, this.address), address: this.address };
    new Connection(socket, place, this.#options, { accept, readied, closed }, this.#clock).start();
  }

  #failed(cause: Error | undefined): void {
    this.#connecting = undefined;
    if (this.#closed) return;
    const retryMs = Math.round(this.#backOff.next());
    this.#retry(retryMs);
    const reason =
      cause === undefined ? `no answer in ${this.#connectTimeoutMs} ms` : systemErrorText(cause);
    const where = formatAddress(this.address);
    this.#owner.failed(
      new TransportError(`cannot connect to ${where}: ${reason}; next try in ${retryMs} ms`, {
        cause,
        details: { address: this.address, reason, retryMs },
      }),
    );
  }

  #retry(waitMs: number): void {
    if (!this.#closed) this.#alarm.set(this.#clock.nowMs() + waitMs);
  }

  #ring(): void {
    if (this.#connecting === undefined) this.#connect();
    else this.#connecting.destroy();
  }

  get #connectTimeoutMs(): number {
    return this.#options.connectTimeoutMs ?? connectTimeoutMsDefault;
  }
}
