/** The two hash functions that nodes share: FNV-1a with 32 bits, and MurmurHash3's finalizer. */

/** Of FNV-1a, 32 bits: where every hash begins. */
const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** @param from An earlier hash to go on from. @returns A number from 0 to 2^32-1. */
export function fnv1a(bytes: Iterable<number>, from: number = offsetBasis): number {
  let hash = from;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, prime);
  return hash >>> 0;
}

/** Spreads what differs in a few bits over all 32. @returns A number from 0 to 2^32-1. */
export function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
