import fc from "fast-check";
import { expect, test } from "vitest";
import { malformedVectors, tolerantVectors } from "../../../test/envelope/vectors.ts";
import { encodeEnvelope } from "../envelope.ts";
import { Span } from "../span.ts";
import { noFields } from "./fields.ts";
import { readUsualLayout } from "./usual-layout.ts";

const ids = fc.record({
  originHigh: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  originLow: fc.nat(),
  sequence: fc.maxSafeNat(),
  hops: fc.nat(255),
});

test("whatever we write has it", () => {
  const topics = fc.string({ minLength: 1, unit: "grapheme" });
  const maybeIds = fc.option(ids, { nil: undefined });
  fc.assert(
    fc.property(topics, fc.uint8Array(), maybeIds, (topic, payload, id) => {
      expect(readUsualLayout(Span.of(encodeEnvelope(topic, payload, id)), noFields())).toBe(true);
    }),
  );
});

test("bytes that do not have it leave the fields as they were", () => {
  const vectors = [...tolerantVectors(), ...malformedVectors()];
  const others = vectors.filter(({ bytes }) => !readUsualLayout(Span.of(bytes), noFields()));
  for (const { bytes } of others) {
    const fields = noFields();
    const before = structuredClone(fields);
    readUsualLayout(Span.of(bytes), fields);
    expect(fields).toEqual(before);
  }
  // All but those that have it: the reference itself, an inner NUL, and a topic that is not UTF-8.
  expect(vectors.length - others.length).toBe(3);
});

test("a sequence beyond 2^53-1 leaves the fields as they were, too", () => {
  const id = { originHigh: 1, originLow: 2, sequence: 2 ** 53 - 1, hops: 3 };
  const bytes = encodeEnvelope("a.json", Uint8Array.of(1), id).fill(0xff, 24, 32);
  const fields = noFields();
  const before = structuredClone(fields);
  expect(readUsualLayout(Span.of(bytes), fields)).toBe(false);
  expect(fields).toEqual(before);
});
