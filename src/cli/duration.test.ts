import { UsageError } from "plexo";
import { describe, expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

describe("parseDuration", () => {
  test.each([
    ["10s", 10_000],
    ["500ms", 500],
    ["2m", 120_000],
    ["1.5h", 5_400_000],
    ["3", 3_000],
    ["0", 0],
    ["0.0004s", 0],
    ["2147483647ms", 2_147_483_647],
    ["596h", 2_145_600_000],
  ])("%s is %d ms", (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  test.each(["", "s", "-1s", "1 s", "10S", "1d", "1e3", "Infinity", "1s2", ".5s", "1.s", "٣s"])(
    "%j is none",
    (text) => {
      expect(() => parseDuration(text)).toThrow(UsageError);
    },
  );

  test.each(["2147483648ms", "597h", "9".repeat(400)])(
    "%s is longer than a timer can be, and would fire at once",
    (text) => {
      expect(() => parseDuration(text)).toThrow(/too long; at most 596h/);
    },
  );
});
