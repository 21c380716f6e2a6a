import { describe, expect, test } from "vitest";
import { UsageError } from "./errors.ts";
import { checkFunction, hasFunctions, misgiven } from "./given.ts";

describe("what was given by mistake", () => {
  test("is told with what it was to be, and what is expected", () => {
    const error = misgiven("the name of the beer", 5, "a string");
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe("the name of the beer is 5; give a string");
    expect(error.details).toEqual({ given: 5 });
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
