import { describe, expect, test } from "vitest";
import { Pulse } from "./pulse.ts";

const middle = (): number => 0.5;

describe("R2: when heartbeats are due", () => {
  test("R2: hello at 0, 40 and 100 ms", () => {
    const pulse = new Pulse(1_000, middle);
    pulse.start(500);
    const hellosMs: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      const dueMs = pulse.deadlineMs;
      if (pulse.sent(dueMs, 1)) hellosMs.push(dueMs);
    }
    expect(hellosMs).toEqual([500, 540, 600]);
  });

  test("one who wakes late says hello once for all that it has missed", () => {
    const pulse = new Pulse(1_000, middle);
    pulse.start(0);
    expect(pulse.sent(0, 1)).toBe(true);
    expect(pulse.sent(5_000, 1)).toBe(true);
    expect(pulse.deadlineMs).toBeGreaterThan(5_000);
  });

  test("then once an interval, a tenth of it early on average", () => {
    const pulse = new Pulse(1_000, middle);
    pulse.sent(0, 1);
    expect(pulse.deadlineMs).toBe(900);
  });

  test("who has something to say does so at once, but keeps 20 ms to the last", () => {
    const pulse = new Pulse(1_000, middle);
    pulse.sent(0, 1);
    pulse.hurry(5);
    expect(pulse.deadlineMs).toBe(20);
    pulse.sent(20, 1);
    pulse.hurry(300, 30);
    expect(pulse.deadlineMs).toBe(315);
    pulse.hurry(300);
    expect(pulse.deadlineMs).toBe(300);
  });

  test("L2: over 100 nodes send 100 heartbeats a second together, however many they are", () => {
    const pulse = new Pulse(1_000, middle);
    expect([1, 100, 101, 1_000].map((count) => pulse.intervalMs(count))).toEqual([
      1_000, 1_000, 1_010, 10_000,
    ]);
  });
});
