import type { Entrant } from "../wire/entrant.ts";
import { runEnds } from "../wire/run-ends.ts";
import type { Job } from "./job.ts";

/** Runs a publisher and its subscribers; the time that the latter measured, in nanoseconds. */
export function runJob(entrant: Entrant, job: Omit<Job, "role" | "port">): Promise<number> {
  return runEnds(entrant, async (start) => {
    const told = (role: Job["role"], port: number): Job => ({ ...job, role, port });
    const publisher = start(told("publisher", entrant.port));
    const { port } = await publisher.next("listening");
    await start(told("subscribers", port)).next("subscribed");
    publisher.begin();
  });
}
