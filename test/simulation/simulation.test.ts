/** A few schedules, always the same: `npm run simulate` runs many, and others each time. */
import { describe, expect, test } from "vitest";
import { makeSchedule } from "./make-schedule.ts";
import { runSchedule } from "./run-schedule.ts";
import { seedsThatFound } from "./seeds.ts";
import { emptyTally } from "./tally.ts";
import { World } from "./world.ts";

describe("the agreement keeps its guarantees", () => {
  test("in 300 schedules", () => {
    const tally = emptyTally();
    for (let seed = 1; seed <= 300; seed += 1) {
      const failure = runSchedule(seed, tally);
      if (failure === undefined) continue;
      expect.fail(`npm run simulate -- --seed ${seed}\n${failure.message}`);
    }
    expect(tally.conditionHeld).toBeGreaterThan(100);
    expect(tally.withRivals).toBeGreaterThan(10);
    expect(tally.moves).toBeGreaterThan(0);
  });

  test.each(seedsThatFound)("in the schedule that found $what", ({ seed }) => {
    expect(runSchedule(seed, emptyTally())).toBeUndefined();
  });
});

test("a seed that is played again gives the same trace", () => {
  const traces = [0, 1].map(() => {
    const lines: string[] = [];
    new World(makeSchedule(7), (line) => lines.push(line)).run();
    return lines;
  });
  expect(traces[0]?.length).toBeGreaterThan(100);
  expect(traces[1]).toEqual(traces[0]);
});
