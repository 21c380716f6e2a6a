import fc from "fast-check";
import { expect, test } from "vitest";
import { tolerantVectors } from "../../../test/envelope/vectors.ts";
import { encodeEnvelope } from "../envelope.ts";
import { noFields } from "./fields.ts";
import { readUsualLayout } from "./usual-layout.ts";

test("all that we write is read by the short way", () => {
  const ids = fc.record({
    originHigh: fc.constant(1),
    originLow: fc.nat(),
    sequence: fc.maxSafeNat(),
    hops: fc.nat(255),
  });
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }),
      fc.uint8Array(),
      fc.option(ids, { nil: undefined }),
      (topic, payload, id) => {
        expect(readUsualLayout(encodeEnvelope(topic, payload, id), noFields())).toBe(true);
      },
    ),
  );
});
