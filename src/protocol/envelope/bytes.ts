/**
 * Parts of a byte array: little-endian words, as Cap'n Proto has them, and views.
 *
 * Words go by single bytes, not through a DataView: making one per message costs more than it saves.
 */

/** The unsigned 32 bits at `offset`, which the caller knows to be inside `bytes`. */
export function uint32At(bytes: Uint8Array, offset: number): number {
  // "!": inside `bytes`, as the caller has checked.
  const low = bytes[offset]! | (bytes[offset + 1]! << 8);
  const high = bytes[offset + 2]! | (bytes[offset + 3]! << 8);
  return (low | (high << 16)) >>> 0;
}

/** Writes the low 32 bits of `value` at `offset`, which the caller knows to be inside `bytes`. */
export function setUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
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
