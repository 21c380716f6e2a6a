import { describe, expect, test, vi } from "vitest";
import { microtasks, outcomeOf } from "../test/support/notebook.ts";
import { Registration } from "./subscription.ts";

describe("a subscription", () => {
  test("ends once, by whatever way", () => {
    for (const end of [
      (registration: Registration) => registration.unsubscribe(),
      (registration: Registration) => registration[Symbol.dispose](),
    ]) {
      const undo = vi.fn();
      const registration = new Registration(undo);
      expect(undo).not.toHaveBeenCalled();
      end(registration);
      end(registration);
      expect(undo).toHaveBeenCalledTimes(1);
    }
  });

  test("ends by its signal, and takes its listener off it when it ends otherwise", () => {
    const undo = vi.fn();
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const byHand = new Registration(undo);
    byHand.endBy(controller.signal);
    byHand.unsubscribe();
    expect(removed).toHaveBeenCalledTimes(1);
    const bySignal = new Registration(undo);
    bySignal.endBy(controller.signal);
    controller.abort();
    expect(undo).toHaveBeenCalledTimes(2);
    const tooLate = new Registration(undo);
    tooLate.endBy(controller.signal);
    expect(undo).toHaveBeenCalledTimes(3);
  });

  test("says when it has ended, before and after", async () => {
    const registration = new Registration(() => {});
    const ended = registration.ended;
    expect(await outcomeOf(ended)).toBe("pending");
    registration.unsubscribe();
    expect(await outcomeOf(ended)).toBe("resolved");
    expect(registration.ended).toBe(ended);
    const other = new Registration(() => {});
    other.unsubscribe();
    expect(await outcomeOf(other.ended)).toBe("resolved");
  });

  test("whose readiness nobody awaits is no unhandled rejection when it fails", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const never = (): Promise<void> => Promise.reject(new Error("never"));
    const registration = new Registration(() => {}, never);
    const { ready } = registration;
    await microtasks();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    await expect(ready).rejects.toThrow("never");
    expect(registration.ready).toBe(ready);
  });

  test("is ready at once where nothing was said", async () => {
    await expect(new Registration(() => {}).ready).resolves.toBeUndefined();
  });

  test("ends with the block of a `using`", () => {
    const undo = vi.fn();
    {
      using subscription = new Registration(undo);
      expect(subscription.ready).toBeInstanceOf(Promise);
      expect(undo).not.toHaveBeenCalled();
    }
    expect(undo).toHaveBeenCalledTimes(1);
  });
});
