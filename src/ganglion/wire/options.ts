/** What each option of a ganglion over stream sockets has to be. Loads no socket itself. */
import type { StreamAddress } from "../../io/address.ts";
import type { OptionTable } from "../../options.ts";
import { ganglionOptionTable } from "../options.ts";
import type { StreamOptions } from "./stream-ganglion.ts";

export const streamAddressTable: OptionTable<StreamAddress> = {
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
