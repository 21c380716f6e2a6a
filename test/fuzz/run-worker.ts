/** RunWorker: fuzzes one target, and ends it when it is stuck. */
import { Worker } from "node:worker_threads";
import { CurrentInput } from "./current-input.ts";
import { inputBytesMax } from "./mutator.ts";
import type { Failure, Order, WorkerReport } from "./worker.ts";

const lookEveryMs = 1_000;
/** An input that takes so long does not end. */
const stuckAfterMs = 15_000;
const heapMaxMb = 256;

/** What came of it; a worker that did not live to tell has only the failure. */
export type Result = WorkerReport | { readonly failure: Failure };

export async function runWorker(order: Omit<Order, "current">): Promise<Result> {
  const current = CurrentInput.withRoomFor(inputBytesMax);
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    workerData: { ...order, current: current.memory } satisfies Order,
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMb },
  });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      const fail = (law: Failure["law"], message: string): void =>
        resolve({ failure: { law, message, input: current.get() } });
      // What worker.ts posts.
      worker.on("message", (report: WorkerReport) => resolve(report));
      worker.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") reject(error);
        else fail("memory follows the size of the input", error.message);
      });
      watch = watchFor(current, () => fail("it ends", `it takes over ${stuckAfterMs} ms`));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

function watchFor(current: CurrentInput, tellStuck: () => void): NodeJS.Timeout {
  let serial = 0;
  let sinceMs = performance.now();
  return setInterval(() => {
    const nowMs = performance.now();
    // Nothing was given as long as it is 0: the target is being loaded.
    if (current.serial === 0 || current.serial !== serial) {
      serial = current.serial;
      sinceMs = nowMs;
    } else if (nowMs - sinceMs > stuckAfterMs) {
      tellStuck();
    }
  }, lookEveryMs);
}
