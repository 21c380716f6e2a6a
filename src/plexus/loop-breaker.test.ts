import { beforeEach, describe, expect, test } from "vitest";
import { Arrivals } from "./arrivals.ts";
import { LoopBreaker, roundsMax, turnsMax } from "./loop-breaker.ts";

interface Network {
  readonly name: string;
}

const x: Network = { name: "x" };
const y: Network = { name: "y" };
const z: Network = { name: "z" };
const ways = [x, y, z];

let arrivals: Arrivals<Network>;
let breaker: LoopBreaker<Network>;

beforeEach(() => {
  arrivals = new Arrivals();
  breaker = new LoopBreaker("dev.X.json", arrivals);
});

function arrive(text: string, from: Network, nowMs: number): readonly Network[] {
  return breaker.arrived(new TextEncoder().encode(text), from, ways, nowMs).loops;
}

/** A payload comes from the first, then from the second, as often; those that it is a loop with. */
function rounds(count: number, text: string, nowMs: number, one = x, other = y): Network[] {
  return Array.from({ length: count }, () => [
    ...arrive(text, one, nowMs),
    ...arrive(text, other, nowMs),
  ]).flat();
}

describe("LoopBreaker", () => {
  test("32 rounds in a second are taken for repeats; one more is a loop, told once", () => {
    expect(roundsMax).toBe(32);
    expect(rounds(32, "20.0", 0)).toEqual([]);
    expect(rounds(1, "20.0", 999)).toEqual([x]);
    expect(rounds(100, "20.0", 999)).toEqual([]);
  });

  test("rounds that take longer are none", () => {
    expect(rounds(32, "20.0", 0)).toEqual([]);
    expect(rounds(32, "20.0", 1_001)).toEqual([]);
    expect(rounds(1, "20.0", 1_002)).toEqual([x]);
  });

  test("while it is a loop nothing is forwarded between the two, either way, for a second", () => {
    rounds(33, "20.0", 0);
    for (const nowMs of [0, 999]) {
      expect(breaker.mayForward(x, y, nowMs)).toBe(false);
      expect(breaker.mayForward(y, x, nowMs)).toBe(false);
      expect(breaker.mayForward(x, z, nowMs)).toBe(true);
      expect(breaker.mayForward(z, y, nowMs)).toBe(true);
    }
    expect(breaker.mayForward(x, y, 1_000)).toBe(true);
    expect(breaker.mayForward(y, x, 1_000)).toBe(true);
  });

  test("a storm that comes back pauses twice as long each time, a minute at most", () => {
    let nowMs = 0;
    const pauses = Array.from({ length: 9 }, () => {
      const start = nowMs;
      expect(rounds(33, "20.0", start)).toHaveLength(1);
      while (!breaker.mayForward(x, y, nowMs)) nowMs += 500;
      return nowMs - start;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
  });

  test("a storm that has not ended when its pause has is paused again at once", () => {
    rounds(33, "20.0", 0);
    rounds(33, "20.0", 800);
    expect(arrive("20.0", x, 1_000)).toEqual([y]);
    expect(breaker.mayForward(x, y, 2_999)).toBe(false);
  });

  test("a storm after a long peace pauses a second again", () => {
    rounds(33, "20.0", 0);
    // Peace has to last as long as the pause did.
    expect(rounds(33, "20.0", 2_000)).toEqual([x]);
    expect(breaker.mayForward(x, y, 2_999)).toBe(false);
    expect(breaker.mayForward(x, y, 3_000)).toBe(true);
  });

  test("payloads that come from the other network than before are a loop over 256 times in a second", () => {
    expect(turnsMax).toBe(256);
    const texts = Array.from({ length: 600 }, (_, index) => `${index}`);
    // As a bridge of the original has it: each twice from the one, then twice from the other.
    const found = texts.findIndex((text) => rounds(2, text, 0, x, x).length > 0);
    expect(found).toBe(-1);
    const loop = texts.findIndex((text) => rounds(1, text, 0, y, y).length > 0);
    expect(loop).toBeGreaterThanOrEqual(256);
    // Some share a place, and only one of these is known.
    expect(loop).toBeLessThan(270);
  });

  test("as many in two seconds are none", () => {
    const texts = Array.from({ length: 400 }, (_, index) => `${index}`);
    for (const text of texts) expect(rounds(1, text, 0, x, x)).toEqual([]);
    for (const [index, text] of texts.entries()) {
      expect(rounds(1, text, index < 200 ? 0 : 1_001, y, y)).toEqual([]);
    }
  });

  test("what comes once by each of two networks makes no round", () => {
    for (let index = 0; index < 10_000; index++) {
      const [one, other] = index % 2 === 0 ? [x, y] : [y, x];
      expect(rounds(1, `${index}`, 0, one, other)).toEqual([]);
    }
  });

  test("many that go round slowly are a loop, too", () => {
    const texts = Array.from({ length: 30_000 }, (_, index) => `${index}`);
    // Three seconds a round.
    const found = [...texts, ...texts].findIndex(
      (text, index) => rounds(1, text, index / 10).length > 0,
    );
    expect(found).toBeGreaterThanOrEqual(texts.length);
    expect(found).toBeLessThan(texts.length + 2_000);
  });

  test("what comes from one network only is no round, however often", () => {
    for (let times = 0; times < 10_000; times++) expect(arrive("20.0", x, 0)).toEqual([]);
    for (let times = 0; times < 32; times++) expect(arrive("20.0", y, 0)).toEqual([]);
    for (let times = 0; times < 32; times++) expect(arrive("20.0", z, 0)).toEqual([]);
  });

  test("what comes from one network only, and too often, is suspect, and forwarded all the same", () => {
    const payload = new TextEncoder().encode("20.0");
    const findings = Array.from({ length: 2_000 }, () => breaker.arrived(payload, x, ways, 0));
    expect(findings.filter(({ isSuspect }) => isSuspect)).toHaveLength(1);
    expect(breaker.mayForward(x, y, 0)).toBe(true);
  });

  test("a loop of three networks pauses between all of them", () => {
    const loops = Array.from({ length: 33 }, () => ways.map((way) => arrive("20.0", way, 0)));
    expect(loops.flat()).toEqual(expect.arrayContaining([[x], [x, y]]));
    for (const way of [y, z]) expect(breaker.mayForward(x, way, 0)).toBe(false);
    expect(breaker.mayForward(y, z, 0)).toBe(false);
  });

  test("the same payload of another topic is another one", () => {
    const other = new LoopBreaker("dev.Y.json", arrivals);
    rounds(32, "20.0", 0);
    const payload = new TextEncoder().encode("20.0");
    for (const way of [x, y]) expect(other.arrived(payload, way, ways, 0).loops).toEqual([]);
    expect(rounds(1, "20.0", 0)).toEqual([x]);
  });
});
