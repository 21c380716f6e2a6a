import { expect, test } from "vitest";
import { makeGate, outcomeOf } from "../test/support/notebook.ts";
import { both } from "./wait.ts";

test("of two waits where one is none, the other is left as it is", () => {
  const wait = Promise.resolve();
  expect(both(undefined, undefined)).toBeUndefined();
  expect(both(wait, undefined)).toBe(wait);
  expect(both(undefined, wait)).toBe(wait);
});

test("two waits are over when both are, in whatever order", async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ] as const) {
    const gates = [makeGate(), makeGate()] as const;
    const wait = both(gates[0].opened, gates[1].opened) as Promise<void>;
    gates[order[0]].open();
    expect(await outcomeOf(wait)).toBe("pending");
    gates[order[1]].open();
    expect(await outcomeOf(wait)).toBe("resolved");
  }
});

test("a failure is told when both are over, and that of the first if both fail", async () => {
  const [one, other] = [new Error("one"), new Error("other")];
  await expect(both(Promise.reject(one), Promise.reject(other))).rejects.toBe(one);
  await expect(both(Promise.resolve(), Promise.reject(other))).rejects.toBe(other);
  const gate = makeGate();
  const wait = both(Promise.reject(one), gate.opened) as Promise<void>;
  expect(await outcomeOf(wait)).toBe("pending");
  gate.open();
  expect(await outcomeOf(wait)).toBe(one);
});
