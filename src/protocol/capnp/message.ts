/**
 * The segments of an unpacked Cap'n Proto message, and the pointers in them.
 *
 * Source: Cap'n Proto, "Encoding Spec" (capnproto.org/encoding.html).
 */
import { type ErrorDetails, PeerError } from "../../errors.ts";
import { uint32At, wordCountOf } from "./bytes.ts";

export interface CapnpMessage {
  readonly bytes: Uint8Array;
  /** The first has at least one word: the pointer to the root. */
  readonly segments: readonly [Segment, ...Segment[]];
}

export interface Segment {
  /** Index of its first byte in the bytes of the message. */
  readonly start: number;
  readonly wordCount: number;
}

/** What a pointer says of an object. Nothing of it has been checked. */
export interface PointerTarget {
  /** One of `pointerKind`, or 3, which means something only in an RPC. */
  readonly kind: number;
  readonly segment: Segment;
  /** Where in the segment the object begins; may lie outside of it. */
  readonly wordIndex: number;
  /** The pointer's upper half, unsigned: the object's size, in a way that depends on the kind. */
  readonly size: number;
}

/** What the lowest two bits of a pointer say. */
export const pointerKind = { struct: 0, list: 1, far: 2 } as const;

/** The customary limit. A writer needs a handful, a longer table only makes work. */
const segmentCountMax = 512;

const kindMask = 0b011;
/** In a far pointer: the landing pad has two words, not one. */
const doubleFarBit = 0b100;

/**
 * Finds the segments of the message that `bytes` are, from first to last: a message comes in a
 * frame of its own, so that bytes left over are an error.
 *
 * Source: section Serialization Over a Stream.
 * @throws {PeerError} if the table that `bytes` begin with does not fit them.
 */
export function openCapnpMessage(bytes: Uint8Array): CapnpMessage {
  const segmentCount = bytes.length < 8 ? 1 : uint32At(bytes, 0) + 1;
  if (segmentCount > segmentCountMax) {
    throw malformed(`${segmentCount} segments, at most ${segmentCountMax} taken`, {
      segmentCount,
      segmentCountMax,
    });
  }
  const tableByteCount = wordCountOf(4 + 4 * segmentCount) * 8;
  if (bytes.length < tableByteCount) {
    throw malformed(`${bytes.length} bytes, ${tableByteCount} needed for the segment table`, {
      byteCount: bytes.length,
      tableByteCount,
    });
  }
  const first = { start: tableByteCount, wordCount: uint32At(bytes, 4) };
  if (first.wordCount === 0) {
    throw malformed("the first segment is empty; a pointer to the root must stand there", {
      segmentCount,
    });
  }
  const segments: [Segment, ...Segment[]] = [first];
  let end = first.start + first.wordCount * 8;
  for (let index = 1; index < segmentCount; index++) {
    const wordCount = uint32At(bytes, 4 + 4 * index);
    segments.push({ start: end, wordCount });
    end += wordCount * 8;
  }
  if (end !== bytes.length) {
    throw malformed(`${bytes.length} bytes, but ${end} by its segment table`, {
      byteCount: bytes.length,
      claimedByteCount: end,
    });
  }
  return { bytes, segments };
}

/**
 * What the pointer at `wordIndex`, which is inside `segment`, says; through a far pointer, if it is
 * one. That takes two hops at most, so that no ring of pointers holds us.
 *
 * Source: sections Structs, Lists and Inter-Segment Pointers.
 * @returns undefined for a null pointer.
 * @throws {PeerError} if a far pointer does not lead to a landing pad.
 */
export function followPointer(
  message: CapnpMessage,
  segment: Segment,
  wordIndex: number,
): PointerTarget | undefined {
  const pointer = pointerAt(message, segment, wordIndex);
  if (pointer.place === 0 && pointer.size === 0) return undefined;
  if ((pointer.place & kindMask) === pointerKind.far) return followFar(message, pointer);
  return nearTarget(segment, wordIndex, pointer);
}

/** The error for bytes that are no valid message. */
export function malformed(what: string, details: ErrorDetails = {}): PeerError {
  return new PeerError(`malformed Cap'n Proto message: ${what}`, { details });
}

/** A pointer's two halves, unsigned. */
export interface Pointer {
  readonly place: number;
  readonly size: number;
}

/** The pointer at `wordIndex`, which is inside `segment`. */
export function pointerAt(message: CapnpMessage, segment: Segment, wordIndex: number): Pointer {
  const offset = segment.start + wordIndex * 8;
  return { place: uint32At(message.bytes, offset), size: uint32At(message.bytes, offset + 4) };
}

/**
 * A landing pad of one word is a pointer to something in its own segment. One of two words is a far
 * pointer to the object itself, then a tag: the object's own pointer with an offset of 0.
 */
function followFar(message: CapnpMessage, far: Pointer): PointerTarget {
  const padWordCount = (far.place & doubleFarBit) === 0 ? 1 : 2;
  const padIndex = far.place >>> 3;
  const segment = segmentOf(message, far.size);
  if (padIndex + padWordCount > segment.wordCount) {
    throw malformed(
      `landing pad from word ${padIndex} to ${padIndex + padWordCount}, ` +
        `in a segment that ends at word ${segment.wordCount}`,
      { padIndex, padWordCount, segmentWordCount: segment.wordCount },
    );
  }
  const pad = pointerAt(message, segment, padIndex);
  // Should the pad be far once more, the kind that comes out is one that no caller takes.
  if (padWordCount === 1) return nearTarget(segment, padIndex, pad);
  const tag = pointerAt(message, segment, padIndex + 1);
  if ((pad.place & (kindMask | doubleFarBit)) !== pointerKind.far || tag.place >>> 2 !== 0) {
    throw malformed("landing pad of two words that are not a far pointer and a tag", {
      pad: pad.place,
      tag: tag.place,
    });
  }
  return {
    kind: tag.place & kindMask,
    segment: segmentOf(message, pad.size),
    wordIndex: pad.place >>> 3,
    size: tag.size,
  };
}

function nearTarget(segment: Segment, wordIndex: number, pointer: Pointer): PointerTarget {
  return {
    kind: pointer.place & kindMask,
    segment,
    wordIndex: wordIndex + 1 + (pointer.place >> 2), // the offset is signed
    size: pointer.size,
  };
}

function segmentOf(message: CapnpMessage, segmentId: number): Segment {
  const segment = message.segments[segmentId];
  if (segment === undefined) {
    throw malformed(`pointer into segment ${segmentId} of ${message.segments.length}`, {
      segmentId,
      segmentCount: message.segments.length,
    });
  }
  return segment;
}
