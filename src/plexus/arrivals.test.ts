import { expect, test } from "vitest";
import { Arrivals, placesMax } from "./arrivals.ts";
import type { Tally } from "./tally.ts";

interface Network {
  readonly name: string;
}

const x: Network = { name: "x" };
const y: Network = { name: "y" };

/** How often a payload came from each network by now, by its name. */
function countsOf(arrivals: Arrivals<Network>, key: number, from: Network, nowMs: number): object {
  const byWay = arrivals.add(key, from, nowMs)?.byWay ?? new Map<Network, Tally>();
  return Object.fromEntries([...byWay].map(([way, tally]) => [way.name, tally.at(nowMs)]));
}

test("says how often a payload came from each network within a second", () => {
  const arrivals = new Arrivals<Network>();
  expect(countsOf(arrivals, 7, x, 0)).toEqual({ x: 1 });
  expect(countsOf(arrivals, 7, x, 500)).toEqual({ x: 2 });
  expect(countsOf(arrivals, 7, y, 1_000)).toEqual({ x: 2, y: 1 });
  expect(countsOf(arrivals, 7, y, 1_001)).toEqual({ x: 0, y: 2 });
  expect(countsOf(arrivals, 8, x, 1_001)).toEqual({ x: 1 });
});

test("says how often it came in all, and where from the time before", () => {
  const arrivals = new Arrivals<Network>();
  const sightings = [x, x, y, x].map((from, index) => {
    const { times, before } = arrivals.add(7, from, index * 10_000) ?? {};
    return { times, before };
  });
  expect(sightings).toEqual([
    { times: 1, before: undefined },
    { times: 2, before: x },
    { times: 3, before: x },
    { times: 4, before: y },
  ]);
});

test("knows 16,384 payloads; of more it takes one of sixteen, each for another one", () => {
  const arrivals = new Arrivals<Network>();
  const known = Array.from({ length: placesMax }, (_, key) => arrivals.add(key, x, 0));
  expect(known).not.toContain(undefined);
  const more = Array.from({ length: 160 }, (_, index) => arrivals.add(placesMax + index, x, 0));
  expect(more.filter((each) => each !== undefined)).toHaveLength(10);
  const kept = Array.from({ length: 160 }, (_, key) => countsOf(arrivals, key, y, 0));
  expect(kept.filter((each) => "x" in each)).toHaveLength(150);
});

test("forgets all when it is cleared", () => {
  const arrivals = new Arrivals<Network>();
  arrivals.add(7, x, 0);
  arrivals.clear();
  expect(countsOf(arrivals, 7, y, 0)).toEqual({ y: 1 });
});
