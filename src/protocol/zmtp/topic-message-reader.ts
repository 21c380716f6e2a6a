/** Puts the frames from a publisher together to messages: topic, payload and, from ours, an id. */
import { PeerError } from "../../errors.ts";
import type { EnvelopeId } from "../envelope/fields.ts";
import { type ImpulseIdFields, noImpulseId, readImpulseId } from "../impulse-id-frame.ts";

/** What is made of frames. */
export interface TopicMessageSink {
  /**
   * A message is there. Topic and payload are the bodies of two frames as they came: either may be
   * empty, and the topic may be any bytes.
   * @param id Undefined if it has none. It is overwritten by the next one: copy what you keep.
   */
  message(topic: Uint8Array, payload: Uint8Array, id: EnvelopeId | undefined): void;
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
  #topic: Uint8Array | undefined;
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
  frame(body: Uint8Array, more: boolean): void {
    if (this.#isSkipping) this.#isSkipping = more;
    else if (this.#topic === undefined) this.#takeTopic(body, more);
    else if (this.#payload === undefined) this.#takePayload(this.#topic, body, more);
    else this.#takeId(this.#topic, this.#payload, body, more);
  }

  #takeTopic(body: Uint8Array, more: boolean): void {
    if (more) this.#topic = body;
    else this.#drop(new PeerError("a message of one frame; it has a topic and a payload"), more);
  }

  #takePayload(topic: Uint8Array, body: Uint8Array, more: boolean): void {
    if (!more) this.#handOver(topic, body, undefined);
    else if (this.#takesIds) this.#payload = body;
    else
      this.#drop(new PeerError("a message of over two frames; only peers of ours give ids"), more);
  }

  #takeId(topic: Uint8Array, payload: Uint8Array, body: Uint8Array, more: boolean): void {
    try {
      if (more) throw new PeerError("a message of over three frames; the third is an id, the last");
      readImpulseId(body, this.#id);
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.#drop(cause, more);
      return;
    }
    this.#handOver(topic, payload, this.#id);
  }

  #handOver(topic: Uint8Array, payload: Uint8Array, id: EnvelopeId | undefined): void {
    this.#forget();
    this.#sink.message(topic, payload, id);
  }

  #drop(cause: PeerError, more: boolean): void {
    this.#forget();
    this.#isSkipping = more;
    this.#sink.malformed(cause);
  }

  #forget(): void {
    this.#topic = undefined;
    this.#payload = undefined;
  }
}
