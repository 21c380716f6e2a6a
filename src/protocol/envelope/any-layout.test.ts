import fc from "fast-check";
import { expect, test } from "vitest";
import { type LayoutPlan, layOut, layoutPlans } from "../../../test/envelope/random-layout.ts";
import { PeerError } from "../../errors.ts";
import { Span } from "../span.ts";
import { readAnyLayout } from "./any-layout.ts";
import { noFields } from "./fields.ts";

function read(bytes: Uint8Array) {
  const fields = noFields();
  readAnyLayout(Span.of(bytes), fields);
  const { topic, payload, labelled, originHigh, originLow, sequence, hops } = fields;
  return {
    topic: topic.bytes.slice(),
    payload: payload.slice(),
    id: { labelled, originHigh, originLow, sequence, hops },
  };
}

/** The id that the data words of a plan are. */
function idOf([origin = 0n, sequence = 0n, hops = 0n]: readonly bigint[]) {
  if (origin === 0n) {
    return { labelled: false, originHigh: 0, originLow: 0, sequence: 0, hops: 0 };
  }
  return {
    labelled: true,
    originHigh: Number(BigInt.asIntN(32, origin >> 32n)),
    originLow: Number(BigInt.asIntN(32, origin)),
    sequence: Number(sequence),
    hops: Number(BigInt.asUintN(8, hops)),
  };
}

test("a message says the same however it is laid out", () => {
  fc.assert(
    fc.property(layoutPlans, (plan) => {
      const { topic, payload, data } = plan;
      expect(read(layOut(plan))).toEqual({ topic, payload, id: idOf(data) });
    }),
    { numRuns: 1_000 },
  );
});

const here = { segment: 0, pointer: "near", padSegment: 0, gap: 0 } as const;
const plain: LayoutPlan = {
  topic: Uint8Array.of(0x61),
  payload: Uint8Array.of(1),
  data: [],
  extraPointers: [],
  segmentCount: 1,
  struct: here,
  topicText: here,
  payloadData: here,
  order: ["struct", "payloadData", "topicText"],
};

test("all 64 bits of the origin arrive", () => {
  const { id } = read(layOut({ ...plain, data: [0xffff_fffe_8000_0001n, 9n] }));
  expect(id).toEqual({
    labelled: true,
    originHigh: -2,
    originLow: 0x8000_0001 | 0,
    sequence: 9,
    hops: 0,
  });
});

test("a sequence is at most 2^53-1, unless there is no origin to count from", () => {
  const highest = 2n ** 53n - 1n;
  expect(read(layOut({ ...plain, data: [1n, highest] })).id.sequence).toBe(Number(highest));
  expect(() => read(layOut({ ...plain, data: [1n, highest + 1n] }))).toThrow(PeerError);
  expect(read(layOut({ ...plain, data: [0n, highest + 1n] })).id.sequence).toBe(0);
});

test("an empty topic is refused, an empty payload is not", () => {
  expect(() => read(layOut({ ...plain, topic: new Uint8Array() }))).toThrow("without a topic");
  expect(read(layOut({ ...plain, payload: new Uint8Array() })).payload).toEqual(new Uint8Array());
});
