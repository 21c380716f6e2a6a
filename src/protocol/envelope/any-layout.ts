/** Envelopes in any layout that Cap'n Proto allows, for those that are not laid out as usual. */
import { PeerError } from "../../errors.ts";
import { readCapnpRoot } from "../capnp/reader.ts";
import type { Span } from "../span.ts";
import { clearId, type EnvelopeFields } from "./fields.ts";

const sequenceMax = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Reads `envelope` as the struct PlexoMessage (file 0xeed5242d4faed181):
 * `typeName @0 :Text; payload @1 :Data; origin @2 :UInt64; sequence @3 :UInt64; hops @4 :UInt8`,
 * the last three our own addition. The topic's bytes are not looked at.
 * @throws {PeerError} if they are malformed, have no topic or no payload, or count beyond 2^53-1;
 *   `fields` are then as they were.
 */
export function readAnyLayout(envelope: Span, fields: EnvelopeFields): void {
  const { chunk, start, bytes } = envelope;
  const root = readCapnpRoot(bytes);
  const topic = root.text(0);
  if (topic === undefined || topic.start === topic.end) {
    throw new PeerError(
      `envelope of ${bytes.length} bytes without a topic; its type name must be given`,
      { details: { byteCount: bytes.length } },
    );
  }
  const payload = root.data(1);
  if (payload === undefined) {
    throw new PeerError(
      `envelope of ${bytes.length} bytes with a null payload; an empty one must be empty, not null`,
      { details: { byteCount: bytes.length } },
    );
  }
  const origin = root.uint64(0);
  const sequence = root.uint64(1);
  if (origin !== 0n && sequence > sequenceMax) {
    throw new PeerError(`envelope with sequence ${sequence}, at most ${sequenceMax} taken`, {
      details: { sequence, sequenceMax },
    });
  }
  fields.topic.move(chunk, start + topic.start, start + topic.end);
  fields.payload = payload;
  // To Cap'n Proto a field of zeros and a field that is not there are one and the same.
  if (origin === 0n) return clearId(fields);
  fields.labelled = true;
  fields.originHigh = Number(BigInt.asIntN(32, origin >> 32n));
  fields.originLow = Number(BigInt.asIntN(32, origin));
  fields.sequence = Number(sequence);
  fields.hops = Number(root.uint64(2) & 0xffn);
}
