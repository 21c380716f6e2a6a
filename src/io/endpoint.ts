/** What listeners and connectors have in common: whom they hand their connections to. */
import type { Socket } from "node:net";
import type { TransportError } from "../errors.ts";
import type { Place, StreamAddress } from "./address.ts";
import type { Connection, ConnectionSink } from "./connection.ts";

/** What listeners and connectors do to their owner. */
export interface EndpointOwner {
  /** A connection is there, and at its handshake. It belongs to the owner. */
  accept(connection: Connection): ConnectionSink;
  /**
   * A connection could not be made, or was not taken. Once for each; nothing is given up by it.
   * @param place Of one that was not taken, where it came from.
   */
  failed(error: TransportError, place?: Place): void;
}

/** For people. The other end of a Unix-domain socket is nowhere else than this one. */
export function remoteOf({ remoteAddress, remotePort }: Socket, address: StreamAddress): string {
  if (address.path !== undefined) return address.path;
  // Undefined if it is gone already.
  return `${remoteAddress ?? "unknown"}:${remotePort ?? "unknown"}`;
}
