/** Random: chance that can be had again, from a seed. */

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed 32 bits of it count. */
  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = 0x9e3779b9;
    this.#c = 0x243f6a88;
    // Seeds that are alike give what is not alike only after a while.
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** 32 random bits, unsigned, by Chris Doty-Humphrey's sfc32. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 64 random bits, unsigned. */
  uint64(): bigint {
    return (BigInt(this.uint32()) << 32n) | BigInt(this.uint32());
  }

  /** A number from 0 to below 1, as `Math.random()` gives it but with 32 bits. */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A number from `min` to below `max`. */
  between(min: number, max: number): number {
    return min + this.fraction() * (max - min);
  }

  /** An integer from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** True in this share of all calls, on average: never for 0, always for 1. */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  /** True once in so many times, on average. */
  onceIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** @param choices At least one. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.uint32() >>> 24);
  }
}
