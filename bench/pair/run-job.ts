import type { Entrant } from "../wire/entrant.ts";
import { runEnds } from "../wire/run-ends.ts";
import type { Job } from "./job.ts";

/** Runs a listener and a connector; the time of the one that holds the clock, in nanoseconds. */
export function runJob(entrant: Entrant, job: Omit<Job, "role" | "port">): Promise<number> {
  return runEnds(entrant, async (start) => {
    const told = (role: Job["role"], port: number): Job => ({ ...job, role, port });
    const { port } = await start(told("listener", entrant.port)).next("listening");
    start(told("connector", port));
  });
}
