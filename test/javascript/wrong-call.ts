/** Calls as a program without types makes them, and what they are told. */
import { expect, test } from "vitest";

/** Anything, where the compiler would want something else. */
export function js(value: unknown): never {
  // What is never goes where anything is wanted, so the compiler is as silent as it would be there.
  return value as never;
}

export type WrongCall = readonly [title: string, call: () => unknown, message: string | RegExp];

/** A test for each: it throws, or rejects with, a UsageError of this very message, or one like it. */
export function testWrongCalls(calls: readonly WrongCall[]): void {
  test.each(calls)("%s", async (_, call, message) => {
    expect(await failureOf(call)).toMatchObject({
      name: "UsageError",
      code: "PLEXO_USAGE",
      message,
    });
  });
}

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (cause) {
    return cause;
  }
}
