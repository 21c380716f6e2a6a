import { expect, test } from "vitest";
import { busyShare, readCoreTimes } from "../../demo/sensors/processor.ts";

const core = (user: number, idle: number) => ({ times: { user, nice: 1, sys: 2, irq: 3, idle } });

test("the times of all cores add up, and all but idle is busy", () => {
  expect(readCoreTimes([core(10, 100), core(20, 200)])).toEqual({
    cores: 2,
    busyMs: 42,
    idleMs: 300,
  });
});

test("this machine has cores, and their clock has run", () => {
  const { cores, busyMs, idleMs } = readCoreTimes();
  expect(cores).toBeGreaterThan(0);
  expect(busyMs + idleMs).toBeGreaterThan(0);
});

test("the share is that of the time between the readings", () => {
  const before = { cores: 2, busyMs: 1_000, idleMs: 9_000 };
  expect(busyShare(before, { cores: 2, busyMs: 1_100, idleMs: 9_300 })).toBe(0.25);
});

test("without time between the readings there is no share", () => {
  const times = { cores: 2, busyMs: 1_000, idleMs: 9_000 };
  expect(busyShare(times, times)).toBeUndefined();
});

test("a core that has left takes its times with it, so there is no share", () => {
  const before = { cores: 2, busyMs: 1_000, idleMs: 9_000 };
  expect(busyShare(before, { cores: 1, busyMs: 1_010, idleMs: 4_500 })).toBeUndefined();
});
