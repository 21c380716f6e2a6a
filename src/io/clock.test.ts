import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";

const dayMs = 24 * 60 * 60 * 1_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a wait of 60 days, longer than a timer of Node takes, does not end early", () => {
  const ring = vi.fn();
  systemClock.startTimer(60 * dayMs, ring);
  vi.advanceTimersByTime(60 * dayMs - 1);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(ring).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("such a wait is cancelled in its second part too", () => {
  const ring = vi.fn();
  const timer = systemClock.startTimer(Number.POSITIVE_INFINITY, ring);
  vi.advanceTimersByTime(30 * dayMs);
  expect(vi.getTimerCount()).toBe(1);
  timer.cancel();
  expect(vi.getTimerCount()).toBe(0);
  expect(ring).not.toHaveBeenCalled();
});
