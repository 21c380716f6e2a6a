/** TCP: a listener, and a connector that tries again. Both hand out connections. */
import { connect as connectSocket, createServer, type Server, type Socket } from "node:net";
import { PeerError, TransportError } from "../errors.ts";
import { checkSessionOptions } from "../protocol/zmtp/session.ts";
import { checkAddress, formatAddress, systemErrorText, type TcpAddress } from "./address.ts";
import { Alarm } from "./alarm.ts";
import { BackOff, type BackOffOptions } from "./back-off.ts";
import { type Clock, systemClock } from "./clock.ts";
import {
  type CloseReason,
  Connection,
  type ConnectionOptions,
  type ConnectionSink,
} from "./connection.ts";

/** What listeners and connectors do to their owner. */
export interface EndpointOwner {
  /** A connection is there, and at its handshake. It belongs to the owner. */
  accept(connection: Connection): ConnectionSink;
  /** A connection could not be made, or was not taken. Once for each; nothing is given up by it. */
  failed(error: TransportError): void;
}

export interface ListenerOptions extends ConnectionOptions {
  /** Connections at a time; further ones are closed at once. Default: 1,024. */
  readonly connectionsMax?: number | undefined;
}

export interface ConnectorOptions extends ConnectionOptions, BackOffOptions {
  /** Until the connection is there; the handshake has a time of its own. Default: 10,000. */
  readonly connectTimeoutMs?: number | undefined;
}

const connectionsMaxDefault = 1_024;
const connectTimeoutMsDefault = 10_000;

/**
 * Resolves when connections are taken.
 * @throws {UsageError} if the address or an option is not in its range.
 * @throws {TransportError} (rejects) if the system does not give the address.
 */
export async function listen(
  address: TcpAddress,
  options: ListenerOptions,
  owner: EndpointOwner,
  clock: Clock = systemClock,
): Promise<Listener> {
  checkAddress(address);
  checkSessionOptions(options);
  const server = createServer({ allowHalfOpen: true });
  server.maxConnections = options.connectionsMax ?? connectionsMaxDefault;
  server.on("connection", (socket) => new Connection(socket, options, owner, clock).start());
  server.on("drop", (dropped) => owner.failed(surplusError(server.maxConnections, dropped)));
  await listening(server, address);
  server.on("error", (cause) => owner.failed(listenError(address, cause)));
  return new Listener(server);
}

export class Listener {
  /** Where it listens: with the port that the system has chosen if none was given. */
  readonly address: TcpAddress;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    const bound = server.address();
    // A string is the path of a Unix-domain socket, null a server that does not listen.
    if (bound === null || typeof bound === "string") throw new TypeError("not a TCP listener");
    this.address = { host: bound.address, port: bound.port };
  }

  /**
   * Takes no further connections. Those that are there stay, and are their owner's. Idempotent.
   * Resolves when they are gone too, and nothing is left.
   */
  close(): Promise<void> {
    return new Promise((resolve) => {
      // Called with an error where it was closed before.
      this.#server.close(() => resolve());
    });
  }

  /** Keeps the process alive; the default, as in Node. */
  ref(): void {
    this.#server.ref();
  }

  unref(): void {
    this.#server.unref();
  }
}

/**
 * Connects, and connects again whenever there is no connection, until closed. It waits longer from
 * failure to failure, and longest after the peer broke a rule or refused this end; a handshake that
 * succeeds makes the waits short again.
 */
export class Connector {
  readonly address: TcpAddress;
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
    address: TcpAddress,
    options: ConnectorOptions,
    owner: EndpointOwner,
    clock: Clock = systemClock,
  ) {
    checkAddress(address);
    checkSessionOptions(options);
    this.address = address;
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
    const closed = (connection: Connection, reason: CloseReason): void => {
      if (connection.peer !== undefined) this.#backOff.reset();
      this.#retry(reason instanceof PeerError ? this.#backOff.longest() : this.#backOff.next());
    };
    new Connection(socket, this.#options, { accept, closed }, this.#clock).start();
  }

  #failed(cause: Error | undefined): void {
    this.#connecting = undefined;
    if (this.#closed) return;
    const retryMs = Math.round(this.#backOff.next());
    this.#retry(retryMs);
    const why =
      cause === undefined ? `no answer in ${this.#connectTimeoutMs} ms` : systemErrorText(cause);
    const where = formatAddress(this.address);
    this.#owner.failed(
      new TransportError(`cannot connect to ${where}: ${why}; next try in ${retryMs} ms`, {
        cause,
        details: { address: this.address, retryMs },
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

function listening(server: Server, address: TcpAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(listenError(address, cause));
    server.once("error", fail);
    server.listen(address, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

function listenError(address: TcpAddress, cause: Error): TransportError {
  const where = formatAddress(address);
  return new TransportError(`cannot take connections at ${where}: ${systemErrorText(cause)}`, {
    cause,
    details: { address },
  });
}

function surplusError(
  connectionsMax: number,
  dropped: { remoteAddress?: string; remotePort?: number } | undefined,
): TransportError {
  const remote = `${dropped?.remoteAddress ?? "unknown"}:${dropped?.remotePort ?? "unknown"}`;
  return new TransportError(
    `the connection from ${remote} was not taken: there are ${connectionsMax}, and no more are allowed`,
    { details: { remote, connectionsMax } },
  );
}
