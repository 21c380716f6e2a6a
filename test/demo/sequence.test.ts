import fc from "fast-check";
import { expect, test } from "vitest";
import { missingOf, type Range, Sequence } from "../../demo/accounts/sequence.ts";

function taken(...numbers: number[]): Sequence {
  const sequence = new Sequence();
  for (const number of numbers) sequence.take(number);
  return sequence;
}

function numbersIn(ranges: readonly Range[]): number[] {
  return ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
}

test("whatever arrives, the counts and what is missing are those of a plain list", () => {
  const arrivals = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 });
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 0, max: 40 }), (numbers, sent) => {
      const { progress } = taken(...numbers);
      const different = new Set(numbers);
      const disordered = numbers.filter(
        (number, index) =>
          !numbers.slice(0, index).includes(number) &&
          numbers.slice(0, index).some((earlier) => earlier > number),
      );
      expect(progress.received).toBe(different.size);
      expect(progress.highest).toBe(Math.max(0, ...numbers));
      expect(progress.repeated).toBe(numbers.length - different.size);
      expect(progress.disordered).toBe(disordered.length);
      const all = Array.from({ length: sent }, (_, index) => index + 1);
      expect(numbersIn(missingOf(progress, sent))).toEqual(
        all.filter((number) => !different.has(number)),
      );
    }),
  );
});

test("nothing is missing of what came in order", () => {
  expect(missingOf(taken(1, 2, 3).progress, 3)).toEqual([]);
});

test("a leap to the highest number there is costs one range", () => {
  const { gaps } = taken(1, Number.MAX_SAFE_INTEGER).progress;
  expect(gaps).toEqual([{ first: 2, last: Number.MAX_SAFE_INTEGER - 1 }]);
});
