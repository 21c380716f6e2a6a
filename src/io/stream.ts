/**
 * Streams, of TCP or at a path: a listener, and a connector that tries again. Both hand out
 * connections.
 */
import {
  type AddressInfo,
  connect as connectSocket,
  createServer,
  type ListenOptions,
  type Server,
  type Socket,
} from "node:net";
import { PeerError, PlexoError, TransportError } from "../errors.ts";
import { checkSessionOptions } from "../protocol/zmtp/session.ts";
import {
  checkAddress,
  checkRemoteAddress,
  formatAddress,
  listenError,
  type StreamAddress,
  systemErrorText,
  type TcpAddress,
} from "./address.ts";
import { Alarm } from "./alarm.ts";
import { BackOff, type BackOffOptions } from "./back-off.ts";
import { type Clock, systemClock } from "./clock.ts";
import {
  type CloseReason,
  Connection,
  type ConnectionMaker,
  type ConnectionOptions,
  type ConnectionSink,
} from "./connection.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import { checkSocketMode, SocketFile } from "./socket-file.ts";

/** What listeners and connectors do to their owner. */
export interface EndpointOwner {
  /** A connection is there, and at its handshake. It belongs to the owner. */
  accept(connection: Connection): ConnectionSink;
  /**
   * A connection could not be made, or was not taken. Once for each; nothing is given up by it.
   * @param remote Of one that was not taken, where it came from, for people.
   */
  failed(error: TransportError, remote?: string): void;
}

export interface ListenerOptions extends ConnectionOptions {
  /**
   * Connections at a time. A further one takes the place of the oldest that has been at its
   * handshake for a second; where there is none it is closed at once. Default: 1,024.
   */
  readonly connectionsMax?: number | undefined;
  /**
   * Permissions of the file of a Unix-domain socket: who may write to it may connect. Default:
   * 0o600, the owner only.
   */
  readonly socketMode?: number | undefined;
}

export interface ConnectorOptions extends ConnectionOptions, BackOffOptions {
  /** Until the connection is there; the handshake has a time of its own. Default: 10,000. */
  readonly connectTimeoutMs?: number | undefined;
}

const connectionsMaxDefault = 1_024;
const socketModeDefault = 0o600;
const connectTimeoutMsDefault = 10_000;

/**
 * Resolves when connections are taken.
 * @throws {UsageError} (rejects) if the address or an option is not in its range.
 * @throws {TransportError} (rejects) if the system does not give the address.
 */
export async function listen(
  address: StreamAddress,
  options: ListenerOptions,
  owner: EndpointOwner,
  clock: Clock = systemClock,
): Promise<Listener> {
  const wanted = checkAddress(address);
  checkListenerOptions(options);
  const server = createServer({ allowHalfOpen: true });
  const connectionsMax = options.connectionsMax ?? connectionsMaxDefault;
  const limit = new ConnectionLimit(connectionsMax, clock);
  const maker: ConnectionMaker = {
    accept: (connection) => {
      limit.enter(connection);
      return owner.accept(connection);
    },
    readied: (connection) => limit.settle(connection),
    closed: (connection) => limit.leave(connection),
  };
  server.on("connection", (socket) => {
    const remote = remoteOf(socket, wanted);
    if (limit.makeRoom()) {
      new Connection(socket, remote, options, maker, clock).start();
      return;
    }
    socket.destroy();
    owner.failed(surplusError(remote, connectionsMax), remote);
  });
  const bind = async (where: ListenOptions): Promise<void> => {
    await listening(server, where);
    server.on("error", (cause) => owner.failed(systemListenError(wanted, cause)));
  };
  try {
    if (wanted.path === undefined) {
      await bind(wanted);
      return new Listener(server, portOf(server));
    }
    const file = await SocketFile.take(wanted.path, {
      mode: options.socketMode ?? socketModeDefault,
      // Exclusive: in a worker of a cluster the primary process would bind, with its rights.
      bind: (path) => bind({ path, exclusive: true }),
      clock,
    });
    return new Listener(server, wanted, file);
  } catch (cause) {
    server.close();
    throw cause instanceof PlexoError ? cause : systemListenError(wanted, cause);
  }
}

/** @throws {UsageError} if an option is not in its range. */
export function checkListenerOptions(options: ListenerOptions): void {
  checkSessionOptions(options);
  if (options.socketMode !== undefined) checkSocketMode(options.socketMode);
}

export class Listener {
  /** Where it listens: with the port that the system has chosen if none was given. */
  readonly address: StreamAddress;
  readonly #server: Server;
  #file: SocketFile | undefined;

  constructor(server: Server, address: StreamAddress, file?: SocketFile) {
    this.#server = server;
    this.address = address;
    this.#file = file;
  }

  /**
   * Takes no further connections. Those that are there stay, and are their owner's. Idempotent.
   * Resolves when they are gone too, and nothing is left.
   */
  close(): Promise<void> {
    this.#file?.remove();
    this.#file = undefined;
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
    const remote = remoteOf(socket, this.address);
    new Connection(socket, remote, this.#options, { accept, readied, closed }, this.#clock).start();
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

/** Rejects with what the system says. */
function listening(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portOf(server: Server): TcpAddress {
  // A server that listens at a port has an address with one.
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}

/** What the system means by some of its codes, where a word more tells what to do. */
const meanings: Readonly<Record<string, string>> = {
  EADDRINUSE: "in use by a listening process",
  EADDRNOTAVAIL: "no address of this machine",
};

function systemListenError(address: StreamAddress, cause: unknown): TransportError {
  const code = systemErrorText(cause);
  const meaning = Object.hasOwn(meanings, code) ? `${meanings[code]} (${code})` : code;
  return listenError(address, meaning, cause);
}

/** For people. The other end of a Unix-domain socket is nowhere else than this one. */
function remoteOf({ remoteAddress, remotePort }: Socket, address: StreamAddress): string {
  if (address.path !== undefined) return address.path;
  // Undefined if it is gone already.
  return `${remoteAddress ?? "unknown"}:${remotePort ?? "unknown"}`;
}

function surplusError(remote: string, connectionsMax: number): TransportError {
  return new TransportError(
    `it was not taken: there are ${connectionsMax} connections, and no more are allowed`,
    { details: { remote, connectionsMax } },
  );
}
