import fc from "fast-check";
import { expect, test } from "vitest";
import { Throttle } from "./throttle.ts";

test("L2: at most so many at once, and then so many a second, whenever it is asked", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { maxLength: 200 }), (pausesMs) => {
      const throttle = new Throttle(10);
      let nowMs = 0;
      let taken = 0;
      for (const pauseMs of pausesMs) {
        nowMs += pauseMs;
        if (throttle.take(nowMs)) taken += 1;
        expect(taken).toBeLessThanOrEqual(10 + nowMs / 100);
      }
    }),
  );
});

test("what was not used is not saved up beyond a second's worth", () => {
  const throttle = new Throttle(10);
  for (let count = 0; count < 10; count += 1) expect(throttle.take(0)).toBe(true);
  expect(throttle.take(99)).toBe(false);
  expect(throttle.take(100)).toBe(true);
  let taken = 0;
  while (throttle.take(60_000)) taken += 1;
  expect(taken).toBe(10);
});
