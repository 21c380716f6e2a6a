/**
 * Writes unpacked Cap'n Proto messages of one segment, laid out as other writers do it: each object
 * after the one that points to it, in the order in which they are written.
 *
 * Source: Cap'n Proto, "Encoding Spec" (capnproto.org/encoding.html).
 */
import { UsageError } from "../../errors.ts";
import { wordCountOf } from "./bytes.ts";

/** Of a struct: how many words its data section has, and how many pointers follow. */
export interface CapnpStructSize {
  readonly dataWordCount: number;
  readonly pointerCount: number;
}

/** Half a gigabyte. No list in a message of this size has more elements than 29 bits can count. */
const wordCountMax = 2 ** 26 - 1;

/** The segment table of a message of one segment takes one word. */
const tableByteCount = 8;

// A list pointer: its kind in the lower half, in the upper what the elements are and how many.
const listKind = 1;
const elementSize = { byte: 2, eightBytes: 5, pointer: 6, composite: 7 } as const;

/** One message. Write its root, then call `finish`. */
export class CapnpWriter {
  readonly root: CapnpStructWriter;
  readonly #words: Words = new Words();

  constructor(rootSize: CapnpStructSize) {
    const pointerIndex = this.#words.allocate(1);
    this.root = allocateStruct(this.#words, pointerIndex, rootSize);
  }

  /** The whole message in an array of its own. */
  finish(): Uint8Array {
    return this.#words.finish();
  }
}

/** One struct. What is not written is 0 or null. An index must be inside the struct's size. */
export class CapnpStructWriter {
  readonly #words: Words;
  readonly #wordIndex: number;
  readonly #pointersIndex: number;

  constructor(words: Words, wordIndex: number, dataWordCount: number) {
    this.#words = words;
    this.#wordIndex = wordIndex;
    this.#pointersIndex = wordIndex + dataWordCount;
  }

  /**
   * Makes word `index` of the data section a UInt64.
   * @throws {UsageError} if `value` is not from 0 to 2^64-1.
   */
  uint64(index: number, value: bigint): void {
    this.#words.write(this.#wordIndex + index, value);
  }

  /** Makes pointer `index` a Text. @param utf8 Without the NUL that ends it on the wire. */
  text(index: number, utf8: Uint8Array): void {
    writeBytes(this.#words, this.#pointersIndex + index, utf8, 1);
  }

  /** Makes pointer `index` a Data. */
  data(index: number, bytes: Uint8Array): void {
    writeBytes(this.#words, this.#pointersIndex + index, bytes, 0);
  }

  /** Makes pointer `index` a list of texts, each as {@link text} has it. */
  texts(index: number, texts: readonly Uint8Array[]): void {
    const start = this.#words.allocate(texts.length);
    this.#pointTo(index, start, listSize(elementSize.pointer, texts.length));
    for (const [at, utf8] of texts.entries()) writeBytes(this.#words, start + at, utf8, 1);
  }

  /** Makes pointer `index` a list of UInt64. @throws {UsageError} as {@link uint64} does. */
  uint64s(index: number, values: readonly bigint[]): void {
    const start = this.#words.allocate(values.length);
    this.#pointTo(index, start, listSize(elementSize.eightBytes, values.length));
    for (const [at, value] of values.entries()) this.#words.write(start + at, value);
  }

  /** Makes pointer `index` a list of `count` structs. @returns Them, to be written in their order. */
  structs(index: number, count: number, size: CapnpStructSize): CapnpStructWriter[] {
    const wordCount = size.dataWordCount + size.pointerCount;
    const tagIndex = this.#words.allocate(1 + count * wordCount);
    this.#pointTo(index, tagIndex, listSize(elementSize.composite, count * wordCount));
    // The tag is a struct pointer that has the count in place of an offset.
    this.#words.writeHalves(tagIndex, count << 2, structSize(size));
    return Array.from(
      { length: count },
      (_, at) =>
        new CapnpStructWriter(this.#words, tagIndex + 1 + at * wordCount, size.dataWordCount),
    );
  }

  #pointTo(index: number, wordIndex: number, size: number): void {
    writePointer(this.#words, this.#pointersIndex + index, { kind: listKind, wordIndex, size });
  }
}

/** The words of the segment, zeros at first, behind the segment table. */
class Words {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #count = 0;

  /** @returns The index of the first of so many new words. */
  allocate(wordCount: number): number {
    const index = this.#count;
    const count = index + wordCount;
    if (count > wordCountMax) {
      throw new UsageError(
        `Cap'n Proto message of ${count} words, at most ${wordCountMax} written; send it in parts`,
        { details: { wordCount: count, wordCountMax } },
      );
    }
    this.#count = count;
    if (tableByteCount + count * 8 > this.#bytes.length) this.#grow(tableByteCount + count * 8);
    return index;
  }

  write(index: number, value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) {
      throw new UsageError(`${value} is not a UInt64, an integer from 0 to 2^64-1`, {
        details: { value },
      });
    }
    this.#view.setBigUint64(tableByteCount + index * 8, value, true);
  }

  writeHalves(index: number, lower: number, upper: number): void {
    this.#view.setUint32(tableByteCount + index * 8, lower, true);
    this.#view.setUint32(tableByteCount + index * 8 + 4, upper, true);
  }

  set(index: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, tableByteCount + index * 8);
  }

  finish(): Uint8Array {
    this.#view.setUint32(4, this.#count, true);
    return this.#bytes.slice(0, tableByteCount + this.#count * 8);
  }

  #grow(byteCountMin: number): void {
    const grown = new Uint8Array(Math.max(byteCountMin, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function allocateStruct(
  words: Words,
  pointerIndex: number,
  size: CapnpStructSize,
): CapnpStructWriter {
  const wordIndex = words.allocate(size.dataWordCount + size.pointerCount);
  writePointer(words, pointerIndex, { kind: 0, wordIndex, size: structSize(size) });
  return new CapnpStructWriter(words, wordIndex, size.dataWordCount);
}

/** Writes `bytes` and so many zeros, and a pointer to them. */
function writeBytes(
  words: Words,
  pointerIndex: number,
  bytes: Uint8Array,
  zeroCount: number,
): void {
  const byteCount = bytes.length + zeroCount;
  const wordIndex = words.allocate(wordCountOf(byteCount));
  words.set(wordIndex, bytes);
  const size = listSize(elementSize.byte, byteCount);
  writePointer(words, pointerIndex, { kind: listKind, wordIndex, size });
}

function writePointer(
  words: Words,
  pointerIndex: number,
  target: { readonly kind: number; readonly wordIndex: number; readonly size: number },
): void {
  const offset = target.wordIndex - pointerIndex - 1;
  words.writeHalves(pointerIndex, (offset << 2) | target.kind, target.size);
}

function listSize(element: number, count: number): number {
  return (count << 3) | element;
}

function structSize({ dataWordCount, pointerCount }: CapnpStructSize): number {
  return (pointerCount << 16) | dataWordCount;
}
