/**
 * Impulse id frame: an impulse's id where it has a frame of its own: the third of a pub/sub message
 * between peers of ours. An envelope carries the same fields.
 *
 * ```
 * at byte  bits
 *       0    64  origin, other than 0
 *       8    64  sequence, at most 2^53-1
 *      16     8  hops
 * ```
 *
 * Integers are unsigned, in network byte order.
 */
import { PeerError } from "../errors.ts";
import { writeUint32 } from "./big-endian.ts";
import { checkId, type EnvelopeId } from "./envelope/fields.ts";
import type { Span } from "./span.ts";

export const impulseIdByteCount = 17;

const originAt = 0;
const sequenceAt = 8;
const hopsAt = 16;
const highUnit = 2 ** 32;

/** An id that is overwritten by the next one: none has to be made for each message. */
export type ImpulseIdFields = { -readonly [Part in keyof EnvelopeId]: EnvelopeId[Part] };

/** The fields before anything was read. */
export function noImpulseId(): ImpulseIdFields {
  return { originHigh: 0, originLow: 0, sequence: 0, hops: 0 };
}

/**
 * Writes `id` at `offset`, where there has to be room for `impulseIdByteCount` bytes.
 * @throws {UsageError} before anything is written, if a part of it is out of its range.
 */
export function writeImpulseId(target: Uint8Array, offset: number, id: EnvelopeId): void {
  checkId(id);
  writeUint32(target, offset + originAt, id.originHigh);
  writeUint32(target, offset + originAt + 4, id.originLow);
  writeUint32(target, offset + sequenceAt, Math.floor(id.sequence / highUnit));
  writeUint32(target, offset + sequenceAt + 4, id.sequence);
  target[offset + hopsAt] = id.hops;
}

/**
 * Reads the body of a frame that is an id, into `id`.
 * @throws {PeerError} if it is none; `id` is then as before.
 */
export function readImpulseId(body: Span, id: ImpulseIdFields): void {
  const { byteCount, start } = body;
  if (byteCount !== impulseIdByteCount) {
    throw new PeerError(`impulse id of ${byteCount} bytes, it has ${impulseIdByteCount}`, {
      details: { byteCount, impulseIdByteCount },
    });
  }
  const { view } = body.chunk;
  const originHigh = view.getInt32(start + originAt);
  const originLow = view.getInt32(start + originAt + 4);
  if ((originHigh | originLow) === 0) {
    throw new PeerError("impulse id with origin 0: who gives no id sends no such frame");
  }
  const sequence =
    view.getUint32(start + sequenceAt) * highUnit + view.getUint32(start + sequenceAt + 4);
  if (sequence > Number.MAX_SAFE_INTEGER) {
    throw new PeerError(`impulse id with sequence ${sequence}, at most 2^53-1 taken`, {
      details: { sequence },
    });
  }
  id.originHigh = originHigh;
  id.originLow = originLow;
  id.sequence = sequence;
  id.hops = view.getUint8(start + hopsAt);
}
