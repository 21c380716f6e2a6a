/**
 * The layout in which pyplexo, the `capnp` tool and we ourselves write an envelope: nearly every
 * one that arrives has it.
 *
 * ```
 * at byte  (with id)  bits
 *       0         0     32  segments less one: 0
 *       4         4     32  words in the segment
 *       8         8     64  struct pointer to the root, which is the next word
 *                16     64  origin
 *                24     64  sequence
 *                32      8  hops, then zeros up to a whole word
 *      16        40     64  list pointer to the topic, past the other pointer
 *      24        48     64  list pointer to the payload, past the topic
 *      32        56         topic and its NUL, then zeros up to a whole word
 *                           payload, then zeros up to a whole word
 * ```
 *
 * Source: Cap'n Proto, "Encoding Spec", sections Structs, Lists and Serialization Over a Stream.
 */
import { uint32At, wordCountOf } from "../capnp/bytes.ts";
import { clearId, type EnvelopeFields, type EnvelopeId } from "./fields.ts";

/** How many bytes stand before the topic. */
const topicAt = { plain: 32, labelled: 56 } as const;

const idAt = {
  originLow: 16,
  originHigh: 20,
  sequenceLow: 24,
  sequenceHigh: 28,
  hops: 32,
} as const;

/** The root pointer's upper half: 2 pointers, and no words of data or the 3 of the id. */
const rootSize = { plain: 0x0002_0000, labelled: 0x0002_0003 } as const;

// A list pointer: its kind and how many words it skips in the lower half, in the upper half what the
// elements are and how many.
const list = 0b01;
const byteElements = 0b010;
const elementsMask = 0b111;

// Of a sequence up to 2^53-1.
const sequenceHighMax = 2 ** 21 - 1;

/**
 * What stands before the payload, for one topic. Most of it is the same in all its messages: it is
 * put together once, and copied in one go after the rest was filled in.
 */
export class UsualHeads {
  readonly #topic: Uint8Array;
  // Each made when it is first needed: peers of ours get the one, others the other.
  #plain: Head | undefined;
  #labelled: Head | undefined;

  constructor(topic: Uint8Array) {
    this.#topic = topic;
  }

  /** How many bytes stand before the payload. */
  byteCount(labelled: boolean): number {
    return (labelled ? topicAt.labelled : topicAt.plain) + wordCountOf(this.#topic.length + 1) * 8;
  }

  /**
   * Writes all that stands before the payload at `offset`, where there must be room for it. The id
   * and the size must be ones that fit.
   */
  write(
    target: Uint8Array,
    offset: number,
    payloadByteCount: number,
    id: EnvelopeId | undefined,
  ): void {
    const head = id === undefined ? this.#plainHead : this.#labelledHead;
    const start = id === undefined ? topicAt.plain : topicAt.labelled;
    const byteCount = head.bytes.length + wordCountOf(payloadByteCount) * 8;
    head.view.setUint32(4, byteCount / 8 - 1, true);
    head.view.setUint32(start - 4, bytesOf(payloadByteCount), true);
    if (id !== undefined) {
      head.view.setUint32(idAt.originLow, id.originLow, true);
      head.view.setUint32(idAt.originHigh, id.originHigh, true);
      head.view.setUint32(idAt.sequenceLow, id.sequence, true); // takes the low 32 bits
      head.view.setUint32(idAt.sequenceHigh, id.sequence / 2 ** 32, true);
      head.view.setUint32(idAt.hops, id.hops, true);
    }
    target.set(head.bytes, offset);
  }

  get #plainHead(): Head {
    this.#plain ??= makeHead(this.#topic, topicAt.plain, rootSize.plain);
    return this.#plain;
  }

  get #labelledHead(): Head {
    this.#labelled ??= makeHead(this.#topic, topicAt.labelled, rootSize.labelled);
    return this.#labelled;
  }
}

/** One and the same memory, twice. */
interface Head {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** All that is known of a head from the start; the rest is 0. */
function makeHead(topic: Uint8Array, start: number, size: number): Head {
  const topicWordCount = wordCountOf(topic.length + 1);
  const bytes = new Uint8Array(start + topicWordCount * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(12, size, true);
  view.setUint32(start - 16, listAfter(1), true);
  view.setUint32(start - 12, bytesOf(topic.length + 1), true);
  view.setUint32(start - 8, listAfter(topicWordCount), true);
  bytes.set(topic, start);
  return { bytes, view };
}

/**
 * Reads `bytes` if they are a good envelope in this layout. The topic's bytes are not looked at.
 * @returns false, with `fields` as they were, for all others, be they good or malformed.
 */
// In one piece because V8 (Node 20) inlines just 920 bytes of bytecode into a function: split up, it
// is pulled into its callers, where that is not enough for all of `uint32At`, and takes twice as long.
export function readUsualLayout(bytes: Uint8Array, fields: EnvelopeFields): boolean {
  // With one word of topic all that is read below is there, but for topic and payload themselves.
  if (bytes.length < topicAt.plain + 8) return false;
  if (uint32At(bytes, 0) !== 0 || uint32At(bytes, 8) !== 0) return false;
  if (bytes.length !== 8 + uint32At(bytes, 4) * 8) return false;
  const root = uint32At(bytes, 12);
  const labelled = root === rootSize.labelled;
  if (labelled ? bytes.length < topicAt.labelled + 8 : root !== rootSize.plain) return false;

  const topicStart = labelled ? topicAt.labelled : topicAt.plain;
  const topicSize = uint32At(bytes, topicStart - 12);
  const payloadSize = uint32At(bytes, topicStart - 4);
  if ((topicSize & elementsMask) !== byteElements) return false;
  if ((payloadSize & elementsMask) !== byteElements) return false;
  const textByteCount = topicSize >>> 3;
  const topicWordCount = wordCountOf(textByteCount);
  if (uint32At(bytes, topicStart - 16) !== listAfter(1)) return false;
  if (uint32At(bytes, topicStart - 8) !== listAfter(topicWordCount)) return false;

  const payloadStart = topicStart + topicWordCount * 8;
  const payloadEnd = payloadStart + (payloadSize >>> 3);
  // Now it is known that topic and payload lie inside `bytes`.
  if (payloadStart + wordCountOf(payloadSize >>> 3) * 8 !== bytes.length) return false;
  const topicEnd = topicStart + textByteCount - 1;
  if (topicEnd <= topicStart || bytes[topicEnd] !== 0) return false;

  if (!labelled) clearId(fields);
  else if (!readId(bytes, fields)) return false;
  fields.bytes = bytes;
  fields.topicStart = topicStart;
  fields.topicEnd = topicEnd;
  fields.payload = bytes.subarray(payloadStart, payloadEnd);
  return true;
}

/** @returns false, with `fields` as they were, if the sequence is out of its range. */
function readId(bytes: Uint8Array, fields: EnvelopeFields): boolean {
  const originHigh = uint32At(bytes, idAt.originHigh) | 0;
  const originLow = uint32At(bytes, idAt.originLow) | 0;
  const sequenceHigh = uint32At(bytes, idAt.sequenceHigh);
  if (sequenceHigh > sequenceHighMax) return false;
  // To Cap'n Proto a field of zeros and a field that is not there are one and the same.
  if ((originHigh | originLow) === 0) {
    clearId(fields);
    return true;
  }
  fields.labelled = true;
  fields.originHigh = originHigh;
  fields.originLow = originLow;
  fields.sequence = sequenceHigh * 2 ** 32 + uint32At(bytes, idAt.sequenceLow);
  fields.hops = bytes[idAt.hops] ?? 0;
  return true;
}

/** Lower half of a pointer to a list that begins so many words after it. */
function listAfter(wordCount: number): number {
  return (wordCount << 2) | list;
}

/** Upper half of a pointer to a list of so many bytes. */
function bytesOf(byteCount: number): number {
  return (byteCount << 3) | byteElements;
}
