/**
 * Envelope: how one message stands in the one frame that a TCP pair sends for it: its topic and its
 * payload and, between peers of ours, its id.
 *
 * It is pyplexo's Cap'n Proto struct PlexoMessage (file 0xeed5242d4faed181), unpacked,
 * `typeName @0 :Text; payload @1 :Data`, to which ours adds `origin @2 :UInt64;
 * sequence @3 :UInt64; hops @4 :UInt8`. Readers that know only the first two pass over the others.
 */
import { UsageError } from "../errors.ts";
import { wordCountOf } from "./capnp/bytes.ts";
import { readAnyLayout } from "./envelope/any-layout.ts";
import { checkId, type EnvelopeFields, type EnvelopeId, noFields } from "./envelope/fields.ts";
import { readUsualLayout, UsualHeads } from "./envelope/usual-layout.ts";
import type { Span } from "./span.ts";
import { encodeUtf8 } from "./utf8.ts";

export type { EnvelopeId } from "./envelope/fields.ts";

/** A Cap'n Proto list counts its elements, and so a text or a payload its bytes, in 29 bits. */
const listBytesMax = 2 ** 29 - 1;

/** The envelopes of one topic: made once, so that each message writes only what it differs by. */
export class EnvelopeTopic {
  readonly #heads: UsualHeads;

  /**
   * @param topic In UTF-8, without a NUL; must not be empty, or nobody takes the envelope.
   * @throws {UsageError} if it is too long for an envelope.
   */
  constructor(topic: Uint8Array) {
    if (topic.length + 1 > listBytesMax) throw tooLong("topic", topic.length + 1);
    this.#heads = new UsualHeads(topic);
  }

  /** How many bytes an envelope takes, padding included: a multiple of 8. */
  byteCount(payloadByteCount: number, labelled: boolean): number {
    return this.#heads.byteCount(labelled) + wordCountOf(payloadByteCount) * 8;
  }

  /**
   * Writes all of an envelope that stands before its payload, from `offset` on. What was in `target`
   * does not matter. The caller then writes the payload, and zeros up to `byteCount`; these may as
   * well be in buffers of their own.
   * @returns Where in `target` the payload belongs.
   * @throws {UsageError} before anything is written, if there is no room for the head, or the id or
   *   the payload's size is out of its range.
   */
  writeHead(
    target: Uint8Array,
    offset: number,
    payloadByteCount: number,
    id: EnvelopeId | undefined,
  ): number {
    const payloadAt = offset + this.#heads.byteCount(id !== undefined);
    if (payloadByteCount > listBytesMax) throw tooLong("payload", payloadByteCount);
    if (payloadAt > target.length) throw noRoom(target, offset, payloadAt);
    if (id !== undefined) checkId(id);
    this.#heads.write(target, offset, payloadByteCount, id);
    return payloadAt;
  }
}

/**
 * A whole envelope in an array of its own: for examples, tests, and where speed does not matter.
 * @param topic A valid topic, see `checkTopic`.
 * @throws {UsageError} as `EnvelopeTopic` does.
 */
export function encodeEnvelope(topic: string, payload: Uint8Array, id?: EnvelopeId): Uint8Array {
  const envelopes = new EnvelopeTopic(encodeUtf8(topic));
  const envelope = new Uint8Array(envelopes.byteCount(payload.length, id !== undefined));
  envelope.set(payload, envelopes.writeHead(envelope, 0, payload.length, id));
  return envelope;
}

/**
 * Reads one envelope after the other. What the last one said stands in the properties until the
 * next `read`; they keep the chunk it was read from in memory. Of an envelope laid out as usual
 * nothing is allocated but the view that `payload` is.
 *
 * Neither is the topic made a string nor are its bytes checked: a look-up among known topics, all of
 * them valid, does with the bytes.
 */
export class EnvelopeReader implements EnvelopeId {
  readonly #fields: EnvelopeFields = noFields();

  /**
   * Reads the envelope that lies there, from first byte to last. They are referred to, not copied.
   * @throws {PeerError} if they are malformed, or have no topic or no payload. The properties are
   *   then as before, and the next envelope can be read.
   */
  read(envelope: Span): void {
    if (!readUsualLayout(envelope, this.#fields)) readAnyLayout(envelope, this.#fields);
  }

  /** The topic; it has at least one byte. Moved to the next one. */
  get topic(): Span {
    return this.#fields.topic;
  }

  /** The payload: a view into the chunk. Copy what you keep. */
  get payload(): Uint8Array {
    return this.#fields.payload;
  }

  /** Whether the envelope has an id. If not, the four properties that make it up are 0. */
  get labelled(): boolean {
    return this.#fields.labelled;
  }

  get originHigh(): number {
    return this.#fields.originHigh;
  }

  get originLow(): number {
    return this.#fields.originLow;
  }

  get sequence(): number {
    return this.#fields.sequence;
  }

  get hops(): number {
    return this.#fields.hops;
  }
}

function tooLong(what: string, byteCount: number): UsageError {
  return new UsageError(
    `${what} of ${byteCount} bytes, at most ${listBytesMax} fit an envelope; send it in parts`,
    { details: { byteCount, listBytesMax } },
  );
}

function noRoom(target: Uint8Array, offset: number, end: number): UsageError {
  return new UsageError(
    `envelope head of ${end - offset} bytes at ${offset} of a buffer of ${target.length}; ` +
      "make room for byteCount bytes",
    { details: { offset, headByteCount: end - offset, targetByteCount: target.length } },
  );
}
