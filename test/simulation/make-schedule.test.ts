import { expect, test } from "vitest";
import { makeSchedule } from "./make-schedule.ts";

const schedules = Array.from({ length: 3_000 }, (_, seed) => makeSchedule(seed));
const chaos = schedules.filter(({ kind }) => kind === "chaos");

test("equal seeds make equal schedules, others make others", () => {
  expect(makeSchedule(1)).toEqual(makeSchedule(1));
  expect(makeSchedule(1).happenings).not.toEqual(makeSchedule(2).happenings);
});

test("there are 2 to 9 nodes, mostly 2 to 5, with 1 to 8 types and seldom up to 200", () => {
  const nodeCounts = chaos.map(({ nodes }) => nodes.length);
  expect([Math.min(...nodeCounts), Math.max(...nodeCounts)]).toEqual([2, 9]);
  expect(nodeCounts.filter((count) => count <= 5).length).toBeGreaterThan(0.8 * chaos.length);
  const typeCounts = chaos.map(({ typeNames }) => typeNames.length);
  const many = typeCounts.filter((count) => count > 8);
  expect(many.length).toBeLessThan(0.004 * chaos.length);
  expect(Math.max(...many)).toBeLessThanOrEqual(200);
});

test("every fault and every happening is met", () => {
  const happenings = new Set(chaos.flatMap((each) => each.happenings.map(({ kind }) => kind)));
  for (const kind of [
    "start",
    "crash",
    "close",
    "isolate",
    "use",
    "release",
    "cut",
    "mend",
    "split",
    "merge",
    "faults",
    "hush",
  ] as const) {
    expect(happenings).toContain(kind);
  }
  const faults = chaos.map(({ chaosFaults }) => chaosFaults);
  expect(Math.max(...faults.map(({ loss }) => loss))).toBeGreaterThan(0.45);
  expect(Math.max(...faults.map(({ loss }) => loss))).toBeLessThanOrEqual(0.5);
  expect(Math.max(...faults.map(({ strays }) => strays))).toBeGreaterThan(0);
  expect(chaos.some(({ nodes }) => nodes.some(({ kind }) => kind === "legacy"))).toBe(true);
  expect(chaos.some(({ dataTypes }) => dataTypes.length > 0)).toBe(true);
});

test("when it is quiet at most a fifth is lost, and often nothing", () => {
  const losses = chaos.map(({ quietFaults }) => quietFaults.loss);
  expect(Math.max(...losses)).toBeLessThanOrEqual(0.2);
  expect(losses.filter((loss) => loss === 0).length).toBeGreaterThan(0.3 * chaos.length);
});

test("there is an address for every type", () => {
  for (const { addressesMax, typeNames } of schedules) {
    expect(addressesMax).toBeGreaterThanOrEqual(typeNames.length);
  }
});
