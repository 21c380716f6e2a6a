/** The options of `npm run demo`. */
import { parseArgs } from "node:util";

export interface DemoOptions {
  readonly forever: boolean;
  readonly help: boolean;
  /** Where the logger appends; undefined for a new file in a temporary directory. */
  readonly log?: string | undefined;
}

export const usage = `Usage: npm run demo -- [options]

Starts processes that read this machine's sensors, and others that receive their readings. They
know nothing of each other but the types of their messages. Ends by itself; exit status 0 says
that every message has arrived.

  --forever   go on until Ctrl-C
  --log FILE  append the messages to FILE, instead of a new file in a temporary directory
  --help      print this`;

/** @throws {TypeError} if an option is unknown, or has no value and needs one. */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      forever: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      log: { type: "string" },
    },
  });
  return { forever: values.forever, help: values.help, log: values.log };
}
