/** RunSchedule: one schedule from its seed, for a tally. */
import { Violation } from "./checkers/checker.ts";
import { makeSchedule } from "./make-schedule.ts";
import { addOutcome, type Failure, type Tally } from "./tally.ts";
import { World } from "./world.ts";

/** Runs the schedule of `seed` and adds what came of it to `tally`. @returns what went wrong, if anything. */
export function runSchedule(seed: number, tally: Tally): Failure | undefined {
  const schedule = makeSchedule(seed);
  tally.schedules += 1;
  try {
    addOutcome(tally, new World(schedule).run(), schedule.nodes.length);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isViolation = error instanceof Violation;
    return {
      seed,
      guarantee: isViolation ? error.guarantee : "no crash",
      message: isViolation ? error.message : (error.stack ?? error.message),
      afterSchedules: tally.schedules,
    };
  }
}
