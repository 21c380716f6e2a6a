import fc from "fast-check";
import { expect, test } from "vitest";
import { UnsentCount } from "./unsent-count.ts";

test("counts the messages of which something was not taken, however sizes and pace are", () => {
  const steps = fc.array(fc.record({ size: fc.integer({ min: 1, max: 50 }), taken: fc.nat(60) }));
  fc.assert(
    fc.property(steps, (plan) => {
      const count = new UnsentCount();
      const ends: number[] = [];
      let written = 0;
      let pending = 0;
      for (const { size, taken } of plan) {
        written += size;
        pending += size;
        ends.push(written);
        count.wrote(size, pending);
        pending = Math.max(0, pending - taken);
      }
      expect(count.after(pending)).toBe(ends.filter((end) => end > written - pending).length);
    }),
  );
});

test("nothing is unsent when the system has taken all", () => {
  const count = new UnsentCount();
  count.wrote(10, 10);
  expect(count.after(0)).toBe(0);
});
