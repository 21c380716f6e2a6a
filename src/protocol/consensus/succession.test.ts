import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StreamSuccession } from "./succession.ts";

const sender = 7n;
const [a, b, c] = [1, 2, 3] as const;

function receiver() {
  const got: (string | number)[] = [];
  const streams = new StreamSuccession<string | number>({
    deliver: (_, message) => got.push(message),
    gap: () => got.push("gap"),
  });
  return { got, streams };
}

describe("G5: a stream follows the one it continues", () => {
  test("R10: what comes on the new address is held back until the old stream is finished", () => {
    const { got, streams } = receiver();
    streams.begin(sender, a, undefined, 0);
    streams.arrive(sender, a, "a1");
    streams.begin(sender, b, a, 0);
    streams.arrive(sender, b, "b1");
    streams.arrive(sender, a, "a2");
    expect(got).toEqual(["a1", "a2"]);
    streams.finish(sender, a);
    streams.arrive(sender, b, "b2");
    expect(got).toEqual(["a1", "a2", "b1", "b2"]);
    expect(streams.deadlineMs).toBeUndefined();
  });

  test("R10: of an old stream that does not finish no more is waited for than 2 s, then there is a gap", () => {
    const { got, streams } = receiver();
    streams.begin(sender, a, undefined, 0);
    streams.begin(sender, b, a, 100);
    streams.arrive(sender, b, "b1");
    expect(streams.deadlineMs).toBe(2_100);
    streams.wake(2_099);
    expect(got).toEqual([]);
    streams.wake(2_100);
    expect(got).toEqual(["gap", "b1"]);
    expect(streams.deadlineMs).toBeUndefined();
  });

  test("what comes of an old stream after it was given up is a gap: newer messages were handed on", () => {
    const { got, streams } = receiver();
    streams.begin(sender, a, undefined, 0);
    streams.begin(sender, b, a, 0);
    streams.arrive(sender, b, "b1");
    streams.wake(2_000);
    streams.arrive(sender, a, "a1");
    streams.finish(sender, a);
    streams.arrive(sender, b, "b2");
    expect(got).toEqual(["gap", "b1", "gap", "b2"]);
  });

  test("a stream that is given up goes after the one it waits for, though that began to wait later", () => {
    const { got, streams } = receiver();
    streams.begin(sender, c, b, 0);
    streams.arrive(sender, c, "c1");
    streams.begin(sender, b, a, 240);
    streams.arrive(sender, b, "b1");
    streams.wake(2_000);
    expect(got).toEqual(["gap", "b1", "gap", "c1"]);
  });

  test("R10: two moves in a row, the second of which arrives first", () => {
    const { got, streams } = receiver();
    streams.begin(sender, a, undefined, 0);
    streams.begin(sender, b, a, 0);
    streams.begin(sender, c, b, 0);
    streams.arrive(sender, c, "c1");
    streams.finish(sender, b);
    streams.arrive(sender, a, "a1");
    expect(got).toEqual(["a1"]);
    streams.finish(sender, a);
    expect(got).toEqual(["a1", "c1"]);
  });

  test("one sender's move holds up nobody else", () => {
    const { got, streams } = receiver();
    streams.begin(sender, b, a, 0);
    streams.arrive(8n, b, "other");
    expect(got).toEqual(["other"]);
  });

  test("a beginning that is told again changes nothing", () => {
    const { got, streams } = receiver();
    streams.begin(sender, a, undefined, 0);
    streams.begin(sender, b, a, 0);
    streams.arrive(sender, b, "b1");
    streams.begin(sender, b, a, 1_000);
    streams.arrive(sender, b, "b2");
    expect(streams.deadlineMs).toBe(2_000);
    streams.finish(sender, a);
    streams.begin(sender, b, a, 1_500);
    streams.arrive(sender, b, "b3");
    expect(got).toEqual(["b1", "b2", "b3"]);
    streams.wake(9_000);
    expect(got).toEqual(["b1", "b2", "b3"]);
  });

  test("L2: more than 65,536 messages are not held back; those of the streams before go first", () => {
    const { got, streams } = receiver();
    streams.begin(sender, a, undefined, 0);
    streams.begin(sender, b, a, 0);
    streams.begin(sender, c, b, 0);
    streams.arrive(sender, b, "b1");
    for (let index = 0; index < 65_537; index += 1) streams.arrive(sender, c, index);
    expect(got.slice(0, 5)).toEqual(["gap", "b1", "gap", 0, 1]);
    expect(got).toHaveLength(65_540);
  });

  test("L2: streams that are finished take no room", () => {
    const { streams } = receiver();
    streams.begin(sender, 0, undefined, 0);
    for (let id = 1; id < 1_000; id += 1) {
      streams.begin(sender, id, id - 1, 0);
      streams.finish(sender, id - 1);
    }
    expect(streams.streamCount(sender)).toBeLessThanOrEqual(2);
  });

  test("what a sender that is gone has left is handed on", () => {
    const { got, streams } = receiver();
    streams.begin(sender, b, a, 0);
    streams.begin(sender, c, b, 0);
    streams.arrive(sender, c, "c1");
    streams.arrive(sender, b, "b1");
    streams.forget(sender);
    expect(got).toEqual(["gap", "b1", "gap", "c1"]);
    expect([streams.deadlineMs, streams.streamCount(sender)]).toEqual([undefined, 0]);
  });
});

test("G5: whatever comes first of several streams, all is delivered once and in order", () => {
  // Each stream arrives in order; how the streams mix is chance.
  const streamOf = (address: number, count: number) => [
    ...Array.from({ length: count }, (_, index) => ({ address, message: address * 100 + index })),
    { address, message: undefined },
  ];
  const runs = fc
    .array(fc.nat(5), { minLength: 1, maxLength: 6 })
    .chain((counts) =>
      fc.tuple(
        fc.constant(counts),
        fc.array(fc.nat(counts.length - 1), { minLength: 60, maxLength: 60 }),
      ),
    );
  fc.assert(
    fc.property(runs, ([counts, turns]) => {
      const { got, streams } = receiver();
      const pending = counts.map((count, address) => streamOf(address, count));
      const sent = pending.flat().flatMap(({ message }) => message ?? []);
      for (const [address] of counts.entries()) {
        streams.begin(sender, address, address === 0 ? undefined : address - 1, 0);
      }
      const order = [...turns, ...counts.flatMap((_, address) => Array<number>(6).fill(address))];
      for (const turn of order) {
        const next = pending[turn]?.shift();
        if (next === undefined) continue;
        if (next.message === undefined) streams.finish(sender, next.address);
        else streams.arrive(sender, next.address, next.message);
      }
      expect(got).toEqual(sent);
      expect(streams.deadlineMs).toBeUndefined();
    }),
  );
});
