import { expect, test } from "vitest";
import { CodecError } from "../errors.ts";
import { stringCodec } from "./string.ts";

const utf8 = new TextEncoder();

test.each([
  ["short ASCII", "a"],
  ["short beyond ASCII", "é"],
  ["more than a slab has left", "x".repeat(1_300)],
  ["more than is cut from a slab", "ü".repeat(5_000)],
])("%s is written as UTF-8, over and over", (_what, text) => {
  const expected = utf8.encode(text);
  const written = Array.from({ length: 40 }, () => stringCodec.encode(text));
  for (const bytes of written) expect(Buffer.compare(bytes, expected)).toBe(0);
});

test("bytes are plain Uint8Arrays, whose slice copies", () => {
  expect(Object.getPrototypeOf(stringCodec.encode("a"))).toBe(Uint8Array.prototype);
});

test("encode works on after somebody transferred the buffer of earlier bytes away", () => {
  const bytes = stringCodec.encode("before");
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
  expect(bytes.length).toBe(0);
  expect(stringCodec.decode(stringCodec.encode("after"))).toBe("after");
});

test("half a surrogate pair is refused with its index, a whole pair is not", () => {
  expect(stringCodec.decode(stringCodec.encode("😀"))).toBe("😀");
  expect(() => stringCodec.encode("ab\ud83d")).toThrow(/half a surrogate pair at index 2/);
  expect(() => stringCodec.encode("\ude00\ud83d")).toThrow(CodecError);
});

test("U+FFFD itself is text like any other", () => {
  expect(stringCodec.decode(stringCodec.encode("\ufffd"))).toBe("\ufffd");
});

test("a byte order mark stays in the text", () => {
  expect(stringCodec.decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
});

test("refused bytes leave nothing behind for the next ones", () => {
  expect(() => stringCodec.decode(Uint8Array.of(0x61, 0xe2, 0x82))).toThrow(
    "payload of 3 bytes is not UTF-8 text",
  );
  expect(() => stringCodec.decode(Uint8Array.of(0xac))).toThrow(CodecError);
  expect(stringCodec.decode(Uint8Array.of(0x62))).toBe("b");
});
