/** One timer, as a thing that can be cancelled. */

export interface Timer {
  cancel(): void;
}

/** Calls `callback` once after `delayMs`, unless cancelled before. Keeps the process alive till then. */
export function startTimer(delayMs: number, callback: () => void): Timer {
  const handle = setTimeout(callback, delayMs);
  return { cancel: () => clearTimeout(handle) };
}

/** Monotonic milliseconds; the origin is the start of the process. */
export function nowMs(): number {
  return performance.now();
}
