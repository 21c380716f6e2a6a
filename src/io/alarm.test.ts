import { expect, test } from "vitest";
import { ManualClock } from "../../test/zmtp/manual-clock.ts";
import { Alarm } from "./alarm.ts";
import { systemClock } from "./clock.ts";

function alarmOf(clock: ManualClock): { alarm: Alarm; rings: number[] } {
  const rings: number[] = [];
  return { alarm: new Alarm(clock, () => rings.push(clock.nowMs())), rings };
}

test("it rings once, at the deadline it was told last", () => {
  const clock = new ManualClock();
  const { alarm, rings } = alarmOf(clock);
  alarm.set(100);
  alarm.set(300);
  alarm.set(200);
  for (let step = 0; step < 50; step++) clock.advance(10);
  expect([rings, clock.timerCount]).toEqual([[200], 0]);
});

test("to put it off keeps the timer that runs, to bring it forward replaces it", () => {
  const clock = new ManualClock();
  const { alarm, rings } = alarmOf(clock);
  alarm.set(100);
  for (let deadlineMs = 101; deadlineMs < 200; deadlineMs++) alarm.set(deadlineMs);
  expect([clock.timerCount, clock.nextDelayMs]).toEqual([1, 100]);
  alarm.set(50);
  expect([clock.timerCount, clock.nextDelayMs]).toEqual([1, 50]);
  clock.advance(50);
  expect(rings).toEqual([50]);
});

test("a deadline that is past rings at the next chance, never within `set`", () => {
  const clock = new ManualClock();
  const { alarm, rings } = alarmOf(clock);
  clock.advance(10);
  alarm.set(5);
  expect(rings).toEqual([]);
  clock.advance(0);
  expect(rings).toEqual([10]);
});

test("a timer that ends early does not ring it early", () => {
  const clock = new ManualClock();
  const early = { ...systemClock, nowMs: () => clock.nowMs(), startTimer: startEarly };
  const rings: number[] = [];
  function startEarly(delayMs: number, ring: () => void) {
    return clock.startTimer(Math.ceil(delayMs / 2), ring);
  }
  new Alarm(early, () => rings.push(clock.nowMs())).set(100);
  for (let step = 0; step < 200; step++) clock.advance(1);
  expect(rings).toEqual([100]);
});

test("undefined silences it, and leaves no timer", () => {
  const clock = new ManualClock();
  const { alarm, rings } = alarmOf(clock);
  alarm.set(100);
  alarm.set(undefined);
  expect(clock.timerCount).toBe(0);
  clock.advance(1_000);
  expect(rings).toEqual([]);
});

test("unreferenced it does not keep the process alive, with this timer nor the next", () => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const alarm = new Alarm(systemClock, () => {});
  alarm.set(systemClock.nowMs() + 1e12);
  expect(timers()).toBe(before + 1);
  alarm.unref();
  expect(timers()).toBe(before);
  alarm.set(systemClock.nowMs() + 1e6);
  expect(timers()).toBe(before);
  alarm.ref();
  expect(timers()).toBe(before + 1);
  alarm.set(undefined);
  expect(timers()).toBe(before);
});
