/** Clock: what time it is, and a timer. The system's, or one that a test moves. */

export interface Clock {
  /** Monotonic milliseconds; the origin has no meaning. */
  nowMs(): number;
  /** Calls `ring` once after `delayMs`, perhaps a little early, unless cancelled before. */
  startTimer(delayMs: number, ring: () => void): ClockTimer;
}

export interface ClockTimer {
  cancel(): void;
  /** Keeps the process alive until it rings; the default, as in Node. */
  ref(): void;
  unref(): void;
}

// What setTimeout takes at most: a longer wait is made of several.
const delayMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  startTimer(delayMs, ring) {
    let leftMs = delayMs;
    let isReferenced = true;
    const startNext = (): NodeJS.Timeout => {
      const nextMs = Math.min(leftMs, delayMsMax);
      leftMs -= nextMs;
      const next = setTimeout(leftMs > 0 ? () => (handle = startNext()) : ring, nextMs);
      return isReferenced ? next : next.unref();
    };
    let handle = startNext();
    return {
      cancel: () => clearTimeout(handle),
      ref: () => {
        isReferenced = true;
        handle.ref();
      },
      unref: () => {
        isReferenced = false;
        handle.unref();
      },
    };
  },
};

/** Nanoseconds since 1970 by the wall clock, as exact as it is: whole milliseconds. */
export function wallClockNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
