import { describe, expect, test } from "vitest";
import type { SourceId } from "../../epgm/channel.ts";
import { Intake } from "./intake.ts";

// Two sources of one process, and one of another.
const [old, young, stranger] = ["706c00000001.10", "706c00000001.11", "706c00000002.10"] as const;

/** An intake, and what it does. */
class Desk {
  readonly delivered: string[] = [];
  readonly overflowed: string[] = [];
  gaps = 0;
  open: SourceId[] = [];
  /** What the next delivery has to wait for. */
  wait: Promise<void> | undefined;
  readonly intake = new Intake<string>({
    deliver: (message) => {
      this.delivered.push(message);
      return this.wait;
    },
    overflowed: (message) => this.overflowed.push(message),
    gap: () => {
      this.gaps += 1;
    },
    openSources: () => this.open,
  });

  arrive(source: SourceId, ...messages: readonly string[]): void {
    if (!this.open.includes(source)) this.open.push(source);
    for (const message of messages) this.intake.arrive(source, message, 0);
  }

  finish(source: SourceId): void {
    this.open = this.open.filter((each) => each !== source);
    this.intake.finish(source);
  }
}

describe("a sender that moves to another address", () => {
  test("what comes there waits for the end of what it sent before", () => {
    const desk = new Desk();
    desk.arrive(old, "1");
    desk.arrive(young, "3");
    desk.arrive(old, "2");
    expect(desk.delivered).toEqual(["1", "2"]);
    desk.finish(old);
    expect(desk.delivered).toEqual(["1", "2", "3"]);
    desk.arrive(young, "4");
    expect(desk.delivered).toEqual(["1", "2", "3", "4"]);
    expect(desk.gaps).toBe(0);
  });

  test("but no longer than 2 s, and then something may be missing", () => {
    const desk = new Desk();
    desk.arrive(old, "1");
    desk.arrive(young, "3");
    expect(desk.intake.deadlineMs).toBe(2_000);
    desk.intake.wake(1_999);
    expect(desk.delivered).toEqual(["1"]);
    desk.intake.wake(2_000);
    expect(desk.delivered).toEqual(["1", "3"]);
    expect(desk.gaps).toBe(1);
    expect(desk.intake.deadlineMs).toBeUndefined();
  });

  test("it does so too where nothing of what was before has come yet", () => {
    const desk = new Desk();
    desk.open = [old];
    desk.arrive(young, "2");
    desk.arrive(old, "1");
    expect(desk.delivered).toEqual(["1"]);
    desk.finish(old);
    expect(desk.delivered).toEqual(["1", "2"]);
  });

  test("nobody waits for what another process sends, nor for a source of another type", () => {
    const desk = new Desk();
    desk.arrive(stranger, "a");
    desk.open.push(old);
    desk.intake.passOver(old);
    desk.arrive(young, "1");
    expect(desk.delivered).toEqual(["a", "1"]);
    expect(desk.intake.isForeign(old)).toBe(true);
    expect(desk.intake.isForeign(young)).toBe(false);
  });
});

describe("a reactant whose queue is full", () => {
  test("what comes meanwhile is delivered one by one, in its order", async () => {
    const desk = new Desk();
    let free = (): void => {};
    const isFree = new Promise<void>((resolve) => {
      free = resolve;
    });
    desk.wait = isFree;
    desk.arrive(old, "1", "2", "3");
    expect(desk.delivered).toEqual(["1"]);
    expect(desk.intake.depth).toBe(2);
    desk.wait = undefined;
    free();
    await isFree;
    await Promise.resolve();
    expect(desk.delivered).toEqual(["1", "2", "3"]);
    expect(desk.intake.depth).toBe(0);
  });

  test("a thousand messages wait, and what comes after is told; at the close the rest", () => {
    const desk = new Desk();
    desk.wait = new Promise(() => {});
    const messages = Array.from({ length: 1_003 }, (_, index) => String(index));
    desk.arrive(old, ...messages);
    expect(desk.overflowed).toEqual(["1001", "1002"]);
    expect(desk.intake.close()).toBe(1_000);
    desk.arrive(old, "late");
    expect(desk.delivered).toEqual(["0"]);
  });
});

test("one that has gone is forgotten when somebody new comes", () => {
  const desk = new Desk();
  desk.arrive(old, "1");
  desk.intake.passOver(stranger);
  desk.open = [];
  desk.arrive("706c00000003.10", "2");
  expect(desk.intake.isForeign(stranger)).toBe(false);
  // Its next source is nobody's successor.
  desk.arrive(young, "3");
  expect(desk.delivered).toEqual(["1", "2", "3"]);
});
