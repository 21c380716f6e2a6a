/**
 * Probe: the addresses that a type would like to have, best first. All nodes compute the same ones,
 * so that nodes which cannot hear each other mostly choose alike.
 */
import { encodeUtf8 } from "../utf8.ts";
import { fnv1a, mix } from "./hash.ts";

/** Only an address among so many of the first probes counts as one when two records are compared. */
export const probesRanked = 64;

/**
 * The address that `typeName` would like best (`index` 0), second (1) and so on, as an offset below
 * `size`: MurmurHash3's finalizer over FNV-1a (32 bits) of the name in UTF-8 and of the index in four
 * bytes, the most significant first, modulo the size.
 */
export function probe(typeName: string, index: number, size: number): number {
  return probeFrom(fnv1a(encodeUtf8(typeName)), index, size);
}

/** Which probe of `typeName` finds `address`; Infinity if none of the first 64 does. */
export function probeIndexOf(typeName: string, address: number, size: number): number {
  const nameHash = fnv1a(encodeUtf8(typeName));
  for (let index = 0; index < probesRanked; index += 1) {
    if (probeFrom(nameHash, index, size) === address) return index;
  }
  return Number.POSITIVE_INFINITY;
}

function probeFrom(nameHash: number, index: number, size: number): number {
  return mix(fnv1aUint32(index, nameHash)) % size;
}

function fnv1aUint32(word: number, from: number): number {
  return fnv1a([word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff], from);
}
