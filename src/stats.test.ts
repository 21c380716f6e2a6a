import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DropReason } from "./incident.ts";
import { Counters, type Counts, countBy, sumOf, totalOf } from "./stats.ts";

const numericNames = [
  "sent",
  "bytesSent",
  "received",
  "bytesReceived",
  "delivered",
  "failed",
  "encodeErrors",
  "decodeErrors",
  "late",
] as const;

describe("Counters", () => {
  test("begin at nothing, with no reason for a drop", () => {
    expect(new Counters().snapshot()).toEqual({
      ...Object.fromEntries(numericNames.map((name) => [name, 0])),
      dropped: {},
      queueDepth: 0,
    });
  });

  test("a snapshot stays as it is while counting goes on", () => {
    const counters = new Counters();
    counters.sent += 1;
    counters.drop("unclaimed", 2);
    const before = counters.snapshot();
    counters.sent += 1;
    counters.drop("unclaimed", 3);
    counters.drop("late", 1);
    expect(before).toMatchObject({ sent: 1, dropped: { unclaimed: 2 } });
    expect(before.dropped).not.toHaveProperty("late");
    expect(counters.snapshot()).toMatchObject({ sent: 2, dropped: { unclaimed: 5, late: 1 } });
  });
});

describe("totalOf", () => {
  const reasons = fc.constantFrom<DropReason>("queue-full", "timed-out", "unclaimed", "late");
  const counts: fc.Arbitrary<Counts> = fc
    .tuple(
      fc.array(fc.nat(1_000), { minLength: numericNames.length, maxLength: numericNames.length }),
      fc.dictionary(reasons, fc.integer({ min: 1, max: 1_000 })),
      fc.nat(1_000),
    )
    .map(([numbers, dropped, queueDepth]) => {
      const counters = new Counters();
      for (const [index, name] of numericNames.entries()) counters[name] = numbers[index] ?? 0;
      // The dictionary's keys are reasons, which its type has forgotten.
      for (const [reason, count] of Object.entries(dropped)) {
        counters.drop(reason as DropReason, count);
      }
      counters.queueDepth = queueDepth;
      return counters.snapshot();
    });

  test("each count is the sum over the topics and of what has none", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), counts), counts, (topics, others) => {
        const all = [...Object.values(topics), others];
        const total = totalOf(topics, others);
        for (const name of [...numericNames, "queueDepth"] as const) {
          expect(total[name]).toBe(all.reduce((sum, each) => sum + each[name], 0));
        }
        for (const reason of ["queue-full", "timed-out", "unclaimed", "late"] as const) {
          expect(total.dropped[reason] ?? 0).toBe(
            all.reduce((sum, each) => sum + (each.dropped[reason] ?? 0), 0),
          );
        }
        expect(total.topics).toBe(topics);
      }),
    );
  });

  test("leaves what it sums up as it was", () => {
    const counters = new Counters();
    counters.drop("late", 1);
    const [topic, others] = [counters.snapshot(), counters.snapshot()];
    totalOf({ topic }, others);
    expect(topic.dropped).toEqual({ late: 1 });
    expect(others.dropped).toEqual({ late: 1 });
  });
});

test("sumOf adds up the topics that several ganglia have in common, and their totals", () => {
  const one = new Counters();
  one.sent = 1;
  one.drop("late", 1);
  const other = new Counters();
  other.sent = 10;
  other.queueDepth = 4;
  const nothing = new Counters().snapshot();
  const sum = sumOf([
    totalOf({ a: one.snapshot() }, nothing),
    totalOf({ a: other.snapshot(), b: other.snapshot() }, one.snapshot()),
  ]);
  expect(sum).toMatchObject({ sent: 22, dropped: { late: 2 }, queueDepth: 8 });
  expect(sum.topics).toMatchObject({
    a: { sent: 11, dropped: { late: 1 }, queueDepth: 4 },
    b: { sent: 10, dropped: {}, queueDepth: 4 },
  });
});

test("countBy counts the items of each key", () => {
  expect([...countBy(["a", "bb", "c", "dd", "eee"], (text) => text.length)]).toEqual([
    [1, 2],
    [2, 2],
    [3, 1],
  ]);
  expect([...countBy([], () => 0)]).toEqual([]);
});
