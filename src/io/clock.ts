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

// What setTimeout takes at most; whoever waits longer is rung early, and waits again.
const delayMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  startTimer(delayMs, ring) {
    const handle = setTimeout(ring, Math.min(delayMs, delayMsMax));
    return {
      cancel: () => clearTimeout(handle),
      ref: () => void handle.ref(),
      unref: () => void handle.unref(),
    };
  },
};
