import fc from "fast-check";
import { expect, test } from "vitest";
import { EventQueue } from "./event-queue.ts";

test("what is due first comes first, and of what is due together what was pushed first", () => {
  const operations = fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { maxLength: 100 });
  fc.assert(
    fc.property(operations, (pushedTimes) => {
      const queue = new EventQueue<string, number>();
      const expected: { atMs: number; serial: number }[] = [];
      for (const [serial, atMs] of pushedTimes.entries()) {
        if (atMs !== null) {
          queue.push(atMs, "target", serial);
          expected.push({ atMs, serial });
          expected.sort((left, right) => left.atMs - right.atMs || left.serial - right.serial);
        } else {
          const next = expected.shift();
          expect(queue.nextAtMs).toBe(next?.atMs ?? Number.POSITIVE_INFINITY);
          expect(queue.take()).toBe(next !== undefined);
          if (next !== undefined) expect(queue.payload).toBe(next.serial);
        }
        expect(queue.count).toBe(expected.length);
      }
    }),
  );
});
