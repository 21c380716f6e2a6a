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
import { wordCountOf } from "../capnp/bytes.ts";
import type { Span } from "../span.ts";
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
  /** Of the topic with its NUL, up to a whole word. */
  readonly #topicByteCount: number;
  // Each made when it is first needed: peers of ours get the one, others the other.
  #plain: Head | undefined;
  #labelled: Head | undefined;

  constructor(topic: Uint8Array) {
    this.#topic = topic;
    this.#topicByteCount = wordCountOf(topic.length + 1) * 8;
  }

  /** How many bytes stand before the payload. */
  byteCount(labelled: boolean): number {
    return (labelled ? topicAt.labelled : topicAt.plain) + this.#topicByteCount;
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
    const byteCount = start + this.#topicByteCount + wordCountOf(payloadByteCount) * 8;
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
 * Reads `envelope` if it is a good one in this layout. The topic's bytes are not looked at.
 * @returns false, with `fields` as they were, for all others, be they good or malformed.
 */
export function readUsualLayout(envelope: Span, fields: EnvelopeFields): boolean {
  const { chunk, start, end } = envelope;
  const { view } = chunk;
  const byteCount = end - start;
  // With one word of topic all that is read below is there, but for topic and payload themselves.
  if (byteCount < topicAt.plain + 8) return false;
  if (view.getInt32(start) !== 0 || view.getInt32(start + 8) !== 0) return false;
  if (byteCount !== 8 + view.getUint32(start + 4, true) * 8) return false;
  const root = view.getUint32(start + 12, true);
  const labelled = root === rootSize.labelled;
  if (labelled ? byteCount < topicAt.labelled + 8 : root !== rootSize.plain) return false;

  const topicStart = start + (labelled ? topicAt.labelled : topicAt.plain);
  const topicSize = view.getUint32(topicStart - 12, true);
  const payloadSize = view.getUint32(topicStart - 4, true);
  if ((topicSize & elementsMask) !== byteElements) return false;
  if ((payloadSize & elementsMask) !== byteElements) return false;
  const textByteCount = topicSize >>> 3;
  const topicWordCount = wordCountOf(textByteCount);
  if (view.getUint32(topicStart - 16, true) !== listAfter(1)) return false;
  if (view.getUint32(topicStart - 8, true) !== listAfter(topicWordCount)) return false;

  const payloadStart = topicStart + topicWordCount * 8;
  const payloadByteCount = payloadSize >>> 3;
  // Now it is known that topic and payload lie inside the envelope.
  if (payloadStart + wordCountOf(payloadByteCount) * 8 !== end) return false;
  const topicEnd = topicStart + textByteCount - 1;
  if (topicEnd <= topicStart || view.getUint8(topicEnd) !== 0) return false;

  if (!labelled) clearId(fields);
  else if (!readId(view, start, fields)) return false;
  fields.topic.move(chunk, topicStart, topicEnd);
  fields.payload = chunk.cut(payloadStart, payloadStart + payloadByteCount);
  return true;
}

/** @returns false, with `fields` as they were, if the sequence is out of its range. */
function readId(view: DataView, start: number, fields: EnvelopeFields): boolean {
  const originHigh = view.getInt32(start + idAt.originHigh, true);
  const originLow = view.getInt32(start + idAt.originLow, true);
  const sequenceHigh = view.getUint32(start + idAt.sequenceHigh, true);
  if (sequenceHigh > sequenceHighMax) return false;
  // To Cap'n Proto a field of zeros and a field that is not there are one and the same.
  if ((originHigh | originLow) === 0) {
    clearId(fields);
    return true;
  }
  fields.labelled = true;
  fields.originHigh = originHigh;
  fields.originLow = originLow;
  fields.sequence = sequenceHigh * 2 ** 32 + view.getUint32(start + idAt.sequenceLow, true);
  fields.hops = view.getUint8(start + idAt.hops);
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
