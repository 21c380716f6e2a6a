/** Words of 32 bits in network byte order, as ZMTP has them. */

/** Writes the low 32 bits of `word`, an integer, at `offset`, where there has to be room. */
export function writeUint32(target: Uint8Array, offset: number, word: number): void {
  target[offset] = word >>> 24;
  target[offset + 1] = word >>> 16;
  target[offset + 2] = word >>> 8;
  target[offset + 3] = word;
}

/** The unsigned 32 bits at `offset`, which the caller knows to be inside `source`. */
export function readUint32(source: Uint8Array, offset: number): number {
  const high = ((source[offset] ?? 0) << 8) | (source[offset + 1] ?? 0);
  const low = ((source[offset + 2] ?? 0) << 8) | (source[offset + 3] ?? 0);
  return high * 0x1_0000 + low;
}
