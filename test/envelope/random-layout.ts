/** Envelopes in all the layouts that Cap'n Proto allows, made at random. */
import fc from "fast-check";
import { allocate, framed, link, type Place, places, wordsOf } from "../capnp/segments.ts";

const utf8 = new TextEncoder();

/** One message and how to lay it out. */
export interface LayoutPlan {
  readonly topic: Uint8Array;
  readonly payload: Uint8Array;
  /** Words of the data section. Ours has three, an older or newer writer's fewer or more. */
  readonly data: readonly bigint[];
  /** Pointers that only a newer writer knows, rubbish to us. */
  readonly extraPointers: readonly bigint[];
  readonly segmentCount: number;
  readonly struct: Place;
  readonly topicText: Place;
  readonly payloadData: Place;
  /** In which of these orders the three are stored. */
  readonly order: readonly ("struct" | "topicText" | "payloadData")[];
}

export const layoutPlans: fc.Arbitrary<LayoutPlan> = fc.record({
  topic: fc
    .string({ minLength: 1, maxLength: 20, unit: "grapheme" })
    .map((text) => utf8.encode(text)),
  payload: fc.uint8Array({ maxLength: 40 }),
  data: fc.array(fc.bigInt(0n, 2n ** 53n - 1n), { maxLength: 5 }),
  extraPointers: fc.array(fc.bigInt(0n, 2n ** 64n - 1n), { maxLength: 2 }),
  segmentCount: fc.integer({ min: 1, max: 4 }),
  struct: places,
  topicText: places,
  payloadData: places,
  order: fc.shuffledSubarray(["struct", "topicText", "payloadData"], { minLength: 3 }),
});

/** The bytes of the message that `plan` says. */
export function layOut(plan: LayoutPlan): Uint8Array {
  const segments: bigint[][] = Array.from({ length: plan.segmentCount }, () => []);
  const root = allocate(segments, 0, [0n]);
  const contents = {
    struct: [...plan.data, 0n, 0n, ...plan.extraPointers],
    topicText: wordsOf(Uint8Array.of(...plan.topic, 0)),
    payloadData: wordsOf(plan.payload),
  };
  const starts = { struct: root, topicText: root, payloadData: root };
  for (const part of plan.order) {
    const { segment, gap } = plan[part];
    allocate(segments, segment, Array<bigint>(gap).fill(0xdead_beef_dead_beefn));
    starts[part] = allocate(segments, segment, contents[part]);
  }
  const structSize = BigInt(plan.data.length) | (BigInt(2 + plan.extraPointers.length) << 16n);
  link(segments, root, starts.struct, { kind: 0n, size: structSize, place: plan.struct });
  const topicPointer = {
    segment: starts.struct.segment,
    word: starts.struct.word + plan.data.length,
  };
  link(segments, topicPointer, starts.topicText, {
    kind: 1n,
    size: (BigInt(plan.topic.length + 1) << 3n) | 2n,
    place: plan.topicText,
  });
  link(segments, { ...topicPointer, word: topicPointer.word + 1 }, starts.payloadData, {
    kind: 1n,
    size: (BigInt(plan.payload.length) << 3n) | 2n,
    place: plan.payloadData,
  });
  return framed(segments);
}
