/** TopicKey: the bytes of a topic that is known, ready to be found in what has come. */
import type { Span } from "./span.ts";

const wordByteCount = 4;
/** 2^32 by the golden ratio: spreads words that differ in a few bits. */
const hashFactor = 0x9e37_79b1;

export class TopicKey {
  readonly #byteCount: number;
  // By words: byte by byte, to compare a topic took as long as to read the envelope around it.
  readonly #words: readonly number[];
  /** The bytes after the last whole word. */
  readonly #rest: readonly number[];

  constructor(topic: Uint8Array) {
    this.#byteCount = topic.length;
    const wordCount = Math.floor(topic.length / wordByteCount);
    const view = new DataView(topic.buffer, topic.byteOffset, topic.length);
    this.#words = Array.from({ length: wordCount }, (_, index) =>
      view.getInt32(index * wordByteCount),
    );
    this.#rest = [...topic.subarray(wordCount * wordByteCount)];
  }

  /** True if it is this topic that lies there. */
  isAt({ chunk, start, end }: Span): boolean {
    if (end - start !== this.#byteCount) return false;
    const { view } = chunk;
    const words = this.#words;
    const rest = this.#rest;
    const restStart = end - rest.length;
    // From the end: topics of one namespace differ there.
    for (let index = rest.length - 1; index >= 0; index--) {
      if (rest[index] !== view.getUint8(restStart + index)) return false;
    }
    for (let index = words.length - 1; index >= 0; index--) {
      if (words[index] !== view.getInt32(start + index * wordByteCount)) return false;
    }
    return true;
  }
}

/** An integer of 32 bits, signed, by which to look for the key of what lies there. */
export function topicHashOf({ chunk, start, end }: Span): number {
  const { view } = chunk;
  let hash = end - start;
  let at = start;
  for (; at + wordByteCount <= end; at += wordByteCount) {
    hash = Math.imul(hash ^ view.getInt32(at), hashFactor);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), hashFactor);
  return hash;
}
