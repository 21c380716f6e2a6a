import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashVectors } from "../../../test/consensus/hash-vectors.ts";
import { probe, probeIndexOf, probesRanked } from "./probe.ts";

const vectors = hashVectors().probe;

test.each(vectors)("golden: probe $index of $typeName among $size", (vector) => {
  const { typeName, index, size, offset } = vector;
  expect(probe(typeName, index, size)).toBe(offset);
});

const typeNames = fc.string({ minLength: 1, unit: "grapheme" });
const sizes = fc.integer({ min: 6, max: 32 }).map((bits) => 2 ** bits);

test("a probe is an address of the network, the same whenever it is asked for", () => {
  fc.assert(
    fc.property(typeNames, fc.nat(2 ** 32 - 1), sizes, (typeName, index, size) => {
      const offset = probe(typeName, index, size);
      expect(offset).toBe(probe(typeName, index, size));
      expect(Number.isInteger(offset) && offset >= 0 && offset < size).toBe(true);
    }),
  );
});

describe("the index of an address", () => {
  test("is that of the first probe that finds it", () => {
    fc.assert(
      fc.property(typeNames, fc.nat(probesRanked - 1), sizes, (typeName, index, size) => {
        const offset = probe(typeName, index, size);
        const found = probeIndexOf(typeName, offset, size);
        expect(found).toBeLessThanOrEqual(index);
        expect(probe(typeName, found, size)).toBe(offset);
        for (let earlier = 0; earlier < found; earlier += 1) {
          expect(probe(typeName, earlier, size)).not.toBe(offset);
        }
      }),
    );
  });

  test("is infinite for all but the first 64 probes", () => {
    const size = 2 ** 32;
    expect(probeIndexOf("a", probe("a", 63, size), size)).toBe(63);
    expect(probeIndexOf("a", probe("a", 64, size), size)).toBe(Number.POSITIVE_INFINITY);
  });
});

test("types spread: of 2,000 names in a default network few want the same address", () => {
  // By chance some 31 pairs of 2,000 meet among 65,536.
  const offsets = Array.from({ length: 2_000 }, (_, index) =>
    probe(`dev.plexo.test.Type${index}.json`, 0, 65_536),
  );
  expect(new Set(offsets).size).toBeGreaterThan(1_940);
});
