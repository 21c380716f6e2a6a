/** What each option of a ganglion over stream sockets has to be. Loads no socket itself. */
import type { OptionTable } from "../../options.ts";
import { ganglionOptionTable } from "../options.ts";
import type { StreamOptions } from "./stream-ganglion.ts";

/** What may be given as a `StreamAddress`, whether it is one or not. */
interface AnyAddress {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

export const streamAddressTable: OptionTable<AnyAddress> = {
  host: "a string",
  port: "a number",
  path: "a string",
};

export const streamOptionTable: OptionTable<StreamOptions> = {
  ...ganglionOptionTable,
  messageBytesMax: "a number",
  sendHighWaterBytes: "a number",
  queueBytesMax: "a number",
  handshakeTimeoutMs: "a number",
  heartbeat: { intervalMs: "a number", timeoutMs: "a number" },
  connectTimeoutMs: "a number",
  retryMinMs: "a number",
  retryMaxMs: "a number",
  socketMode: "a number",
};
