/** Where a stream socket is, and what the system says when it cannot be reached. */
import { UsageError } from "../errors.ts";

/** `{ path }` will stand beside it for Unix-domain sockets; everything else takes it as it comes. */
export interface TcpAddress {
  /** A name or an address; listening, `0.0.0.0` and `::` are all interfaces. */
  readonly host: string;
  /** Listening, 0 lets the system choose one. */
  readonly port: number;
}

const portMax = 0xffff;

/** For people and URLs: `127.0.0.1:5580`, `[::1]:5580`. */
export function formatAddress({ host, port }: TcpAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @throws {UsageError} if the host is empty or the port no port. */
export function checkAddress(address: TcpAddress): void {
  const { host, port } = address;
  if (host !== "" && Number.isInteger(port) && port >= 0 && port <= portMax) return;
  throw new UsageError(
    `address ${formatAddress(address)}: it needs a host, and a port from 0 to ${portMax}`,
    { details: { host, port, portMax } },
  );
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
