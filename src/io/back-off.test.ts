import { expect, test } from "vitest";
import { UsageError } from "../errors.ts";
import { BackOff } from "./back-off.ts";

const lowest = (): number => 0;
const highest = (): number => 2 ** 32 - 1;

function waits(backOff: BackOff, count: number): number[] {
  return Array.from({ length: count }, () => Math.round(backOff.next()));
}

test("waits double from 100 ms up to 5 s by default, each at most that long", () => {
  expect(waits(new BackOff({}, highest), 8)).toEqual([
    100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000,
  ]);
});

test("each is at least half as long, and different from process to process", () => {
  expect(waits(new BackOff({}, lowest), 3)).toEqual([50, 100, 200]);
  const first = waits(new BackOff({ retryMinMs: 1e6, retryMaxMs: 1e6 }), 3);
  const second = waits(new BackOff({ retryMinMs: 1e6, retryMaxMs: 1e6 }), 3);
  expect(first).not.toEqual(second);
});

test("after an error that will come again it is the longest at once", () => {
  const backOff = new BackOff({ retryMinMs: 10, retryMaxMs: 700 }, highest);
  expect(Math.round(backOff.longest())).toBe(700);
  expect(waits(backOff, 2)).toEqual([700, 700]);
});

test("after a success that lasted as long as the wait before it, it begins again", () => {
  const backOff = new BackOff({ retryMinMs: 10, retryMaxMs: 700 }, highest);
  backOff.worked(0);
  expect(waits(backOff, 5)).toEqual([10, 20, 40, 80, 160]);
  backOff.worked(160);
  expect(waits(backOff, 2)).toEqual([10, 20]);
});

test("a success that is over at once is one more failure", () => {
  const backOff = new BackOff({ retryMinMs: 10, retryMaxMs: 40 }, highest);
  const shorter = Array.from({ length: 4 }, () => {
    const [waitMs = 0] = waits(backOff, 1);
    backOff.worked(waitMs - 1);
    return waitMs;
  });
  expect(shorter).toEqual([10, 20, 40, 40]);
});

test("the first wait must be above 0 and no longer than the longest", () => {
  for (const options of [{ retryMinMs: 0 }, { retryMinMs: 6_000 }, { retryMaxMs: Number.NaN }]) {
    expect(() => new BackOff(options)).toThrow(UsageError);
  }
});
