import { describe, expect, test } from "vitest";
import { Missing } from "./missing.ts";

const times = { backOffMs: 11, ncfMs: 50, dataMs: 100, retriesMax: 3 };

/** Its random waits are of 6 ms. */
function make(): Missing {
  return new Missing(times, () => 0.5);
}

/** Goes on to the next deadline at which something is asked for or given up. */
function next(missing: Missing): {
  atMs: number;
  asked: readonly number[];
  hopeless: number | undefined;
} {
  for (;;) {
    const atMs = missing.deadlineMs;
    expect(atMs).toBeLessThan(Number.POSITIVE_INFINITY);
    const due = missing.due(atMs);
    expect(missing.deadlineMs).toBeGreaterThan(atMs);
    if (due.asked.length > 0 || due.hopeless !== undefined) return { atMs, ...due };
  }
}

test("what one packet shows to be missing is asked for together, after a random time", () => {
  const missing = make();
  missing.add(5, 8, 0);
  missing.add(9, 9, 0);
  expect([missing.size, missing.has(7), missing.has(8)]).toEqual([3, true, false]);
  expect(missing.due(5)).toEqual({ asked: [], hopeless: undefined });
  expect(next(missing)).toEqual({ atMs: 6, asked: [5, 6, 7], hopeless: undefined });
  expect(missing.due(6)).toEqual({ asked: [], hopeless: undefined });
});

test("sequence numbers wrap", () => {
  const missing = make();
  missing.add(0xffff_ffff, 1, 0);
  expect(next(missing).asked).toEqual([0xffff_ffff, 0]);
});

test("what is not answered is asked for again, and is hopeless in the end", () => {
  const missing = make();
  missing.add(5, 6, 0);
  expect([next(missing), next(missing), next(missing), next(missing)]).toEqual([
    { atMs: 6, asked: [5], hopeless: undefined },
    { atMs: 62, asked: [5], hopeless: undefined },
    { atMs: 118, asked: [5], hopeless: undefined },
    { atMs: 168, asked: [], hopeless: 5 },
  ]);
});

test("so is what is confirmed, but never comes", () => {
  const missing = make();
  missing.add(5, 6, 0);
  next(missing);
  missing.confirmed(5, 10);
  expect(missing.firstConfirmed()).toBe(5);
  expect(next(missing)).toEqual({ atMs: 116, asked: [5], hopeless: undefined });
});

test("what has come is not asked for", () => {
  const missing = make();
  missing.add(5, 7, 0);
  expect([missing.delete(5), missing.delete(5)]).toEqual([true, false]);
  expect(next(missing).asked).toEqual([6]);
  missing.delete(6);
  expect(missing.deadlineMs).toBe(Number.POSITIVE_INFINITY);
});

describe("what others ask for", () => {
  test("saves one's own NAK, and so does the NCF to it", () => {
    const missing = make();
    missing.add(5, 7, 0);
    missing.askedByOther(5, 2);
    missing.confirmed(6, 2);
    missing.confirmed(77, 2);
    expect(missing.due(6).asked).toEqual([]);
    expect(missing.has(77)).toBe(false);
  });

  test("in vain, one asks for oneself the next time, however often others do", () => {
    const missing = make();
    missing.add(5, 6, 0);
    const askedMs: number[] = [];
    for (let nowMs = 0; nowMs < 150; nowMs += 1) {
      missing.askedByOther(5, nowMs);
      missing.confirmed(5, nowMs);
      if (missing.due(nowMs).asked.length > 0) askedMs.push(nowMs);
    }
    expect(askedMs).toEqual([106]);
  });

  test("after one has asked for oneself, others may do so again", () => {
    const missing = make();
    missing.add(5, 6, 0);
    missing.askedByOther(5, 0);
    expect(next(missing)).toMatchObject({ atMs: 56, asked: [5] });
    expect(missing.due(106).asked).toEqual([]);
    missing.askedByOther(5, 107);
    expect(missing.due(120).asked).toEqual([]);
  });

  test("more NCFs do not prolong the wait", () => {
    const missing = make();
    missing.add(5, 6, 0);
    next(missing);
    for (let nowMs = 7; nowMs < 220; nowMs += 1) {
      missing.confirmed(5, nowMs);
      if (missing.due(nowMs).asked.length > 0) return;
    }
    expect.unreachable();
  });
});

test("of very many the first 1,008 are asked for first, the rest in steps of 10 ms", () => {
  const missing = make();
  missing.add(0, 2_500, 0);
  expect(
    [next(missing), next(missing), next(missing)].map(({ atMs, asked }) => [atMs, asked.length]),
  ).toEqual([
    [6, 1_008],
    [16, 1_008],
    [26, 484],
  ]);
});

test("a wait is never of no time, whatever the dice say", () => {
  const missing = new Missing(times, () => 0);
  missing.add(5, 6, 100);
  expect(missing.deadlineMs).toBe(101);
});

test("100,000 gaps that close in turn take time that follows their number", () => {
  const missing = make();
  missing.add(0, 100_000, 0);
  let earliestMs = Number.POSITIVE_INFINITY;
  for (let sequence = 0; sequence < 100_000; sequence += 1) {
    missing.delete(sequence);
    earliestMs = Math.min(earliestMs, missing.deadlineMs);
  }
  expect([missing.size, earliestMs, missing.bytes]).toEqual([0, 6, 0]);
});
