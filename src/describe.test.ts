import { expect, test } from "vitest";
import { describe } from "./describe.ts";

test.each([
  [undefined, "undefined"],
  [null, "null"],
  [true, "true"],
  [Number.NaN, "NaN"],
  [5n, "5n"],
  [Symbol("a"), "Symbol(a)"],
  ['a "b"', '"a \\"b\\""'],
  ["x".repeat(1_000), `"${"x".repeat(64)}…"`],
  [[1], "an array"],
  [{ a: 1 }, "an object"],
  [Object.create(null), "an object"],
  [{ constructor: 5 }, "an object"],
  [{ constructor: null }, "an object"],
  [new Map(), "an instance of Map"],
  [Promise.resolve(), "a promise, which has to be awaited"],
  [Math.max, "the function max"],
  [(() => () => {})(), "a function"],
])("%o is %s", (value, words) => {
  expect(describe(value)).toBe(words);
});
