/** RunWorkers: many schedules on all cores. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { progressBytes } from "./progress.ts";
import { addTally, emptyTally, type Tally } from "./tally.ts";
import type { Order } from "./worker.ts";

export interface RunOptions extends Omit<Order, "progress"> {
  /** Where the compiled worker is: of the sources as they are, or of mutated ones. */
  readonly workerUrl: URL;
}

/** @returns what came of all schedules; `failures` are in the order of their seeds. */
export async function runWorkers({ workerUrl, ...order }: RunOptions): Promise<Tally> {
  const progress = new SharedArrayBuffer(progressBytes);
  const workers = Array.from({ length: availableParallelism() }, () =>
    runWorker(workerUrl, { ...order, progress }),
  );
  const total = emptyTally();
  for (const tally of await Promise.all(workers)) addTally(total, tally);
  total.failures.sort((left, right) => left.seed - right.seed);
  return total;
}

async function runWorker(workerUrl: URL, order: Order): Promise<Tally> {
  const worker = new Worker(workerUrl, { workerData: order });
  try {
    return await new Promise((resolve, reject) => {
      // What worker.ts posts.
      worker.on("message", (tally: Tally) => resolve(tally));
      worker.on("error", reject);
    });
  } finally {
    await worker.terminate();
  }
}
