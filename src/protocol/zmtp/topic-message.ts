/**
 * Topic message: what a publisher sends: a frame with the topic, a frame with the payload and, to
 * peers of ours, a third with the impulse's id.
 *
 * Source: RFC 37 (ZMTP 3.1), "Messages" and "The Publish-Subscribe Pattern" (the topic is what the
 * message starts with).
 */
import { checkId, type EnvelopeId } from "../envelope/fields.ts";
import { impulseIdByteCount, writeImpulseId } from "../impulse-id-frame.ts";
import { frameFlags, frameHeadByteCount, writeFrameHead } from "./frame.ts";

/** The messages of one topic: made once, so that each message writes only what it differs by. */
export class MessageTopic {
  /** The first frame of them all, head included. */
  readonly #frame: Uint8Array;

  constructor(topic: Uint8Array) {
    this.#frame = new Uint8Array(frameHeadByteCount(topic.length) + topic.length);
    const topicAt = writeFrameHead(this.#frame, 0, frameFlags.more, topic.length);
    this.#frame.set(topic, topicAt);
  }

  /** Bytes of a message that stand before its payload: the topic's frame and the next one's head. */
  headByteCount(payloadByteCount: number): number {
    return this.#frame.length + frameHeadByteCount(payloadByteCount);
  }

  /** Bytes of a whole message. */
  byteCount(payloadByteCount: number, labelled: boolean): number {
    const idByteCount = labelled ? idFrameByteCount : 0;
    return this.headByteCount(payloadByteCount) + payloadByteCount + idByteCount;
  }

  /**
   * Writes what stands before the payload, from `offset` on, where there has to be room for it. The
   * caller then writes the payload and, if there is an id, `writeIdFrame`; these may as well be in
   * buffers of their own.
   * @returns Where in `target` the payload belongs.
   * @throws {UsageError} before anything is written, if the id is out of its range.
   */
  writeHead(
    target: Uint8Array,
    offset: number,
    payloadByteCount: number,
    id: EnvelopeId | undefined,
  ): number {
    if (id !== undefined) checkId(id);
    target.set(this.#frame, offset);
    const flags = id === undefined ? 0 : frameFlags.more;
    return writeFrameHead(target, offset + this.#frame.length, flags, payloadByteCount);
  }
}

/** What `writeIdFrame` writes. */
export const idFrameByteCount: number = frameHeadByteCount(impulseIdByteCount) + impulseIdByteCount;

/** Writes the frame that stands after the payload, where there has to be room for it. */
export function writeIdFrame(target: Uint8Array, offset: number, id: EnvelopeId): void {
  writeImpulseId(target, writeFrameHead(target, offset, 0, impulseIdByteCount), id);
}
