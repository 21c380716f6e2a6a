import { beforeEach, describe, expect, test } from "vitest";
import { LoopBreaker, roundsMax } from "./loop-breaker.ts";

interface Network {
  readonly name: string;
}

const x: Network = { name: "x" };
const y: Network = { name: "y" };
const z: Network = { name: "z" };

let breaker: LoopBreaker<Network>;

beforeEach(() => {
  breaker = new LoopBreaker();
});

/** One payload goes out by `to` and comes back from there, as often, all at one time. */
function rounds(count: number, digest: number, nowMs: number): (Network | undefined)[] {
  return Array.from({ length: count }, () => {
    breaker.mayForward(digest, x, y, nowMs);
    return breaker.arrived(digest, y, nowMs);
  });
}

describe("LoopBreaker", () => {
  test("32 rounds in a second are taken for repeats; one more is a loop", () => {
    expect(roundsMax).toBe(32);
    expect(rounds(32, 7, 0)).toEqual(Array.from({ length: 32 }));
    expect(rounds(1, 7, 999)).toEqual([x]);
  });

  test("rounds that take longer are none", () => {
    expect(rounds(32, 7, 0)).not.toContain(x);
    expect(rounds(32, 7, 1_001)).not.toContain(x);
    expect(rounds(1, 7, 1_002)).toEqual([x]);
  });

  test("while it is a loop nothing is forwarded between the two, either way, for a second", () => {
    rounds(33, 7, 0);
    for (const nowMs of [0, 999]) {
      expect(breaker.mayForward(8, x, y, nowMs)).toBe(false);
      expect(breaker.mayForward(8, y, x, nowMs)).toBe(false);
      expect(breaker.mayForward(8, x, z, nowMs)).toBe(true);
      expect(breaker.mayForward(8, z, y, nowMs)).toBe(true);
    }
    expect(breaker.mayForward(8, x, y, 1_000)).toBe(true);
    expect(breaker.mayForward(8, y, x, 1_000)).toBe(true);
  });

  test("a storm that comes back pauses twice as long each time, a minute at most", () => {
    let nowMs = 0;
    const pauses = Array.from({ length: 9 }, () => {
      const start = nowMs;
      expect(rounds(33, 7, start)).toContain(x);
      while (!breaker.mayForward(8, x, y, nowMs)) nowMs += 500;
      return nowMs - start;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
  });

  test("a storm after a long peace pauses a second again", () => {
    rounds(33, 7, 0);
    // Peace has to last as long as the pause did.
    expect(rounds(33, 7, 2_000)).toContain(x);
    expect(breaker.mayForward(8, x, y, 2_999)).toBe(false);
    expect(breaker.mayForward(8, x, y, 3_000)).toBe(true);
  });

  test("different payloads are counted apart", () => {
    for (let digest = 0; digest < 100; digest++) expect(rounds(32, digest, 0)).not.toContain(x);
  });

  test("what comes back from elsewhere, or was never forwarded, is no round", () => {
    for (let times = 0; times < 100; times++) {
      breaker.mayForward(7, x, y, 0);
      expect(breaker.arrived(7, z, 0)).toBeUndefined();
      expect(breaker.arrived(8, y, 0)).toBeUndefined();
    }
  });

  test("1,024 payloads are remembered for each direction, whatever arrives", () => {
    for (let digest = 0; digest <= 1_024; digest++) breaker.mayForward(digest, x, y, 0);
    // The first is forgotten: its rounds count from here.
    expect(rounds(32, 0, 0)).not.toContain(x);
    expect(rounds(1, 0, 0)).toEqual([x]);
  });
});
