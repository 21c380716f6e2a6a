/** `plexo echo`: prints every message of some topics, a line of JSON each. */
import { type Ganglion, type Impulse, Plexus, TransportError, UsageError } from "plexo";
import { tellIncidents } from "./incidents.ts";
import { printMessage } from "./message.ts";
import { LineOutput } from "./output.ts";
import { exitCodes, type Shell } from "./shell.ts";
import { chooseVia, joinAll } from "./via.ts";

export interface EchoOptions {
  readonly via: readonly string[];
  /** Ends after so many messages. */
  readonly count?: number | undefined;
  /** Ends after this time. */
  readonly forMs?: number | undefined;
  readonly quiet: boolean;
}

/** All transports of an echo are in one segment, so that it forwards nothing between them. */
const segment = "plexo echo";

/**
 * Prints until it has `count` messages, the time is over, nobody reads it any more or it is
 * interrupted.
 * @throws {UsageError} if a topic or URL is malformed. @throws {TransportError} if a transport
 *   cannot be opened, or not `count` messages came in time. @throws {Interruption} before `count`.
 */
export async function echo(
  topics: readonly string[],
  options: EchoOptions,
  shell: Shell,
): Promise<number> {
  const plexus = new Plexus();
  const tellNoMore = tellIncidents(plexus, shell, options);
  const print = new Print(new LineOutput(shell.stdout), options.count);
  try {
    for (const topic of topics) {
      print.add(plexus.reactRaw(topic, (bytes, impulse) => print.message(bytes, impulse)));
    }
    const via = chooseVia(options.via, shell.env);
    checkSegments(await joinAll(plexus, via, { segment }));
    const end = await Promise.race([print.ended])
    
  } finally {
    tellNoMore();
    await plexus.close();
  }
}
