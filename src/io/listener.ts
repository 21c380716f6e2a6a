/** Listener: takes connections of streams, of TCP or at a path, and hands them out. */
import { type AddressInfo, createServer, type ListenOptions, type Server } from "node:net";
import { PlexoError, TransportError } from "../errors.ts";
import { checkSessionOptions } from "../protocol/zmtp/session.ts";
import {
  checkAddress,
  listenError,
  type StreamAddress,
  systemErrorText,
  type TcpAddress,
} from "./address.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Connection, type ConnectionMaker, type ConnectionOptions } from "./connection.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import { type EndpointOwner, remoteOf } from "./endpoint.ts";
import { checkSocketMode, SocketFile } from "./socket-file.ts";

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

const connectionsMaxDefault = 1_024;
const socketModeDefault = 0o600;

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
      new Connection(socket, { remote }, options, maker, clock).start();
      return;
    }
    socket.destroy();
    owner.failed(surplusError(remote, connectionsMax), { remote });
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

function surplusError(remote: string, connectionsMax: number): TransportError {
  return new TransportError(
    `it was not taken: there are ${connectionsMax} connections, and no more are allowed`,
    { details: { remote, connectionsMax } },
  );
}
