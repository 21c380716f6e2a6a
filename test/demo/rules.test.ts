import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Change } from "../../demo/rules/change.ts";
import { Limit } from "../../demo/rules/limit.ts";

/** The indices of the values at which the rule spoke. */
function spokenAt(rule: Change | Limit, values: readonly number[]): number[] {
  return values.flatMap((value, index) => (rule.take(value) === undefined ? [] : [index]));
}

function repeated(value: number, count: number): number[] {
  return new Array<number>(count).fill(value);
}

describe("Change", () => {
  test("a steady value never is a change", () => {
    expect(spokenAt(new Change(0.1), repeated(5, 100))).toEqual([]);
  });

  test("a step is a change, told once, with the average that was left", () => {
    const change = new Change(0.1);
    expect(spokenAt(change, repeated(1, 20))).toEqual([]);
    expect(change.take(3)).toBe(1);
    expect(spokenAt(change, repeated(3, 100))).toEqual([]);
  });

  test("a fall is a change as well as a rise", () => {
    expect(spokenAt(new Change(0.1), [...repeated(5, 20), 1])).toEqual([20]);
  });

  test("what is smaller than the least change is none, however steady the value was", () => {
    expect(spokenAt(new Change(2), [...repeated(1, 20), 2.9])).toEqual([]);
  });

  test("a value that always varies so much is not changing", () => {
    const restless = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 10 : 20));
    expect(spokenAt(new Change(0.1), restless)).toEqual([]);
  });

  test("says nothing before it has seen enough, nor soon again", () => {
    const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(values, (given) => {
        const spoken = spokenAt(new Change(1), given);
        for (const [order, index] of spoken.entries()) {
          expect(index - (spoken[order - 1] ?? 0)).toBeGreaterThanOrEqual(10);
        }
      }),
    );
  });
});

describe("Limit", () => {
  test("speaks when the limit is passed, and not again while the value stays there", () => {
    expect(spokenAt(new Limit(85), [80, 85, 86, 90, 86, 84, 86])).toEqual([2]);
  });

  test("speaks again after the value was well below", () => {
    expect(spokenAt(new Limit(100), [101, 96, 101, 95, 101])).toEqual([0, 4]);
  });

  test("returns the limit", () => {
    expect(new Limit(0.9).take(0.95)).toBe(0.9);
  });
});
