import fc from "fast-check";
import { expect, test } from "vitest";
import { SpmSchedule } from "./spm-schedule.ts";

/** Sends whatever is due until `untilMs`. */
function run(schedule: SpmSchedule, untilMs: number): number[] {
  const times: number[] = [];
  while (schedule.deadlineMs <= untilMs) {
    const nowMs = schedule.deadlineMs;
    times.push(nowMs);
    schedule.sent(nowMs);
    expect(schedule.deadlineMs).toBeGreaterThan(nowMs);
  }
  return times;
}

test("one in 30 s, whatever else happens", () => {
  const schedule = new SpmSchedule();
  schedule.sent(0);
  expect(run(schedule, 100_000)).toEqual([30_000, 60_000, 90_000]);
});

test("golden: after data the series of libzmq 4.3.4", () => {
  const schedule = new SpmSchedule();
  schedule.sent(0);
  schedule.beginSeries(1_000);
  expect(run(schedule, 70_000)).toEqual([
    1_100, 1_200, 1_300, 1_400, 1_500, 2_800, 9_800, 25_800, 55_800,
  ]);
});

test("new data begin the series anew", () => {
  const schedule = new SpmSchedule();
  schedule.sent(0);
  schedule.beginSeries(0);
  expect(run(schedule, 200)).toEqual([100, 200]);
  schedule.beginSeries(250);
  expect(run(schedule, 500)).toEqual([350, 450]);
});

test("who asks for one gets it, but no two within 10 ms", () => {
  const schedule = new SpmSchedule();
  schedule.sent(0);
  schedule.asked();
  expect(run(schedule, 100)).toEqual([10]);
  schedule.asked();
  expect(schedule.deadlineMs).toBe(20);
});

test("wherever the clock stands, the next deadline lies ahead", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (startMs) => {
      const schedule = new SpmSchedule();
      schedule.sent(startMs);
      schedule.beginSeries(startMs);
      expect(run(schedule, startMs + 100_000)).toHaveLength(10);
    }),
  );
});
