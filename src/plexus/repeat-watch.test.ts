import { expect, test } from "vitest";
import { RepeatWatch, repeatsMax, timesMin } from "./repeat-watch.ts";

interface Network {
  readonly name: string;
}

const x: Network = { name: "x" };
const y: Network = { name: "y" };

/** The places of those among so many repeats that are to be told. */
function told(watch: RepeatWatch<Network>, count: number, nowMs: number, from = x): number[] {
  const sighting = { times: timesMin + 1, before: from, byWay: new Map() };
  return Array.from({ length: count }, (_, index) =>
    watch.isSuspect(sighting, from, nowMs) ? [index] : [],
  ).flat();
}

test("what came eight times in all is none, however much of it there is", () => {
  expect(timesMin).toBe(8);
  const watch = new RepeatWatch<Network>();
  for (let index = 0; index < 10_000; index++) {
    const sighting = { times: 1 + (index % 8), before: x, byWay: new Map() };
    expect(watch.isSuspect(sighting, x, 0)).toBe(false);
  }
});

test("512 repeats in a second are taken for what somebody sends; one more is told, once", () => {
  expect(repeatsMax).toBe(512);
  const watch = new RepeatWatch<Network>();
  expect(told(watch, 2_000, 0)).toEqual([512]);
  expect(told(watch, 512, 1_001)).toEqual([]);
});

test("those of different networks are counted apart", () => {
  const watch = new RepeatWatch<Network>();
  expect(told(watch, 512, 0)).toEqual([]);
  expect(told(watch, 513, 0, y)).toEqual([512]);
});

test("as long as it goes on nothing is told again, but after a minute of peace it is", () => {
  const watch = new RepeatWatch<Network>();
  for (let nowMs = 0; nowMs <= 180_000; nowMs += 30_000) {
    expect(told(watch, 513, nowMs)).toHaveLength(nowMs === 0 ? 1 : 0);
  }
  expect(told(watch, 513, 240_001)).toEqual([512]);
});
