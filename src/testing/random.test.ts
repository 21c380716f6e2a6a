import { expect, test } from "vitest";
import { Random } from "./random.ts";

const count = 10_000;

/** Whatever `draw` gives, often. */
function draws<T>(draw: (random: Random) => T): T[] {
  const random = new Random(1);
  return Array.from({ length: count }, () => draw(random));
}

test("equal seeds give equal numbers, others give others", () => {
  const [first, again, other] = [7, 7, 8].map((seed) => new Random(seed).uint64());
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test("fractions, numbers between bounds and integers fill their range and stay in it", () => {
  for (const numbers of [
    draws((random) => random.fraction()),
    draws((random) => random.between(-3, -1)).map((number) => (number + 3) / 2),
    draws((random) => random.below(1_000)).map((number) => number / 1_000),
    draws((random) => Number(random.uint64()) / 2 ** 64),
  ]) {
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...numbers)).toBeLessThan(0.01);
    expect(Math.max(...numbers)).toBeGreaterThan(0.99);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(1);
  }
});

test("a chance of 0 never comes, one of 1 always, others about as often as they say", () => {
  expect(draws((random) => random.chance(0))).not.toContain(true);
  expect(draws((random) => random.chance(1))).not.toContain(false);
  const hits = draws((random) => random.chance(0.2)).filter(Boolean).length;
  expect(hits).toBeGreaterThan(0.18 * count);
  expect(hits).toBeLessThan(0.22 * count);
});

test("a pick comes from the choices, and each is picked", () => {
  expect(new Set(draws((random) => random.pick(["a", "b", "c"])))).toEqual(
    new Set(["a", "b", "c"]),
  );
});
