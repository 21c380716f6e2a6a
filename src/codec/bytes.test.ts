import { expect, test } from "vitest";
import { bytesCodec } from "./bytes.ts";

test("what the sender does to its array later does not reach the encoded bytes", () => {
  const value = Uint8Array.of(1, 2, 3);
  const bytes = bytesCodec.encode(value);
  value.fill(9);
  expect(bytes).toEqual(Uint8Array.of(1, 2, 3));
});

test("a Buffer, whose slice is a view, is copied as well and comes back as a Uint8Array", () => {
  const buffer = Buffer.from([1, 2, 3]);
  const encoded = bytesCodec.encode(buffer);
  const decoded = bytesCodec.decode(buffer);
  buffer.fill(9);
  expect(encoded).toEqual(Uint8Array.of(1, 2, 3));
  expect(decoded).toEqual(Uint8Array.of(1, 2, 3));
  expect(Object.getPrototypeOf(decoded)).toBe(Uint8Array.prototype);
});
