/** Waiting for something to happen, without knowing how long it takes. */
import assert from "node:assert/strict";
import { systemClock } from "../io/clock.ts";

// Far longer than anything here takes, so that only what never happens runs into it.
const patienceMs = 10_000;

/**
 * Resolves when `condition` holds; looks once every turn of the event loop.
 * @throws {AssertionError} (rejects) naming `what` if it does not hold within 10 s.
 */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadlineMs = systemClock.nowMs() + patienceMs;
  while (!condition()) {
    assert.ok(systemClock.nowMs() < deadlineMs, `waited ${patienceMs} ms in vain until ${what}`);
    await turn();
  }
}

/** One turn of the event loop: sockets and timers that are due have had their say. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    systemClock.startTimer(0, resolve);
  });
}
