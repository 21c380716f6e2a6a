import { describe, expect, test } from "vitest";
import { UsageError } from "./errors.ts";
import { checkCount, checkMilliseconds } from "./ranges.ts";

describe("a count", () => {
  test.each([1, 1_000, Number.POSITIVE_INFINITY])("of %s is taken", (value) => {
    expect(checkCount("limit", value)).toBe(value);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY])("of %s is refused", (value) => {
    expect(() => checkCount("limit", value)).toThrow(UsageError);
    expect(() => checkCount("limit", value)).toThrow(`limit is ${value}`);
  });
});

describe("a time", () => {
  test.each([0, 0.5, Number.POSITIVE_INFINITY])("of %s ms is taken", (value) => {
    expect(checkMilliseconds("lingerMs", value)).toBe(value);
  });

  test.each([-1, Number.NaN])("of %s ms is refused", (value) => {
    expect(() => checkMilliseconds("lingerMs", value)).toThrow(`lingerMs is ${value}`);
  });
});
