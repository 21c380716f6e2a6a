/** Examine: gives a target one input, and sees to it that it keeps all laws, within bounds. */
import { getHeapStatistics } from "node:v8";
import { Finding, type FuzzTarget } from "./target.ts";

/** What one input may cost: so much in any case, and so much for each of its bytes. */
interface Bound {
  readonly base: number;
  readonly perByte: number;
}

// All ways of decoding together take some 2 µs and a few hundred bytes of heap per byte, where it
// comes one byte at a time. A frame in pieces is trusted with 64 KiB of what it claims, in each way.
const timeMs: Bound = { base: 10, perByte: 0.005 };
const bufferBytes: Bound = { base: 512 * 1024, perByte: 32 };
const heapBytes: Bound = { base: 8 * 1024 * 1024, perByte: 1024 };

/** What the compiler and the collector take is not the input's, and not there each time. */
const timeMeasurementsMax = 4;

/** @returns What is wrong with how `target` takes `input`; undefined if nothing is. */
export function examine(target: FuzzTarget, input: Uint8Array): Finding | undefined {
  try {
    checkWithinBounds(target, input);
    return undefined;
  } catch (error) {
    if (error instanceof Finding) return error;
    return new Finding("only a PeerError comes out", String(error), { cause: error });
  }
}

function checkWithinBounds(target: FuzzTarget, input: Uint8Array): void {
  const before = getHeapStatistics();
  const startedMs = performance.now();
  target.check(input);
  const ms = performance.now() - startedMs;
  const after = getHeapStatistics();
  // What was given back meanwhile does not show, but what was held at the end does.
  checkAllocated(
    "array buffers",
    after.external_memory - before.external_memory,
    bufferBytes,
    input,
  );
  checkAllocated("heap", after.used_heap_size - before.used_heap_size, heapBytes, input);
  if (ms > boundOf(timeMs, input)) checkProcessorTime(target, input);
}

/** Measures again, without the time of other programs; to do that each time would take too long. */
function checkProcessorTime(target: FuzzTarget, input: Uint8Array): void {
  const most = boundOf(timeMs, input);
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < timeMeasurementsMax && least > most; count++) {
    const before = process.cpuUsage();
    target.check(input);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  if (least <= most) return;
  throw new Finding(
    "time follows the size of the input",
    `${least} ms for ${input.length} bytes, at most ${most} allowed`,
  );
}

function checkAllocated(where: string, byteCount: number, bound: Bound, input: Uint8Array): void {
  const most = boundOf(bound, input);
  if (byteCount <= most) return;
  throw new Finding(
    "memory follows the size of the input",
    `${byteCount} bytes of ${where} for ${input.length} bytes, at most ${most} allowed`,
  );
}

function boundOf({ base, perByte }: Bound, input: Uint8Array): number {
  return base + perByte * input.length;
}
