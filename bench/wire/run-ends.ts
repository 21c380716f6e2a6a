import { EndProcess } from "./end-process.ts";
import type { Entrant } from "./entrant.ts";

const triesMax = 4;

/** Starts one end with a job. */
type Start = (job: { readonly role: string }) => EndProcess;

/**
 * Runs the ends that `play` starts until each is done; the time of the one that holds the clock, in
 * nanoseconds. The npm package `zeromq` 6.8.0 sometimes stands still for good, with messages on both
 * sides; such a run is said and taken again.
 */
export async function runEnds(
  entrant: Entrant,
  play: (start: Start) => Promise<void>,
): Promise<number> {
  for (let triesLeft = triesMax - 1; ; triesLeft--) {
    try {
      return await runOnce(entrant, play);
    } catch (error) {
      if (triesLeft === 0) throw error;
      console.error(`${String(error)}; taken again`);
    }
  }
}

async function runOnce(
  { name, command }: Entrant,
  play: (start: Start) => Promise<void>,
): Promise<number> {
  const ends: EndProcess[] = [];
  try {
    await play((job) => {
      const end = new EndProcess(`${name} ${job.role}`, command, job);
      ends.push(end);
      return end;
    });
    const reports = await Promise.all(ends.map((end) => end.next("done")));
    await Promise.all(ends.map((end) => end.finish()));
    return Math.max(...reports.map(({ elapsedNs }) => elapsedNs));
  } catch (error) {
    await Promise.all(ends.map((end) => end.kill()));
    throw error;
  }
}
