/** The beat that sensors are read by. */
import { setTimeout } from "node:timers/promises";

const intervalMs = 200;

/** Waits for the next beat; false when `signal` came instead. */
export async function nextBeat(signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(intervalMs, undefined, { signal });
    return true;
  } catch (cause) {
    if (signal.aborted) return false;
    throw cause;
  }
}
