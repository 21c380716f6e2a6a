/**
 * Type index: a small number for each type name that was heard, so that it costs a bit, and not a
 * string, to remember for each of many nodes whether it listens to a type.
 */

/** As many as the default network has addresses. Names beyond have no number, and are not followed. */
const namesMax = 65_536;

export class TypeIndex {
  readonly #indexes = new Map<string, number>();
  readonly #patterns = new Map<string, number>();

  get(typeName: string): number | undefined {
    return this.#indexes.get(typeName);
  }

  /** Those of the names that stand for many types, with their numbers. */
  get patterns(): Iterable<readonly [string, number]> {
    return this.#patterns;
  }

  /** The number of a name, given to it now if need be. */
  add(typeName: string): number | undefined {
    const known = this.#indexes.get(typeName);
    if (known !== undefined || this.#indexes.size >= namesMax) return known;
    const index = this.#indexes.size;
    this.#indexes.set(typeName, index);
    if (/[*>]/.test(typeName)) this.#patterns.set(typeName, index);
    return index;
  }
}

/** A set of small numbers. */
export class BitSet {
  #words = new Uint32Array(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(index: number): boolean {
    return ((this.#words[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }

  add(index: number): void {
    if (this.has(index)) return;
    const word = index >>> 5;
    if (word >= this.#words.length) {
      const words = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
      words.set(this.#words);
      this.#words = words;
    }
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (index & 31));
    this.#size += 1;
  }
}
