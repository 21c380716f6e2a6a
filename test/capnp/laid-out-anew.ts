/** Any message of one segment, as our writer makes them, laid out anew. */
import fc from "fast-check";
import { allocate, framed, link, type Place, places, type Spot } from "./segments.ts";

/** How many segments there are, and where the objects go: one after the other, round and round. */
export interface Relayout {
  readonly segmentCount: number;
  readonly places: readonly Place[];
}

export const relayouts: fc.Arbitrary<Relayout> = fc.record({
  segmentCount: fc.integer({ min: 1, max: 4 }),
  places: fc.array(places, { minLength: 1, maxLength: 8 }),
});

/**
 * The same message with its objects in other places. Pointers say what they lead to, so no schema is
 * needed.
 */
export function laidOutAnew(bytes: Uint8Array, relayout: Relayout): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const source = Array.from({ length: bytes.length / 8 - 1 }, (_, index) =>
    view.getBigUint64(8 + index * 8, true),
  );
  const segments: bigint[][] = Array.from({ length: relayout.segmentCount }, () => []);
  const root = allocate(segments, 0, [0n]);
  const nextPlace = roundOf(relayout.places);
  copyTarget({ source, segments, nextPlace }, 0, root);
  return framed(segments);
}

interface Copying {
  readonly source: readonly bigint[];
  readonly segments: bigint[][];
  readonly nextPlace: () => Place;
}

/** Copies what the pointer at word `index` of the source leads to, and links `from` with it. */
function copyTarget(copying: Copying, index: number, from: Spot): void {
  const { source, segments, nextPlace } = copying;
  const pointer = source[index] ?? 0n;
  if (pointer === 0n) return;
  const kind = pointer & 3n;
  const start = index + 1 + Number(BigInt.asIntN(30, (pointer >> 2n) & 0x3fff_ffffn));
  const size = pointer >> 32n;
  const { wordCount, pointerIndexes } = contentOf(source, start, { kind, size });
  const place = nextPlace();
  allocate(segments, place.segment, Array<bigint>(place.gap).fill(0xdead_beef_dead_beefn));
  const to = allocate(segments, place.segment, source.slice(start, start + wordCount));
  link(segments, from, to, { kind, size, place });
  for (const at of pointerIndexes) {
    copyTarget(copying, start + at, { segment: to.segment, word: to.word + at });
  }
}

/** How many words an object takes, and which of them are pointers. */
function contentOf(
  source: readonly bigint[],
  start: number,
  { kind, size }: { readonly kind: bigint; readonly size: bigint },
): { readonly wordCount: number; readonly pointerIndexes: readonly number[] } {
  if (kind === 0n) return structs(1, size, 0);
  const count = Number(size >> 3n);
  switch (size & 7n) {
    case 2n:
      return { wordCount: Math.ceil(count / 8), pointerIndexes: [] };
    case 5n:
      return { wordCount: count, pointerIndexes: [] };
    case 6n:
      return structs(count, 1n << 16n, 0);
    case 7n: {
      const tag = source[start] ?? 0n;
      return structs(Number((tag & 0xffff_ffffn) >> 2n), tag >> 32n, 1);
    }
    default:
      throw new Error(`a list of element size ${size & 7n} is not what our writer makes`);
  }
}

/** @param tagCount How many words stand before them. */
function structs(count: number, size: bigint, tagCount: number) {
  const dataCount = Number(size & 0xffffn);
  const pointerCount = Number(size >> 16n);
  const wordCount = dataCount + pointerCount;
  const pointerIndexes = Array.from({ length: count }, (_, index) =>
    Array.from(
      { length: pointerCount },
      (_pointer, at) => tagCount + index * wordCount + dataCount + at,
    ),
  ).flat();
  return { wordCount: tagCount + count * wordCount, pointerIndexes };
}

function roundOf<T>(values: readonly T[]): () => T {
  let next = 0;
  return () => {
    const value = values[next % values.length];
    if (value === undefined) throw new Error("no values");
    next += 1;
    return value;
  };
}
