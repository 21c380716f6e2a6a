import { describe, expect, test, vi } from "vitest";
import { outcomeOf } from "../../test/support/notebook.ts";
import { Readiness } from "./readiness.ts";

describe("Readiness", () => {
  test("resolves at once where everything is ready, and else when it is", async () => {
    const readiness = new Readiness();
    let isReady = true;
    await readiness.wait(() => isReady, undefined);
    isReady = false;
    const waiting = readiness.wait(() => isReady, undefined);
    readiness.changed();
    expect(await outcomeOf(waiting)).toBe("pending");
    isReady = true;
    expect(await outcomeOf(waiting)).toBe("pending");
    readiness.changed();
    expect(await outcomeOf(waiting)).toBe("resolved");
  });

  test("asks nobody again who has been answered", async () => {
    const readiness = new Readiness();
    const isReady = vi.fn(() => false);
    const waiting = readiness.wait(isReady, undefined);
    isReady.mockReturnValue(true);
    readiness.changed();
    await waiting;
    readiness.changed();
    expect(isReady).toHaveBeenCalledTimes(2);
  });

  test("rejects those whose question fails, and them only", async () => {
    const readiness = new Readiness();
    const cause = new Error("cannot be known");
    let fails = false;
    const failing = readiness.wait(() => {
      if (fails) throw cause;
      return false;
    }, undefined);
    const other = readiness.wait(() => fails, undefined);
    fails = true;
    readiness.changed();
    expect(await outcomeOf(failing)).toBe(cause);
    expect(await outcomeOf(other)).toBe("resolved");
  });

  test("ends by a signal, and leaves no listener on it whatever the end", async () => {
    const readiness = new Readiness();
    const why = new Error("changed my mind");
    await expect(readiness.wait(() => true, AbortSignal.abort(why))).rejects.toBe(why);
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, "addEventListener");
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    let isReady = false;
    const answered = readiness.wait(() => isReady, controller.signal);
    isReady = true;
    readiness.changed();
    await answered;
    isReady = false;
    const aborted = readiness.wait(() => isReady, controller.signal);
    controller.abort(why);
    await expect(aborted).rejects.toBe(why);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});
