import { describe, expect, test } from "vitest";
import { UsageError } from "./errors.ts";
import { checkFunction, hasFunctions, misgiven } from "./given.ts";

describe("what was given by mistake", () => {
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
  ])("%o is called %s", (given, name) => {
    const error = misgiven("the name of the beer", given, "a string");
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(`the name of the beer is ${name}; give a string`);
    expect(error.details).toEqual({ given });
  });

  test("a function is one, of whatever kind", () => {
    for (const given of [() => {}, async () => {}, class {}, Math.max]) checkFunction("it", given);
    expect(() => checkFunction("it", {})).toThrow("it is an object; give a function");
  });

  test("a shape is had where all of its functions are", () => {
    expect(hasFunctions(new Map(), ["get", "set"])).toBe(true);
    expect(hasFunctions(new Map(), ["get", "size"])).toBe(false);
    // As a program without types may give it.
    expect(hasFunctions(undefined as unknown as Map<string, string>, ["get"])).toBe(false);
  });
});
