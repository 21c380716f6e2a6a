import { type Figure, processesSideBySide } from "../side-by-side.ts";
import type { Entrant } from "./entrant.ts";

/** How much is sent: part of it to warm up, before the clock starts. */
interface Load {
  readonly warmUp: number;
  readonly messages: number;
}

/**
 * The messages a second of each entrant, run in turns.
 * @param scale How long a run is: 1 is about half a second.
 * @param elapsedNs Has an entrant move a load, and says how long its messages took.
 */
export function throughput(
  entrants: readonly Entrant[],
  rounds: number,
  scale: number,
  elapsedNs: (entrant: Entrant, load: Load) => Promise<number>,
): Promise<ReadonlyMap<string, Figure>> {
  const rivals = entrants.map((entrant) => ({
    name: entrant.name,
    run: async () => {
      const messages = Math.ceil(entrant.messages * scale);
      const warmUp = Math.ceil(messages / 4);
      return (messages * 1e9) / (await elapsedNs(entrant, { warmUp, messages }));
    },
  }));
  return processesSideBySide(rivals, rounds);
}
