import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Label,
  Origin,
  RepeatFilter,
  RepeatWindow,
  repeatWindowWidth,
  type Verdict,
  WindowPool,
} from "./identity.ts";

describe("Origin", () => {
  test("knows its own labels from those of others", () => {
    const [one, other] = [new Origin(), new Origin()];
    expect(one.made(one.label(7))).toBe(true);
    expect(other.made(one.label(7))).toBe(false);
    expect(one.label(7)).toEqual({
      originHigh: one.high,
      originLow: one.low,
      sequence: 7,
      hops: 0,
    });
  });

  test("is 64 random bits, in two halves of 32 with a sign", () => {
    const halves = Array.from({ length: 200 }, () => new Origin()).flatMap(({ high, low }) => [
      high,
      low,
    ]);
    expect(new Set(halves).size).toBeGreaterThan(390);
    for (const half of halves) {
      expect(Number.isInteger(half)).toBe(true);
      expect(half).toBe(half | 0);
    }
    // Every bit is drawn: none of the highest is missing in all.
    expect(halves.some((half) => half < 0)).toBe(true);
  });
});

describe("RepeatWindow", () => {
  test("is 4,096 wide", () => {
    expect(repeatWindowWidth).toBe(4_096);
    const window = new RepeatWindow(10_000);
    expect(window.accept(10_000 - 4_095)).toBe("fresh");
    expect(window.accept(10_000 - 4_096)).toBe("late");
  });

  test("numbers in a row are fresh once", () => {
    const window = new RepeatWindow(0);
    for (let number = 1; number < 10_000; number++) expect(window.accept(number)).toBe("fresh");
    expect(window.accept(9_999)).toBe("duplicate");
    expect(window.accept(9_999 - 4_095)).toBe("duplicate");
    // Older than the window, but with no gap ever it cannot be news.
    expect(window.accept(9_999 - 4_096)).toBe("duplicate");
    expect(window.accept(10_001)).toBe("fresh");
    expect(window.accept(9_999 - 4_096)).toBe("late");
  });

  test("a number that fills a gap is fresh, once", () => {
    const window = new RepeatWindow(0);
    expect(window.accept(2)).toBe("fresh");
    expect(window.accept(1)).toBe("fresh");
    expect(window.accept(1)).toBe("duplicate");
    expect(window.accept(0)).toBe("duplicate");
  });

  test("a jump of any length forgets what fell out of the window, and no more", () => {
    const window = new RepeatWindow(0);
    expect(window.accept(4_095)).toBe("fresh");
    expect(window.accept(0)).toBe("duplicate");
    expect(window.accept(4_096)).toBe("fresh");
    expect(window.accept(0)).toBe("late");
    expect(window.accept(4_095)).toBe("duplicate");
    expect(window.accept(Number.MAX_SAFE_INTEGER)).toBe("fresh");
    expect(window.accept(Number.MAX_SAFE_INTEGER - 1)).toBe("fresh");
    expect(window.accept(4_097)).toBe("late");
  });

  // Steps from the highest number so far: on, ahead, back, and the edges of the window.
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant(1) },
    { weight: 2, arbitrary: fc.integer({ min: 2, max: 40 }) },
    { weight: 4, arbitrary: fc.integer({ min: -60, max: 0 }) },
    { weight: 2, arbitrary: fc.integer({ min: -4_100, max: -4_090 }) },
    { weight: 1, arbitrary: fc.integer({ min: 4_090, max: 4_100 }) },
    { weight: 1, arbitrary: fc.integer({ min: 4_000, max: 1_000_000 }) },
  );

  test("says what a list of all numbers seen says", () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.array(step, { maxLength: 200 }), (first, steps) => {
        const window = new RepeatWindow(first);
        const model = new ModelWindow(first);
        for (const each of steps) {
          const sequence = Math.max(0, model.highest + each);
          expect(window.accept(sequence)).toBe(model.accept(sequence));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("says so after a run long enough to wrap it, too", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4_000, max: 9_000 }), fc.array(step), (run, steps) => {
        const window = new RepeatWindow(0);
        const model = new ModelWindow(0);
        for (let number = 1; number <= run; number++) {
          window.accept(number);
          model.accept(number);
        }
        for (const each of steps) {
          const sequence = Math.max(0, model.highest + each);
          expect(window.accept(sequence)).toBe(model.accept(sequence));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("RepeatFilter", () => {
  const labelOf = (origin: number, sequence: number): Label => ({
    originHigh: origin,
    originLow: 0xffff_ffff - origin,
    sequence,
    hops: 1,
  });

  test("origins do not touch each other, even those that differ in one half", () => {
    const filter = new RepeatFilter();
    const origins = [
      { originHigh: 1, originLow: 2 },
      { originHigh: 1, originLow: 3 },
      { originHigh: 2, originLow: 2 },
      { originHigh: 12, originLow: 3 },
    ];
    for (const origin of origins) {
      expect(filter.accept({ ...origin, sequence: 0, hops: 1 })).toBe("fresh");
    }
    for (const origin of origins) {
      expect(filter.accept({ ...origin, sequence: 0, hops: 9 })).toBe("duplicate");
    }
  });

  test("says of each origin what a window of its own says", () => {
    const arrivals = fc.array(fc.tuple(fc.nat(3), fc.nat(30)), { maxLength: 200 });
    fc.assert(
      fc.property(arrivals, (all) => {
        const filter = new RepeatFilter();
        const models = new Map<number, ModelWindow>();
        for (const [origin, sequence] of all) {
          const model = models.get(origin);
          const expected = model === undefined ? "fresh" : model.accept(sequence);
          if (model === undefined) models.set(origin, new ModelWindow(sequence));
          expect(filter.accept(labelOf(origin, sequence))).toBe(expected);
        }
      }),
    );
  });

  test("1,024 origins are remembered; then the one longest unheard is forgotten", () => {
    const filter = new RepeatFilter();
    for (let origin = 0; origin < 1_024; origin++) filter.accept(labelOf(origin, 0));
    // Heard again, so now 1 is the one longest unheard.
    expect(filter.accept(labelOf(0, 0))).toBe("duplicate");
    expect(filter.accept(labelOf(1_024, 0))).toBe("fresh");
    expect(filter.accept(labelOf(0, 0))).toBe("duplicate");
    expect(filter.accept(labelOf(2, 0))).toBe("duplicate");
    expect(filter.accept(labelOf(1, 0))).toBe("fresh");
  });
});

/** A list of all numbers seen. */
class ModelWindow {
  highest: number;
  readonly #first: number;
  readonly #seen: Set<number>;
  #hadGap = false;

  constructor(first: number) {
    this.highest = first;
    this.#first = first;
    this.#seen = new Set([first]);
  }

  accept(sequence: number): Verdict {
    if (!this.#hadGap && sequence >= this.#first && sequence <= this.highest) return "duplicate";
    if (sequence <= this.highest - 4_096) return "late";
    if (sequence !== this.highest + 1) this.#hadGap = true;
    if (this.#seen.has(sequence)) return "duplicate";
    this.#seen.add(sequence);
    this.highest = Math.max(this.highest, sequence);
    return "fresh";
  }
}

describe("WindowPool", () => {
  const labelOf = (originLow: number, sequence: number): Label => ({
    originHigh: 1,
    originLow,
    sequence,
    hops: 1,
  });

  test("over its limit the window unused for longest is forgotten, in whatever filter it is", () => {
    const pool = new WindowPool(2);
    const [one, other] = [new RepeatFilter(pool), new RepeatFilter(pool)];
    expect(one.accept(labelOf(1, 0))).toBe("fresh");
    expect(other.accept(labelOf(2, 0))).toBe("fresh");
    expect(other.accept(labelOf(2, 0))).toBe("duplicate");
    expect(other.accept(labelOf(3, 0))).toBe("fresh");
    // The first is forgotten, the others are not.
    expect(other.accept(labelOf(2, 0))).toBe("duplicate");
    expect(one.accept(labelOf(1, 0))).toBe("fresh");
  });
});
