/** Worker: runs schedules in a thread of its own, until there are none left or enough have failed. */
import { parentPort, workerData } from "node:worker_threads";
import { failedAt, takenAt } from "./progress.ts";
import { runSchedule } from "./run-schedule.ts";
import { emptyTally, type Tally } from "./tally.ts";

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

const schedulesAtATime = 20;

// "as": what its owner gives it.
const tallied = runAll(workerData as Order);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has none
parentPort?.postMessage(tallied);

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
