/** Worker: runs schedules in a thread of its own, until there are none left or enough have failed. */
import { parentPort, workerData } from "node:worker_threads";
import { Violation } from "./checkers/checker.ts";
import { makeSchedule } from "./make-schedule.ts";
import { addOutcome, emptyTally, type Failure, type Tally } from "./tally.ts";
import { World } from "./world.ts";

/** What a worker is to do. */
export interface Order {
  /** The schedules have the seeds from here on. */
  readonly firstSeed: number;
  readonly schedules: number;
  /** All workers end when so many have failed. */
  readonly failuresMax: number;
  /** Shared by all workers: how many schedules are taken, and how many have failed. */
  readonly progress: SharedArrayBuffer;
}

export const progressBytes = 8;
const [takenAt, failedAt] = [0, 1] as const;
const schedulesAtATime = 20;

// "as": what its owner gives it. Tests import `runSchedule` without being a worker.
const order = workerData as Order | null;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has none
if (order !== null && "progress" in order) parentPort?.postMessage(runAll(order));

function runAll({ firstSeed, schedules, failuresMax, progress }: Order): Tally {
  const counters = new Int32Array(progress);
  const tally = emptyTally();
  for (;;) {
    const from = Atomics.add(counters, takenAt, schedulesAtATime);
    if (from >= schedules) return tally;
    const to = Math.min(schedules, from + schedulesAtATime);
    for (let index = from; index < to; index += 1) {
      if (Atomics.load(counters, failedAt) >= failuresMax) return tally;
      const failure = runSchedule(firstSeed + index, tally);
      if (failure === undefined) continue;
      tally.failures.push(failure);
      Atomics.add(counters, failedAt, 1);
    }
  }
}

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
