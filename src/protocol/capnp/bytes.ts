/** Parts of a byte array: little-endian 32-bit words, as Cap'n Proto has them, and whole words of 64. */

/** The unsigned 32 bits at `offset`, which the caller knows to be inside `bytes`. */
export function uint32At(bytes: Uint8Array, offset: number): number {
  // Byte by byte: a DataView per message would cost more than the whole reading does.
  // "!": inside `bytes`, as the caller has checked.
  const low = bytes[offset]! | (bytes[offset + 1]! << 8);
  const high = bytes[offset + 2]! | (bytes[offset + 3]! << 8);
  return (low | (high << 16)) >>> 0;
}

/** How many words of 8 bytes it takes to hold `byteCount` bytes, which must be below 2^32-7. */
export function wordCountOf(byteCount: number): number {
  return (byteCount + 7) >>> 3;
}
