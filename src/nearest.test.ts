import { describe, expect, test } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  const names = ["signal", "concurrency", "queue", "timeoutMs", "bind", "ganglia"];

  test.each([
    ["concurency", "concurrency"],
    ["queues", "queue"],
    ["timeoutMS", "timeoutMs"],
    ["TIMEOUTMS", "timeoutMs"],
    ["timeout", "timeoutMs"],
    ["bnd", "bind"],
    ["bidn", "bind"],
    ["singal", "signal"],
    ["ganglion", "ganglia"],
    ["bind", "bind"],
  ])("%s is meant to be %s", (name, meant) => {
    expect(nearest(name, names)).toBe(meant);
  });

  test.each(["", "x", "priority", "interval", "que", "\u{1f37a}"])(
    "%j is meant to be none of them",
    (name) => {
      expect(nearest(name, names)).toBeUndefined();
    },
  );

  test("of several it is the one that differs least, and the first of equals", () => {
    expect(nearest("retryMidMs", ["retryMaxMs", "retryMinMs"])).toBe("retryMinMs");
    expect(nearest("retryMs", ["retryMaxMs", "retryMinMs"])).toBe("retryMaxMs");
  });
});
