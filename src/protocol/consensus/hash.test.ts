import fc from "fast-check";
import { expect, test } from "vitest";
import { hashVectors } from "../../../test/consensus/hash-vectors.ts";
import { encodeUtf8 } from "../utf8.ts";
import { fnv1a, mix } from "./hash.ts";

// From draft-eastlake-fnv, "FNV Test Vectors", 32 bits.
test.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("FNV-1a of %o is the published one", (text, hash) => {
  expect(fnv1a(encodeUtf8(text))).toBe(hash);
});

test.each(hashVectors().fnv1a)("golden: FNV-1a of $text", ({ text, hash }) => {
  expect(fnv1a(encodeUtf8(text))).toBe(hash);
});

test.each(hashVectors().mix)("golden: the finalizer of $word", ({ word, hash }) => {
  expect(mix(word)).toBe(hash);
});

test("a hash goes on from where another stopped", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (head, tail) => {
      expect(fnv1a(tail, fnv1a(head))).toBe(fnv1a([...head, ...tail]));
    }),
  );
});

test("hashes are numbers from 0 to 2^32-1, and the finalizer gives no two words the same", () => {
  const words = fc.uniqueArray(fc.nat(2 ** 32 - 1), { minLength: 2, maxLength: 100 });
  fc.assert(
    fc.property(words, fc.uint8Array(), (numbers, bytes) => {
      const hashes = [...numbers.map(mix), fnv1a(bytes)];
      for (const hash of hashes) expect(hash).toBe(hash >>> 0);
      expect(new Set(numbers.map(mix)).size).toBe(numbers.length);
    }),
  );
});
