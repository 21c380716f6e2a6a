/**
 * Reads structs of numbers, text, data and lists out of unpacked Cap'n Proto messages in every valid
 * layout: several segments, far pointers, content in any order, structs older or newer than ours.
 *
 * Work and memory are bounded by the bytes at hand, whatever they claim: the segment table is walked
 * once, a field costs two hops at most, and what comes out are views. One thing is the caller's: a
 * list may have many elements in few bytes, or many that lie in the same place, so look at its
 * `count` before you go through it.
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
  pointerAt,
  pointerKind,
  type Segment,
} from "./message.ts";

/** What the elements of a list are; of eight sizes there are, those that are read here. */
const elementSize = { void: 0, byte: 2, eightBytes: 5, pointer: 6, composite: 7 } as const;

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

  /** How many words its data section has: what its writer knew, up to the last it wrote. */
  get dataWordCount(): number {
    return this.#dataWordCount;
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

  /**
   * The list at pointer `index`, of structs, of UInt64 or of texts. What its elements are is looked
   * at when they are read.
   * @returns undefined if it is null, which differs from empty.
   * @throws {PeerError} if it is anything but a list of such inside its segment.
   */
  list(index: number): CapnpList | undefined {
    const target = this.#listAt(index);
    return target && openList(this.#message, target);
  }

  #byteList(index: number): ByteRange | undefined {
    const target = this.#listAt(index);
    if (target === undefined) return undefined;
    if ((target.size & 0b111) !== elementSize.byte) {
      throw malformed(`list of element size ${target.size & 0b111} where bytes belong`, {
        elementSize: target.size & 0b111,
        expectedElementSize: elementSize.byte,
      });
    }
    const byteCount = target.size >>> 3;
    checkInside(target, wordCountOf(byteCount));
    const start = target.segment.start + target.wordIndex * 8;
    return { start, end: start + byteCount };
  }

  #listAt(index: number): PointerTarget | undefined {
    if (index >= this.#pointerCount) return undefined;
    const wordIndex = this.#wordIndex + this.#dataWordCount + index;
    const target = followPointer(this.#message, this.#segment, wordIndex);
    if (target !== undefined) checkKind(target, pointerKind.list);
    return target;
  }
}

/**
 * The elements of a list. Each is seen as a struct: a UInt64 as one that has this field only, a text
 * likewise. So a writer that has since made structs of the elements is understood, as Cap'n Proto
 * has it.
 *
 * Source: section Lists, and "Evolving Your Protocol" (capnproto.org/language.html).
 */
export class CapnpList {
  /** As the message claims it, up to 2^30-1; elements without content take no bytes. */
  readonly count: number;
  readonly #message: CapnpMessage;
  readonly #segment: Segment;
  /** Where in the segment the first element begins. */
  readonly #wordIndex: number;
  /** Of an element: its data words, and its pointers in the upper half. */
  readonly #size: number;

  /** @param elements The first of them: a struct; `count` of them are inside its segment. */
  constructor(message: CapnpMessage, elements: Omit<PointerTarget, "kind">, count: number) {
    this.count = count;
    this.#message = message;
    this.#segment = elements.segment;
    this.#wordIndex = elements.wordIndex;
    this.#size = elements.size;
  }

  /** The struct that is element `index`, which must be below `count`. */
  struct(index: number): CapnpStruct {
    return new CapnpStruct(this.#message, {
      kind: pointerKind.struct,
      segment: this.#segment,
      wordIndex: this.#wordIndex + index * structWordCount(this.#size),
      size: this.#size,
    });
  }

  /**
   * The UInt64 that is element `index`, which must be below `count`.
   * @throws {PeerError} if the elements are no numbers.
   */
  uint64(index: number): bigint {
    if ((this.#size & 0xffff) === 0) throw malformed("list without numbers where they belong");
    return this.struct(index).uint64(0);
  }

  /**
   * Where the bytes of the Text that is element `index`, which must be below `count`, stand: see
   * `CapnpStruct.text`.
   * @throws {PeerError} if it is not a text, or the elements are none.
   */
  text(index: number): ByteRange | undefined {
    if (this.#size >>> 16 === 0) throw malformed("list without texts where they belong");
    return this.struct(index).text(0);
  }
}

/** @throws {PeerError} unless `target` is a list of whole words inside its segment. */
function openList(message: CapnpMessage, target: PointerTarget): CapnpList {
  const { segment, wordIndex } = target;
  const count = target.size >>> 3;
  switch (target.size & 0b111) {
    case elementSize.composite:
      return openCompositeList(message, target);
    case elementSize.eightBytes:
      checkInside(target, count);
      return new CapnpList(message, { segment, wordIndex, size: 1 }, count);
    case elementSize.pointer:
      checkInside(target, count);
      return new CapnpList(message, { segment, wordIndex, size: 1 << 16 }, count);
    case elementSize.void:
      checkInside(target, 0);
      return new CapnpList(message, { segment, wordIndex, size: 0 }, count);
    default:
      throw malformed(`list of element size ${target.size & 0b111} where whole words belong`, {
        elementSize: target.size & 0b111,
      });
  }
}

/** What lies there begins with a tag: a struct pointer that has the count in place of an offset. */
function openCompositeList(message: CapnpMessage, target: PointerTarget): CapnpList {
  const { segment, wordIndex } = target;
  const wordCount = target.size >>> 3;
  checkInside(target, 1 + wordCount);
  const tag = pointerAt(message, segment, wordIndex);
  if ((tag.place & 0b11) !== pointerKind.struct) {
    throw malformed("list of structs with a tag that is none", { tag: tag.place });
  }
  const count = tag.place >>> 2;
  if (count * structWordCount(tag.size) > wordCount) {
    throw malformed(
      `list of ${count} structs of ${structWordCount(tag.size)} words in ${wordCount} words`,
      { count, elementWordCount: structWordCount(tag.size), wordCount },
    );
  }
  return new CapnpList(message, { segment, wordIndex: wordIndex + 1, size: tag.size }, count);
}

/** @param size Of a struct, as its pointer has it. */
function structWordCount(size: number): number {
  return (size & 0xffff) + (size >>> 16);
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
