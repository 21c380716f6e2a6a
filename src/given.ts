/** Given: what a program may give by mistake that no compiler checks, and how it is told so. */
import { describe } from "./describe.ts";
import { UsageError } from "./errors.ts";

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
