import fc from "fast-check";
import { expect, test } from "vitest";
import { layOut, layoutPlans } from "../../test/envelope/random-layout.ts";
import { hexOf } from "../../test/envelope/vectors.ts";
import { PeerError } from "../errors.ts";
import { readAnyLayout } from "./envelope/any-layout.ts";
import { noFields } from "./envelope/fields.ts";
import { readUsualLayout } from "./envelope/usual-layout.ts";
import { EnvelopeReader, encodeEnvelope } from "./envelope.ts";

/** What may happen to bytes on their way. */
type Damage = (bytes: Uint8Array) => Uint8Array;

const uint32s = fc.oneof(
  fc.nat(80),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_fff9, 0xffff_fffa, 0xffff_ffff),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);
const flips = fc.record({ at: fc.nat(150), bit: fc.nat(7) }).map(({ at, bit }): Damage => {
  return (bytes) => bytes.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
});
// Pointers and sizes are 32 bits each, so that a change of just one of them goes deepest.
const claims = fc.record({ at: fc.nat(30), value: uint32s }).map(({ at, value }): Damage => {
  return (bytes) => {
    const changed = bytes.slice();
    if (at * 4 + 4 <= changed.length) {
      new DataView(changed.buffer).setUint32(at * 4, value, true);
    }
    return changed;
  };
});
const cuts = fc.nat(150).map(
  (end): Damage =>
    (bytes) =>
      bytes.slice(0, end),
);
const additions = fc.uint8Array({ minLength: 1, maxLength: 16 }).map((added): Damage => {
  return (bytes) => Uint8Array.of(...bytes, ...added);
});
const damages = fc.oneof(
  { weight: 3, arbitrary: flips },
  { weight: 6, arbitrary: claims },
  { weight: 1, arbitrary: cuts },
  { weight: 1, arbitrary: additions },
);

const usual = fc
  .record({
    topicLength: fc.integer({ min: 1, max: 20 }),
    payload: fc.uint8Array(),
    id: fc.boolean(),
  })
  .map(({ topicLength, payload, id }) =>
    encodeEnvelope(
      "t".repeat(topicLength),
      payload,
      id ? { originHigh: 1, originLow: 2, sequence: 3, hops: 4 } : undefined,
    ),
  );
const envelopes = fc.oneof(usual, layoutPlans.map(layOut));
const manyDamages = fc.array(damages, { minLength: 20, maxLength: 20 });

/** The envelope with each damage, and with each two that follow one another. */
function damagedOf(envelope: Uint8Array, all: readonly Damage[]): Uint8Array[] {
  const once = all.map((damage) => damage(envelope));
  return [...once, ...once.flatMap((hurt, index) => all[index + 1]?.(hurt) ?? [])];
}

/** Reads `bytes` amid others. @returns whether they were taken. */
function isRead(bytes: Uint8Array): boolean {
  const buffer = new Uint8Array(bytes.length + 16);
  buffer.set(bytes, 8);
  const reader = new EnvelopeReader();
  try {
    reader.read(buffer.subarray(8, 8 + bytes.length));
    reader.decodeTopic();
  } catch (error) {
    expect(error).toBeInstanceOf(PeerError);
    return false;
  }
  const payloadStart = reader.payload.byteOffset - 8;
  const inside =
    0 <= reader.topicStart &&
    reader.topicStart < reader.topicEnd &&
    reader.topicEnd < bytes.length &&
    reader.payload.buffer === buffer.buffer &&
    0 <= payloadStart &&
    payloadStart + reader.payload.length <= bytes.length &&
    Number.isSafeInteger(reader.sequence);
  if (!inside) throw new Error(`topic or payload reach outside of ${hexOf(bytes)}`);
  return true;
}

test("damaged envelopes are refused, or read as something that lies inside them", () => {
  const counts = { read: 0, refused: 0 };
  fc.assert(
    fc.property(envelopes, manyDamages, (envelope, all) => {
      for (const bytes of damagedOf(envelope, all)) counts[isRead(bytes) ? "read" : "refused"]++;
    }),
    { numRuns: 500 },
  );
  // Some 20,000, and neither half of the claim goes untested.
  expect(counts.read).toBeGreaterThan(1_000);
  expect(counts.refused).toBeGreaterThan(1_000);
});

test("random bytes are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(isRead(bytes)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test("what is read by the short way the long way reads alike", () => {
  let count = 0;
  const compare = (bytes: Uint8Array) => {
    const shortly = noFields();
    if (!readUsualLayout(bytes, shortly)) return;
    count++;
    const atLength = noFields();
    readAnyLayout(bytes, atLength);
    expect(shortly).toEqual(atLength);
  };
  fc.assert(
    fc.property(envelopes, manyDamages, (envelope, all) => {
      for (const bytes of [envelope, ...damagedOf(envelope, all)]) compare(bytes);
    }),
  );
  expect(count).toBeGreaterThan(200);
});
