/**
 * Digest: 64 bits over a set, whatever the order: the exclusive or of a hash of each member. Two
 * nodes with equal digests are taken to hold the same. 0 is the empty set's.
 */
import { fnv1a, mix } from "./hash.ts";

/** Other starting points of FNV-1a than the standard's, so that the two halves have nothing in common. */
const highBasis = 0x2f0b4c47;
const lowBasis = 0x9e3779b9;

/** A digest, or a hash of one member of a set, in two halves: numbers are far faster than bigints. */
export interface Halves {
  readonly high: number;
  readonly low: number;
}

export function halvesOf(bytes: Uint8Array): Halves {
  return { high: mix(fnv1a(bytes, highBasis)), low: mix(fnv1a(bytes, lowBasis)) };
}

export class Digest {
  #high = 0;
  #low = 0;
  #value: bigint | undefined = 0n;

  /** Adds a member that was not in the set, or removes one that was. */
  toggle({ high, low }: Halves): void {
    this.#high = (this.#high ^ high) >>> 0;
    this.#low = (this.#low ^ low) >>> 0;
    this.#value = undefined;
  }

  get value(): bigint {
    this.#value ??= (BigInt(this.#high) << 32n) | BigInt(this.#low);
    return this.#value;
  }
}
