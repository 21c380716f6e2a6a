/** Given: what a program may give by mistake that no compiler checks, and how it is told so. */
import { UsageError } from "./errors.ts";

const textUnitsMax = 64;

/** `what` says what it was to be: "the reactant given to react"; `expected`: "a function". */
export function misgiven(what: string, given: unknown, expected: string): UsageError {
  return new UsageError(`${what} is ${describe(given)}; give ${expected}`, { details: { given } });
}

/** @throws {UsageError} unless `given` is a function. */
export function checkFunction(what: string, given: unknown): void {
  if (typeof given !== "function") throw misgiven(what, given, "a function");
}

/** Whether it has functions by these names; asked of what is taken by its shape, not its class. */
export function hasFunctions<Shape extends object>(
  given: Shape,
  names: readonly (keyof Shape)[],
): boolean {
  // Whatever its type says it may be nothing at all.
  return names.every((name) => typeof given?.[name] === "function");
}

/** A value in a few words, whatever it is. */
function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(
        value.length > textUnitsMax ? `${value.slice(0, textUnitsMax)}…` : value,
      );
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return String(value);
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return "an array";
  if (value instanceof Promise) return "a promise, which has to be awaited";
  const { name } = value.constructor ?? {};
  return typeof name !== "string" || name === "" || name === "Object"
    ? "an object"
    : `an instance of ${name}`;
}
