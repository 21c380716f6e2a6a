import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

/** Sends packets of one size as soon as they may go. @returns When each went. */
function sendTimes(rate: RateLimit, { byteCount = 1_452, count = 0, fromMs = 0 }): number[] {
  let nowMs = fromMs;
  return Array.from({ length: count }, () => {
    nowMs = Math.max(nowMs, rate.readyMs(byteCount));
    expect(rate.take(byteCount, nowMs)).toBe(true);
    return nowMs;
  });
}

test("a burst of 64 full packets goes at once, then the rate holds, headers included", () => {
  const rate = new RateLimit(12_000_000, 0);
  const times = sendTimes(rate, { byteCount: 1_472, count: 100 });
  expect(times.slice(0, 64)).toEqual(times.slice(0, 64).map(() => 0));
  expect(times[64]).toBeCloseTo(1);
  expect(times[99]).toBeCloseTo(36);
});

test("at high rates a burst is what goes in 2 ms", () => {
  const times = sendTimes(new RateLimit(1_000_000_000, 0), { byteCount: 1_222, count: 201 });
  expect(times.filter((atMs) => atMs === 0)).toHaveLength(200);
});

test("a packet may go exactly when it was said that it might, wherever the clock stands", () => {
  const steps = fc.array(
    fc.record({
      byteCount: fc.integer({ min: 30, max: 65_000 }),
      earlyMs: fc.double({ min: 0, max: 5, noNaN: true }),
    }),
    { minLength: 1, maxLength: 100 },
  );
  fc.assert(
    fc.property(
      fc.double({ min: 12_000, max: 1e10, noNaN: true }),
      fc.double({ min: 0, max: 1e13, noNaN: true }),
      steps,
      (bitsPerSecond, startMs, packets) => {
        const rate = new RateLimit(bitsPerSecond, startMs);
        let nowMs = startMs;
        for (const { byteCount, earlyMs } of packets) {
          const readyMs = rate.readyMs(byteCount);
          if (readyMs - earlyMs > nowMs) nowMs = readyMs - earlyMs;
          if (nowMs < readyMs) expect(rate.take(byteCount, nowMs)).toBe(false);
          // Being asked too early has changed nothing, unless the rate was reviewed.
          nowMs = Math.max(nowMs, rate.readyMs(byteCount));
          expect(rate.take(byteCount, nowMs)).toBe(true);
        }
      },
    ),
  );
});

test("over any time no more goes than a burst and what the rate allows", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.integer({ min: 30, max: 1_500 })),
        {
          maxLength: 400,
        },
      ),
      (tries) => {
        const rate = new RateLimit(8_000_000, 0);
        let nowMs = 0;
        let sentBytes = 0;
        for (const [afterMs, byteCount] of tries) {
          nowMs += afterMs;
          while (rate.take(byteCount, nowMs)) sentBytes += byteCount + 28;
          expect(sentBytes).toBeLessThanOrEqual(96_000 + nowMs * 1_000 + 0.001);
        }
      },
    ),
  );
});

describe("while more than 5 % has to be asked for again", () => {
  function loseFor(rate: RateLimit, { share = 0, reviews = 0, fromMs = 0 }): number {
    let nowMs = fromMs;
    for (let review = 0; review < reviews; review += 1) {
      let sent = 0;
      for (; sent < 100; sent += 1) rate.take(100, nowMs);
      rate.asked("a", sent * share);
      nowMs += 250;
      rate.take(100, nowMs);
    }
    return nowMs;
  }

  test("the rate halves, down to a sixteenth", () => {
    const rate = new RateLimit(100_000_000, 0);
    loseFor(rate, { share: 0.06, reviews: 1 });
    expect(rate.bitsPerSecond).toBe(50_000_000);
    const other = new RateLimit(100_000_000, 0);
    loseFor(other, { share: 0.5, reviews: 20 });
    expect(other.bitsPerSecond).toBe(6_250_000);
  });

  test("who asks for more than half of all is not believed, and changes nothing", () => {
    const rate = new RateLimit(100_000_000, 0);
    loseFor(rate, { share: 0.6, reviews: 4 });
    expect(rate.bitsPerSecond).toBe(100_000_000);
  });

  test("less, or a handful of packets, changes nothing", () => {
    const rate = new RateLimit(100_000_000, 0);
    loseFor(rate, { share: 0.04, reviews: 10 });
    expect(rate.bitsPerSecond).toBe(100_000_000);
    rate.take(100, 3_000);
    rate.asked("a", 2);
    rate.take(100, 3_500);
    expect(rate.bitsPerSecond).toBe(100_000_000);
  });

  test("it recovers when the loss ends, whether or not something is sent", () => {
    const rate = new RateLimit(100_000_000, 0);
    const nowMs = loseFor(rate, { share: 0.5, reviews: 20 });
    loseFor(rate, { reviews: 13, fromMs: nowMs });
    expect(rate.bitsPerSecond).toBe(100_000_000);
    const idle = new RateLimit(100_000_000, 0);
    const idleMs = loseFor(idle, { share: 0.5, reviews: 20 });
    idle.take(100, idleMs + 5_000);
    expect(idle.bitsPerSecond).toBe(100_000_000);
  });
});

describe("while receivers that are not ours listen", () => {
  test("at most 64 packets go at once, and 10 Mbit/s", () => {
    const rate = new RateLimit(100_000_000, 0);
    rate.setForeign(true);
    const times = sendTimes(rate, { byteCount: 1_472, count: 897 });
    expect(times.filter((atMs) => atMs === 0)).toHaveLength(64);
    expect(times.at(-1)).toBeCloseTo(833 * 1.2);
  });

  test("small packets are as many, since a window of libzmq's counts packets", () => {
    const rate = new RateLimit(100_000_000, 0);
    rate.setForeign(true);
    const times = sendTimes(rate, { byteCount: 40, count: 100 });
    expect(times.filter((atMs) => atMs === 0)).toHaveLength(64);
  });

  test("a lower rate stays as it is", () => {
    const rate = new RateLimit(1_000_000, 0);
    rate.setForeign(true);
    expect(rate.bitsPerSecond).toBe(1_000_000);
  });
});
