/** The options of `npm run demo`. */
import { parseArgs } from "node:util";

export interface DemoOptions {
  readonly forever: boolean;
  readonly help: boolean;
  /** Over TCP, also where there are Unix-domain sockets. */
  readonly tcp: boolean;
  /** Where the logger appends; undefined for a file that goes when the demo ends. */
  readonly log?: string | undefined;
}

export const usage = `Usage: npm run demo -- [options]

Starts processes that read this machine's sensors, and others that receive their readings. They
know nothing of each other but the types of their messages. Ends by itself; exit status 0 says
that every message has arrived.

  --forever   go on until Ctrl-C
  --tcp       over TCP, at ports of 127.0.0.1, as where there are no Unix-domain sockets
  --log FILE  append the messages to FILE, which stays
  --help      print this`;

/** @throws {TypeError} if an option is unknown, or has no value and needs one. */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      forever: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      tcp: { type: "boolean", default: false },
      log: { type: "string" },
    },
  });
  return { forever: values.forever, help: values.help, tcp: values.tcp, log: values.log };
}
