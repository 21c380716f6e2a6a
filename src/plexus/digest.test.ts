import { expect, test } from "vitest";
import { digestOf } from "./digest.ts";

// From the test suite of the reference implementation, "fnv1a_32".
test.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["b", 0xe70c2de5],
  ["foobar", 0xbf9cf968],
])("the digest of %j is that of FNV-1a with 32 bits, unsigned", (text, digest) => {
  expect(digestOf(new TextEncoder().encode(text))).toBe(digest);
});
