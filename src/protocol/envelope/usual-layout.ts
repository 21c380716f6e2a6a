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
import { uint32At, viewOf, wordCountOf } from "./bytes.ts";
import { clearId, type EnvelopeFields } from "./fields.ts";

/** Where the id stands, if there is one. */
export const idAt = {
  originLow: 16,
  originHigh: 20,
  sequenceLow: 24,
  sequenceHigh: 28,
  hops: 32,
} as const;

/** Where the two list pointers stand, without an id and with one. */
export const pointersAt = { plain: 16, labelled: 40 } as const;

export const pointersByteCount = 16;

/** Upper half of the root pointer: 2 pointers, and no words of data or the 3 of the id. */
export const rootSize = { plain: 0x0002_0000, labelled: 0x0002_0003 } as const;

/** Lower half of the topic's pointer: a list that begins one word further on. */
export const topicPlace = 0b101;

/** Lower half of the payload's pointer: a list that begins after the topic. */
export function payloadPlace(topicWordCount: number): number {
  return (topicWordCount << 2) | 0b01;
}

/** Upper half of the pointer to a list of bytes: their number in 29 bits, and the element size. */
export function byteListSize(byteCount: number): number {
  return (byteCount << 3) | byteElements;
}

const byteElements = 2;
const elementSizeMask = 0b111;

// Both pointers and one word of topic: with so much, all but topic and payload is there to be read.
const plainByteCountMin = pointersAt.plain + pointersByteCount + 8;
const labelledByteCountMin = pointersAt.labelled + pointersByteCount + 8;

// Of a sequence up to 2^53-1.
const sequenceHighMax = 2 ** 21 - 1;

/**
 * Reads `bytes` if they are a good envelope in this layout. The topic's bytes are not looked at.
 * @returns false, with `fields` as they were, for all others, be they good or malformed.
 */
export function readUsualLayout(bytes: Uint8Array, fields: EnvelopeFields): boolean {
  if (bytes.length < plainByteCountMin) return false;
  if (uint32At(bytes, 0) !== 0 || uint32At(bytes, 8) !== 0) return false;
  if (bytes.length !== 8 + uint32At(bytes, 4) * 8) return false;
  const root = uint32At(bytes, 12);
  if (root === rootSize.plain) {
    if (!readContent(bytes, pointersAt.plain, fields)) return false;
    clearId(fields);
    return true;
  }
  if (root !== rootSize.labelled || bytes.length < labelledByteCountMin) return false;
  if (uint32At(bytes, idAt.sequenceHigh) > sequenceHighMax) return false;
  if (!readContent(bytes, pointersAt.labelled, fields)) return false;
  readId(bytes, fields);
  return true;
}

/** Reads what the pointers at `pointers` lead to; sets the fields if all of it is as usual. */
function readContent(bytes: Uint8Array, pointers: number, fields: EnvelopeFields): boolean {
  const topicSize = uint32At(bytes, pointers + 4);
  const payloadSize = uint32At(bytes, pointers + 12);
  if ((topicSize & elementSizeMask) !== byteElements) return false;
  if ((payloadSize & elementSizeMask) !== byteElements) return false;
  const textByteCount = topicSize >>> 3;
  if (textByteCount < 2) return false; // a NUL alone is no topic
  const topicWordCount = wordCountOf(textByteCount);
  if (uint32At(bytes, pointers) !== topicPlace) return false;
  if (uint32At(bytes, pointers + 8) !== payloadPlace(topicWordCount)) return false;
  const topicStart = pointers + pointersByteCount;
  const topicEnd = topicStart + textByteCount - 1;
  const payloadStart = topicStart + topicWordCount * 8;
  const payloadByteCount = payloadSize >>> 3;
  // From here on topic and payload are known to lie inside `bytes`.
  if (payloadStart + wordCountOf(payloadByteCount) * 8 !== bytes.length) return false;
  if (bytes[topicEnd] !== 0) return false;
  fields.bytes = bytes;
  fields.topicStart = topicStart;
  fields.topicEnd = topicEnd;
  fields.payload = viewOf(bytes, payloadStart, payloadByteCount);
  return true;
}

function readId(bytes: Uint8Array, fields: EnvelopeFields): void {
  const originHigh = uint32At(bytes, idAt.originHigh);
  const originLow = uint32At(bytes, idAt.originLow);
  // To Cap'n Proto a field of zeros and a field that is not there are one and the same.
  if ((originHigh | originLow) === 0) return clearId(fields);
  fields.labelled = true;
  fields.originHigh = originHigh;
  fields.originLow = originLow;
  fields.sequence =
    uint32At(bytes, idAt.sequenceHigh) * 2 ** 32 + uint32At(bytes, idAt.sequenceLow);
  fields.hops = uint32At(bytes, idAt.hops) & 0xff;
}
