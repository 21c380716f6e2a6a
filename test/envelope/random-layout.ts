/** Envelopes in all the layouts that Cap'n Proto allows, made at random. */
import fc from "fast-check";

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

interface Place {
  readonly segment: number;
  /** How its pointer goes there, if it can: a near one must stay in its segment. */
  readonly pointer: "near" | "far" | "double far";
  /** Where the landing pad of a double far pointer is. */
  readonly padSegment: number;
  /** Words of rubbish before it. */
  readonly gap: number;
}

const places: fc.Arbitrary<Place> = fc.record({
  segment: fc.nat(3),
  pointer: fc.constantFrom("near", "far", "double far"),
  padSegment: fc.nat(3),
  gap: fc.nat(2),
});

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

interface Spot {
  readonly segment: number;
  readonly word: number;
}

function allocate(segments: bigint[][], segmentWanted: number, words: readonly bigint[]): Spot {
  const segment = segmentWanted % segments.length;
  const stored = segments[segment] ?? [];
  stored.push(...words);
  return { segment, word: stored.length - words.length };
}

function link(
  segments: bigint[][],
  from: Spot,
  to: Spot,
  { kind, size, place }: { readonly kind: bigint; readonly size: bigint; readonly place: Place },
): void {
  const nearPointer = (at: Spot) =>
    (size << 32n) | BigInt.asUintN(32, (BigInt(to.word - at.word - 1) << 2n) | kind);
  if (place.pointer === "near" && from.segment === to.segment) {
    store(segments, from, nearPointer(from));
  } else if (place.pointer === "double far") {
    const pad = allocate(segments, place.padSegment, [farPointer(to, 0n), (size << 32n) | kind]);
    store(segments, from, farPointer(pad, 1n));
  } else {
    const pad = allocate(segments, to.segment, [0n]);
    store(segments, pad, nearPointer(pad));
    store(segments, from, farPointer(pad, 0n));
  }
}

function farPointer(to: Spot, double: bigint): bigint {
  return (BigInt(to.segment) << 32n) | (BigInt(to.word) << 3n) | (double << 2n) | 2n;
}

function store(segments: bigint[][], at: Spot, word: bigint): void {
  const segment = segments[at.segment];
  if (segment !== undefined) segment[at.word] = word;
}

function wordsOf(bytes: Uint8Array): bigint[] {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  return Array.from({ length: padded.length / 8 }, (_, index) =>
    view.getBigUint64(index * 8, true),
  );
}

function framed(segments: readonly bigint[][]): Uint8Array {
  const tableByteCount = Math.ceil((4 + 4 * segments.length) / 8) * 8;
  const words = segments.flat();
  const bytes = new Uint8Array(tableByteCount + words.length * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, segments.length - 1, true);
  for (const [index, segment] of segments.entries()) {
    view.setUint32(4 + 4 * index, segment.length, true);
  }
  for (const [index, word] of words.entries()) {
    view.setBigUint64(tableByteCount + index * 8, word, true);
  }
  return bytes;
}
