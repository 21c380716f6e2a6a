/** What each option of a ganglion over streams has to be. It loads no sockets. */
import type { OptionTable } from "../../options.ts";
import { ganglionOptionTable } from "../base.ts";
import type { StreamOptions } from "./stream-ganglion.ts";

export const streamOptionTable: OptionTable<StreamOptions> = {
  ...ganglionOptionTable,
  messageBytesMax: "a number",
  sendHighWaterBytes: "a number",
  handshakeTimeoutMs: "a number",
  heartbeat: { intervalMs: "a number", timeoutMs: "a number" },
  connectTimeoutMs: "a number",
  retryMinMs: "a number",
  retryMaxMs: "a number",
  socketMode: "a number",
};
