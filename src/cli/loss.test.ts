import { type Counts, InprocGanglion, type Stats } from "plexo";
import { describe, expect, test } from "vitest";
import { describeLoss } from "./loss.ts";

const topic = "a.B.json";

function stats(dropped: Counts["dropped"], ofTopic: Partial<Counts> = {}): Stats {
  const nothing = new InprocGanglion().stats();
  return { ...nothing, dropped, topics: { [topic]: { ...nothing, ...ofTopic } } };
}

describe("describeLoss", () => {
  test("the messages of all transports are added up, with the reasons", () => {
    const all = [stats({ closed: 2, unclaimed: 7 }), stats({ closed: 1, aborted: 1 })];
    expect(describeLoss(all, topic)).toBe(
      "messages that were not handed over: 4 (1 aborted, 3 closed)",
    );
  });

  test("what arrived and was dropped is no loss of what was sent", () => {
    const arrived = { received: 2, dropped: { unclaimed: 2 } };
    const all = [stats({ unclaimed: 2, malformed: 1, duplicate: 1 }, arrived)];
    expect(describeLoss(all, topic)).toBeUndefined();
    expect(describeLoss([], topic)).toBeUndefined();
  });

  test("what was published when nobody had asked for it is", () => {
    const published = { received: 1, dropped: { unclaimed: 4 } };
    expect(describeLoss([stats({ unclaimed: 4 }, published)], topic)).toBe(
      "messages that were not handed over: 3 (3 unclaimed)",
    );
  });
});
