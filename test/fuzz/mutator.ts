/** Mutator: makes new inputs from those that are known. */
import type { Random } from "../../src/testing/random.ts";

/** One way to change an input. `other` is another one, to take parts from. */
type Change = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const usualBytesMax = 4 * 1024;
/** Some are stretched, at most so far, to see costs that grow faster than what arrives. */
export const inputBytesMax: number = 128 * 1024;
const stretchedOnceIn = 2_000;
const changesMax = 8;

export class Mutator {
  readonly #random: Random;
  readonly #pool: readonly Uint8Array[];
  readonly #changes: readonly [Change, ...Change[]];

  /**
   * @param pool What to begin with. Whoever fills it further has that mutated, too.
   * @param dictionary Bytes that mean something to the decoder.
   */
  constructor(random: Random, pool: readonly Uint8Array[], dictionary: readonly Uint8Array[]) {
    this.#random = random;
    this.#pool = pool;
    const [first, ...rest] = dictionary;
    this.#changes =
      first === undefined
        ? generalChanges
        : [...generalChanges, insertOf([first, ...rest]), overwriteOf([first, ...rest])];
  }

  /** The next input. */
  next(): Uint8Array {
    const random = this.#random;
    let bytes = this.#known();
    for (let count = 1 + random.below(1 + random.below(changesMax)); count > 0; count--) {
      bytes = random.pick(this.#changes)(bytes, random, this.#known());
    }
    if (random.onceIn(stretchedOnceIn)) return stretch(bytes, random).subarray(0, inputBytesMax);
    return bytes.subarray(0, usualBytesMax);
  }

  /** One that is known; of the newest, who have led to something new last, one in two times. */
  #known(): Uint8Array {
    const count = this.#pool.length;
    const newest = Math.ceil(count / 8);
    const index = this.#random.onceIn(2)
      ? count - 1 - this.#random.below(newest)
      : this.#random.below(count);
    return this.#pool[index] ?? nothing;
  }
}

const nothing = new Uint8Array(0);

const flipBit: Change = (bytes, random) =>
  changedAt(bytes, random, (byte) => byte ^ (1 << random.below(8)));
const changeByte: Change = (bytes, random) => changedAt(bytes, random, () => random.below(256));
const countOn: Change = (bytes, random) =>
  changedAt(bytes, random, (byte) => byte + random.below(33) - 16);
const insertRandom: Change = (bytes, random) =>
  spliced(bytes, random.below(bytes.length + 1), 0, random.bytes(1 + random.below(16)));
const insertNumber: Change = (bytes, random) =>
  spliced(bytes, random.below(bytes.length + 1), 0, numberBytes(bytes, random));
const overwriteNumber: Change = (bytes, random) => {
  const number = numberBytes(bytes, random);
  const at = random.below(bytes.length + 1);
  const aligned = random.onceIn(2) ? at - (at % number.length) : at;
  return spliced(bytes, aligned, number.length, number);
};
const truncate: Change = (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1));
const remove: Change = (bytes, random) => {
  const { start, end } = rangeIn(bytes, random);
  return spliced(bytes, start, end - start, nothing);
};
const duplicate: Change = (bytes, random) => {
  const { start, end } = rangeIn(bytes, random);
  return spliced(
    bytes,
    random.onceIn(2) ? end : random.below(bytes.length + 1),
    0,
    bytes.subarray(start, end),
  );
};
const takeOver: Change = (bytes, random, other) => {
  const { start, end } = rangeIn(other, random);
  const replaced = random.onceIn(2) ? end - start : 0;
  return spliced(bytes, random.below(bytes.length + 1), replaced, other.subarray(start, end));
};
/** The start of one and the end of another. */
const cross: Change = (bytes, random, other) => {
  const at = random.below(bytes.length + 1);
  return spliced(bytes, at, bytes.length, other.subarray(random.below(other.length + 1)));
};

const generalChanges: readonly [Change, ...Change[]] = [
  flipBit,
  changeByte,
  countOn,
  insertRandom,
  insertNumber,
  overwriteNumber,
  truncate,
  remove,
  duplicate,
  takeOver,
  cross,
];

function insertOf(dictionary: readonly [Uint8Array, ...Uint8Array[]]): Change {
  return (bytes, random) =>
    spliced(bytes, random.below(bytes.length + 1), 0, random.pick(dictionary));
}

function overwriteOf(dictionary: readonly [Uint8Array, ...Uint8Array[]]): Change {
  return (bytes, random) => {
    const word = random.pick(dictionary);
    return spliced(bytes, random.below(bytes.length + 1), word.length, word);
  };
}

/** Repeats a part very often. */
function stretch(bytes: Uint8Array, random: Random): Uint8Array {
  const { start, end } = rangeIn(bytes, random);
  if (start === end) return bytes;
  const part = bytes.subarray(start, end);
  const repeated = new Uint8Array(inputBytesMax >> random.below(5));
  for (let at = 0; at < repeated.length; at += part.length) {
    repeated.set(part.subarray(0, repeated.length - at), at);
  }
  return spliced(bytes, end, 0, repeated);
}

function changedAt(
  bytes: Uint8Array,
  random: Random,
  change: (byte: number) => number,
): Uint8Array {
  const changed = bytes.slice();
  const at = random.below(bytes.length);
  if (at < changed.length) changed[at] = change(changed[at] ?? 0);
  return changed;
}

/** An integer of 1 to 8 bytes in either order: near a power of 2, or a size the input has itself. */
function numberBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const base = random.onceIn(3)
    ? BigInt(random.below(bytes.length + 1))
    : 2n ** BigInt(random.below(65));
  const value = base + BigInt(random.below(5) - 2);
  const view = new DataView(new ArrayBuffer(8));
  const littleEndian = random.onceIn(2);
  view.setBigUint64(0, BigInt.asUintN(64, value), littleEndian);
  const byteCount = random.pick([1, 2, 4, 8]);
  const all = new Uint8Array(view.buffer);
  return littleEndian ? all.subarray(0, byteCount) : all.subarray(8 - byteCount);
}

function rangeIn(
  bytes: Uint8Array,
  random: Random,
): { readonly start: number; readonly end: number } {
  const start = random.below(bytes.length + 1);
  return { start, end: start + random.below(bytes.length - start + 1) };
}

function spliced(
  bytes: Uint8Array,
  at: number,
  removedCount: number,
  inserted: Uint8Array,
): Uint8Array {
  const rest = bytes.subarray(at + removedCount);
  const joined = new Uint8Array(at + inserted.length + rest.length);
  joined.set(bytes.subarray(0, at));
  joined.set(inserted, at);
  joined.set(rest, at + inserted.length);
  return joined;
}
