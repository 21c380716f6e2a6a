/** Impulse ids as the wire has them, for tests. */
import fc from "fast-check";
import type { EnvelopeId } from "../../src/protocol/envelope.ts";

export const someId = {
  originHigh: 0x8899_aabb | 0,
  originLow: 0xccdd_eeff | 0,
  sequence: 5,
  hops: 7,
};

const int32s = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

export const ids: fc.Arbitrary<EnvelopeId> = fc
  .record({
    originHigh: int32s,
    originLow: int32s,
    sequence: fc.maxSafeNat(),
    hops: fc.nat(255),
  })
  .filter(({ originHigh, originLow }) => originHigh !== 0 || originLow !== 0);
