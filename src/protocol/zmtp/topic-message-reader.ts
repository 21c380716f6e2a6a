/** Puts the frames from a publisher together to messages: topic, payload and, from ours, an id. */
import { PeerError } from "../../errors.ts";
import type { EnvelopeId } from "../envelope/fields.ts";
import { type ImpulseIdFields, noImpulseId, readImpulseId } from "../impulse-id-frame.ts";
import { Span } from "../span.ts";

/** What is made of frames. */
export interface TopicMessageSink {
  /**
   * A message is there. Topic and payload are the bodies of two frames as they came: either may be
   * empty, and the topic may be any bytes.
   * @param topic Moved to the next one.
   * @param payload A view that keeps its whole chunk in memory: copy what you keep.
   * @param id Undefined if it has none. It is overwritten by the next one: copy what you keep.
   */
  message(topic: Span, payload: Uint8Array, id: EnvelopeId | undefined): void;
  /** A message is none of ours, and is dropped whole; its end may not have come. Once for each. */
  malformed(cause: PeerError): void;
}

/**
 * Holds two frames at most, however many a message has: when there is one too many all are dropped,
 * and the others as they come. The next message begins after the frame without MORE.
 */
export class TopicMessageReader {
  readonly #sink: TopicMessageSink;
  readonly #takesIds: boolean;
  readonly #id: ImpulseIdFields = noImpulseId();
  readonly #topic = new Span();
  #hasTopic = false;
  #payload: Uint8Array | undefined;
  /** What comes belongs to a message that was found malformed. */
  #isSkipping = false;

  /** @param takesIds True for a publisher of ours: of others a third frame is malformed. */
  constructor(sink: TopicMessageSink, takesIds: boolean) {
    this.#sink = sink;
    this.#takesIds = takesIds;
  }

  /**
   * Takes one frame of a message.
   * @param more Further frames of the message follow.
   */
  frame(body: Span, more: boolean): void {
    if (this.#isSkipping) this.#isSkipping = more;
    else if (!this.#hasTopic) this.#takeTopic(body, more);
    else if (this.#payload === undefined) this.#takePayload(body, more);
    else this.#takeId(this.#payload, body, more);
  }

  #takeTopic(body: Span, more: boolean): void {
    if (more) {
      this.#topic.move(body.chunk, body.start, body.end);
      this.#hasTopic = true;
    } else {
      this.#drop(new PeerError("a message of one frame; it has a topic and a payload"), more);
    }
  }

  #takePayload(body: Span, more: boolean): void {
    if (!more) this.#handOver(body.bytes, undefined);
    else if (this.#takesIds) this.#payload = body.bytes;
    else
      this.#drop(new PeerError("a message of over two frames; only peers of ours give ids"), more);
  }

  #takeId(payload: Uint8Array, body: Span, more: boolean): void {
    try {
      if (more) throw new PeerError("a message of over three frames; the third is an id, the last");
      readImpulseId(body, this.#id);
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.#drop(cause, more);
      return;
    }
    this.#handOver(payload, this.#id);
  }

  #handOver(payload: Uint8Array, id: EnvelopeId | undefined): void {
    this.#forget();
    this.#sink.message(this.#topic, payload, id);
  }

  #drop(cause: PeerError, more: boolean): void {
    this.#forget();
    this.#isSkipping = more;
    this.#sink.malformed(cause);
  }

  #forget(): void {
    this.#hasTopic = false;
    this.#payload = undefined;
  }
}
