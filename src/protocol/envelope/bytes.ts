/**
 * Parts of a byte array: little-endian numbers, as Cap'n Proto has them, and views.
 *
 * Numbers go by single bytes: a DataView per message costs more than it saves. And they go by two
 * bytes at a time, because V8 (that of Node 20) always inlines functions of under 27 bytes of
 * bytecode, but larger ones only until a caller has grown by 920: 32 bits in one piece made an
 * envelope with an id take twice as long to read or write.
 */

/** The unsigned 16 bits at `offset`, which the caller knows to be inside `bytes`. */
export function uint16At(bytes: Uint8Array, offset: number): number {
  // "!": inside `bytes`, as the caller has checked.
  return bytes[offset]! | (bytes[offset + 1]! << 8);
}

/** The unsigned 32 bits at `offset`, which the caller knows to be inside `bytes`. */
export function uint32At(bytes: Uint8Array, offset: number): number {
  return (uint16At(bytes, offset) | (uint16At(bytes, offset + 2) << 16)) >>> 0;
}

/** Writes the low 16 bits of `value` at `offset`, which the caller knows to be inside `bytes`. */
export function setUint16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
}

/** Writes the low 32 bits of `value` at `offset`, which the caller knows to be inside `bytes`. */
export function setUint32(bytes: Uint8Array, offset: number, value: number): void {
  setUint16(bytes, offset, value);
  setUint16(bytes, offset + 2, value >>> 16);
}

/**
 * A view of `byteCount` bytes from `start`. Of a Node Buffer too it is a plain Uint8Array, where
 * `subarray` would give a Buffer, whose `slice` surprises by not copying.
 */
export function viewOf(bytes: Uint8Array, start: number, byteCount: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, byteCount);
}

/** How many words of 8 bytes it takes to hold `byteCount` bytes, which must be below 2^32-7. */
export function wordCountOf(byteCount: number): number {
  return (byteCount + 7) >>> 3;
}
