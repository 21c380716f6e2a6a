/** The options of `npm run demo`. */
import { parseArgs } from "node:util";

export interface DemoOptions {
  readonly forever: boolean;
  readonly help: boolean;
  /** Where it is not the usual one: pub/sub over Unix-domain sockets or TCP, or the URL of a multicast network. */
  readonly via?: "ipc" | "tcp" | `multicast:${string}` | undefined;
  /** Where the logger appends; undefined for a file that goes when the demo ends. */
  readonly log?: string | undefined;
}

export const usage = `Usage: npm run demo -- [options]

Starts processes that read this machine's sensors, and others that receive their readings. They
know nothing of each other but the types of their messages. Ends by itself; exit status 0 says
that every message has arrived.

  --forever   go on until Ctrl-C
  --via WAY   instead of multicast on the loopback interface: ipc or tcp, pub/sub at Unix-domain
              sockets or at ports of 127.0.0.1, or the URL of another multicast network
  --log FILE  append the messages to FILE, which stays
  --help      print this`;

/** @throws {TypeError} if an option is unknown, or has no value and needs one. */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      forever: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      via: { type: "string" },
      log: { type: "string" },
    },
  });
  const { forever, help, via, log } = values;
  return { forever, help, via: wayOf(via), log };
}

function wayOf(via: string | undefined): DemoOptions["via"] {
  if (via === undefined || via === "ipc" || via === "tcp" || isNetwork(via)) return via;
  throw new TypeError(`--via ${via} is none of: ipc, tcp, multicast://…`);
}

function isNetwork(via: string): via is `multicast:${string}` {
  return via.startsWith("multicast:");
}
