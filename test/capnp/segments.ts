/** Cap'n Proto segments word by word, for messages in layouts that our writer has no use for. */
import fc from "fast-check";

/** Where an object is, and how a pointer gets there. */
export interface Place {
  readonly segment: number;
  /** How its pointer goes there, if it can: a near one must stay in its segment. */
  readonly pointer: "near" | "far" | "double far";
  /** Where the landing pad of a double far pointer is. */
  readonly padSegment: number;
  /** Words of rubbish before it. */
  readonly gap: number;
}

export const places: fc.Arbitrary<Place> = fc.record({
  segment: fc.nat(3),
  pointer: fc.constantFrom("near", "far", "double far"),
  padSegment: fc.nat(3),
  gap: fc.nat(2),
});

/** A word in a segment. */
export interface Spot {
  readonly segment: number;
  readonly word: number;
}

/** Adds `words` to a segment. @returns Where the first of them is. */
export function allocate(
  segments: bigint[][],
  segmentWanted: number,
  words: readonly bigint[],
): Spot {
  const segment = segmentWanted % segments.length;
  const stored = segments[segment] ?? [];
  stored.push(...words);
  return { segment, word: stored.length - words.length };
}

/** Writes the pointer at `from` that leads to an object at `to`, with landing pads as its place says. */
export function link(
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

/** `bytes`, with zeros up to a whole word. */
export function wordsOf(bytes: Uint8Array): bigint[] {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  return Array.from({ length: padded.length / 8 }, (_, index) =>
    view.getBigUint64(index * 8, true),
  );
}

/** The message, with its segment table. */
export function framed(segments: readonly bigint[][]): Uint8Array {
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
