/** What this process takes of memory, without garbage. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { turn } from "../../src/testing/until.ts";

setFlagsFromString("--expose-gc");
// "as": which is what the flag brings.
const collect = runInNewContext("gc") as () => void;

/** In bytes: objects on the heap, and buffers beside it. */
export async function usedBytes(): Promise<number> {
  collect();
  // Buffers are freed beside the collection, and counted off with the next one.
  await turn();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
