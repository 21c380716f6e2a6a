/**
 * Sequence numbers: 32 bits that wrap, compared by their distance (RFC 3208, section 9, "Sequence
 * Number" arithmetic as in RFC 1982). Kept as numbers from 0 to 2^32-1.
 */

/** How far `sequence` is behind (below 0) or ahead of `from`, from -2^31 to 2^31-1. */
export function distance(from: number, sequence: number): number {
  return (sequence - from) | 0;
}

/** The sequence number `count` after `sequence`, or before it if negative. */
export function plus(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}
