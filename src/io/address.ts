/** Where a stream socket is, and what the system says when it cannot be reached. */
import { resolve } from "node:path";
import { TransportError, UsageError } from "../errors.ts";
import { misgiven } from "../given.ts";

/** A host and a port of TCP. */
export interface TcpAddress {
  /** A name or an address; listening, `0.0.0.0` and `::` are all interfaces. */
  readonly host: string;
  /** Listening, 0 lets the system choose one. */
  readonly port: number;
  readonly path?: undefined;
}

/** A Unix-domain socket: a file by which processes of one machine meet. Not on Windows. */
export interface IpcAddress {
  /**
   * Of the socket file. A relative one starts from the working directory, as it is when the address
   * is given.
   */
  readonly path: string;
  readonly host?: undefined;
  readonly port?: undefined;
}

/** Where one end listens and the other connects to: what they say to each other is the same. */
export type StreamAddress = TcpAddress | IpcAddress;

export const portMax: number = 0xffff;
/**
 * What `sun_path` of a `sockaddr_un` holds before its closing NUL: 108 bytes by unix(7) of Linux, 104
 * by unix(4) of macOS and the BSDs. Node cuts off what is longer, so that it would be another file.
 */
export const pathBytesMax: number = process.platform === "linux" ? 107 : 103;

/** For people: `127.0.0.1:5580`, `[::1]:5580`, `/run/brewery.sock`. */
export function formatAddress({ host, port, path }: StreamAddress): string {
  if (path !== undefined) return path;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * What the URL of a ganglion begins with: `pair://127.0.0.1:5580`, `pair+ipc:///run/brewery.sock`.
 * @param scheme That for TCP.
 */
export function formatUrl(scheme: string, address: StreamAddress): string {
  if (address.path === undefined) return `${scheme}://${formatAddress(address)}`;
  const path = encodeURI(address.path).replace(/[?#]/g, encodeURIComponent);
  return `${scheme}+ipc://${path}`;
}

/**
 * The address as it is used: a path is absolute.
 * @throws {UsageError} if the host is empty, the port no port, or the path none for a socket.
 */
export function checkAddress(address: StreamAddress): StreamAddress {
  if (typeof address !== "object" || address === null) {
    throw misgiven("the address", address, "{ host, port } or { path }");
  }
  if (address.path !== undefined) {
    checkPathAlone(address);
    return { path: checkPath(address.path) };
  }
  const { host, port } = address;
  const isHost = typeof host === "string" && host !== "";
  if (isHost && Number.isInteger(port) && port >= 0 && port <= portMax) return address;
  throw new UsageError(
    `address ${host}:${port}: it needs a host, and a port from 0 to ${portMax}`,
    {
      details: { host, port, portMax },
    },
  );
}

/**
 * The same for one to connect to, where port 0 is none.
 * @throws {UsageError}
 */
export function checkRemoteAddress(address: StreamAddress): StreamAddress {
  const checked = checkAddress(address);
  if (checked.port !== 0) return checked;
  throw new UsageError(
    `nobody can connect to port 0 of ${checked.host}; only where one listens the system chooses one`,
    { details: { host: checked.host, port: 0 } },
  );
}

/** As a program without types may not give it: which of the two is meant, nobody knows. */
function checkPathAlone({ path, host, port }: IpcAddress): void {
  if (host === undefined && port === undefined) return;
  throw new UsageError(
    `an address of path ${path} has host ${host} and port ${port}, too; give { host, port } or { path }`,
    { details: { path, host, port } },
  );
}

function checkPath(given: string): string {
  if (typeof given !== "string") throw misgiven("the path of an address", given, "a string");
  if (process.platform === "win32") {
    throw pathError(given, "Node has no Unix-domain sockets on Windows; use TCP on 127.0.0.1");
  }
  if (given === "") throw pathError(given, "it is empty");
  if (given.startsWith("@") || given.startsWith("\0")) {
    const file = `./@${given.slice(1)}`;
    throw pathError(given, `abstract names are not supported; a file of that name is ${file}`);
  }
  // Half of a surrogate pair would become another character on its way to the system.
  if (/[\0\p{Surrogate}]/u.test(given)) throw pathError(given, "no file can have such a name");
  const path = resolve(given);
  const byteCount = Buffer.byteLength(path);
  if (byteCount <= pathBytesMax) return path;
  throw pathError(path, `it has ${byteCount} bytes, and a socket's at most ${pathBytesMax}`);
}

function pathError(path: string, why: string): UsageError {
  return new UsageError(`path ${JSON.stringify(path)} cannot be a socket's: ${why}`, {
    details: { path, pathBytesMax },
  });
}

/** That nobody can connect to `address` here, and why. */
export function listenError(address: StreamAddress, why: string, cause?: unknown): TransportError {
  return new TransportError(`cannot take connections at ${formatAddress(address)}: ${why}`, {
    cause,
    details: { address },
  });
}

/** `ECONNREFUSED` and the like; of a host with several addresses all that differ. */
export function systemErrorText(error: unknown): string {
  if (error instanceof AggregateError) {
    return [...new Set(error.errors.map(systemErrorText))].join(", ");
  }
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : error.message;
}
