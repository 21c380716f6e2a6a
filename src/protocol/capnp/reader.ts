/**
 * Reads structs of numbers, text and data out of unpacked Cap'n Proto messages in every valid
 * layout: several segments, far pointers, content in any order, structs older or newer than ours.
 *
 * Work and memory are bounded by the bytes at hand, whatever they claim: the segment table is walked
 * once, a field costs two hops at most, and what comes out are views.
 *
 * Source: Cap'n Proto, "Encoding Spec" (capnproto.org/encoding.html).
 */
import { uint32At, wordCountOf } from "./bytes.ts";
import {
  type CapnpMessage,
  followPointer,
  malformed,
  openCapnpMessage,
  type PointerTarget,
  pointerKind,
  type Segment,
} from "./message.ts";

/** The element size, of eight there are, that bytes have. */
const byteElementSize = 2;

/** A range of the bytes that a message was read from. */
export interface ByteRange {
  readonly start: number;
  /** Index of the byte after the last one. */
  readonly end: number;
}

/**
 * The root struct of the message that `bytes` are, from first to last. A null root is a struct
 * without fields.
 * @throws {PeerError} if the segments do not fit `bytes`, or the root is not a struct inside them.
 */
export function readCapnpRoot(bytes: Uint8Array): CapnpStruct {
  const message = openCapnpMessage(bytes);
  const root = message.segments[0];
  return new CapnpStruct(message, followPointer(message, root, 0) ?? emptyStructIn(root));
}

/**
 * One struct. A field that its writer did not know is read as 0 or undefined; a field that only its
 * writer knows is passed over.
 */
export class CapnpStruct {
  readonly #message: CapnpMessage;
  readonly #segment: Segment;
  /** Where its data section begins in the segment; its pointers follow. */
  readonly #wordIndex: number;
  readonly #dataWordCount: number;
  readonly #pointerCount: number;

  /** @throws {PeerError} if `target` is not a struct inside its segment. */
  constructor(message: CapnpMessage, target: PointerTarget) {
    this.#message = message;
    this.#segment = target.segment;
    this.#wordIndex = target.wordIndex;
    this.#dataWordCount = target.size & 0xffff;
    this.#pointerCount = target.size >>> 16;
    checkKind(target, pointerKind.struct);
    checkInside(target, this.#dataWordCount + this.#pointerCount);
  }

  /** The UInt64 that is word `index` of the data section. */
  uint64(index: number): bigint {
    if (index >= this.#dataWordCount) return 0n;
    const offset = this.#segment.start + (this.#wordIndex + index) * 8;
    const { bytes } = this.#message;
    return (BigInt(uint32At(bytes, offset + 4)) << 32n) | BigInt(uint32At(bytes, offset));
  }

  /**
   * Where the bytes of the Text at pointer `index` stand, without the NUL that ends them. Whether
   * they are UTF-8 has not been checked.
   * @returns undefined if it is null, which differs from empty.
   * @throws {PeerError} if it is anything but a text inside its segment.
   */
  text(index: number): ByteRange | undefined {
    const range = this.#byteList(index);
    if (range === undefined) return undefined;
    const end = range.end - 1;
    if (end < range.start || this.#message.bytes[end] !== 0) {
      const byteCount = range.end - range.start;
      throw malformed(`text of ${byteCount} bytes that does not end with a NUL`, { byteCount });
    }
    return { start: range.start, end };
  }

  /**
   * The Data at pointer `index`, as a view: copy what you keep.
   * @returns undefined if it is null, which differs from empty.
   * @throws {PeerError} if it is anything but a list of bytes inside its segment.
   */
  data(index: number): Uint8Array | undefined {
    const range = this.#byteList(index);
    if (range === undefined) return undefined;
    return this.#message.bytes.subarray(range.start, range.end);
  }

  #byteList(index: number): ByteRange | undefined {
    if (index >= this.#pointerCount) return undefined;
    const wordIndex = this.#wordIndex + this.#dataWordCount + index;
    const target = followPointer(this.#message, this.#segment, wordIndex);
    if (target === undefined) return undefined;
    checkKind(target, pointerKind.list);
    const elementSize = target.size & 0b111;
    if (elementSize !== byteElementSize) {
      throw malformed(`list of element size ${elementSize} where ${byteElementSize} belongs`, {
        elementSize,
        expectedElementSize: byteElementSize,
      });
    }
    const byteCount = target.size >>> 3;
    checkInside(target, wordCountOf(byteCount));
    const start = target.segment.start + target.wordIndex * 8;
    return { start, end: start + byteCount };
  }
}

function emptyStructIn(segment: Segment): PointerTarget {
  return { kind: pointerKind.struct, segment, wordIndex: 0, size: 0 };
}

function checkKind(target: PointerTarget, kind: number): void {
  if (target.kind !== kind) {
    throw malformed(`pointer of kind ${target.kind} where kind ${kind} belongs`, {
      kind: target.kind,
      expectedKind: kind,
    });
  }
}

function checkInside({ segment, wordIndex }: PointerTarget, wordCount: number): void {
  if (wordIndex < 0 || wordIndex + wordCount > segment.wordCount) {
    throw malformed(
      `object from word ${wordIndex} to ${wordIndex + wordCount}, ` +
        `in a segment that ends at word ${segment.wordCount}`,
      { wordIndex, wordCount, segmentWordCount: segment.wordCount },
    );
  }
}
