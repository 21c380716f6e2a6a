/** The heap after a collection. It takes `node --expose-gc`, which the npm scripts give. */

/** In bytes. */
export function collectedHeapBytes(): number {
  if (globalThis.gc === undefined) throw new Error("this has to be run by node --expose-gc");
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
