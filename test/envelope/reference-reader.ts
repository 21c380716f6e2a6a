/**
 * A second reader of envelopes, to compare ours with: written from the specification alone, word by
 * word and without regard to speed.
 *
 * Source: Cap'n Proto, "Encoding Spec".
 */

/** What an envelope says; undefined where there is no id. */
export interface ReferenceEnvelope {
  readonly topic: Uint8Array;
  readonly payload: Uint8Array;
  readonly id:
    | { readonly origin: bigint; readonly sequence: bigint; readonly hops: number }
    | undefined;
}

/** An object that a pointer leads to. */
interface Target {
  readonly kind: "struct" | "list";
  readonly segment: number;
  readonly word: bigint;
  /** The upper half of its pointer. */
  readonly size: bigint;
}

class Refusal extends Error {}

/** @returns undefined if `bytes` are no envelope. */
export function readByReference(bytes: Uint8Array): ReferenceEnvelope | undefined {
  try {
    return new Message(bytes).envelope();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

class Message {
  readonly #view: DataView;
  /** Each segment's words: where in the bytes they begin, and how many there are. */
  readonly #segments: { readonly start: number; readonly count: number }[] = [];

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    require(bytes.length >= 4);
    const segmentCount = this.#view.getUint32(0, true) + 1;
    const tableSize = 4 * (1 + segmentCount + ((segmentCount + 1) % 2));
    require(segmentCount <= 512 && bytes.length >= tableSize);
    let start = tableSize;
    for (let index = 0; index < segmentCount; index++) {
      const count = this.#view.getUint32(4 + 4 * index, true);
      this.#segments.push({ start, count });
      start += 8 * count;
    }
    require(start === bytes.length);
  }

  envelope(): ReferenceEnvelope {
    const root = this.#follow(0, 0n);
    require(root?.kind === "struct");
    const dataCount = root.size & 0xffffn;
    const pointerCount = root.size >> 16n;
    this.#checkInside(root, dataCount + pointerCount);
    const data = (index: bigint): bigint =>
      index < dataCount ? this.#word(root.segment, root.word + index) : 0n;
    const list = (index: bigint): Uint8Array => {
      require(index < pointerCount);
      return this.#byteList(this.#follow(root.segment, root.word + dataCount + index));
    };
    const text = list(0n);
    require(text.length > 1 && text.at(-1) === 0);
    const topic = text.subarray(0, -1);
    require(isUtf8(topic));
    const [origin, sequence, hops] = [data(0n), data(1n), Number(data(2n) & 0xffn)];
    require(origin === 0n || sequence < 2n ** 53n);
    return { topic, payload: list(1n), id: origin === 0n ? undefined : { origin, sequence, hops } };
  }

  #byteList(target: Target | undefined): Uint8Array {
    require(target?.kind === "list" && (target.size & 7n) === 2n);
    const count = target.size >> 3n;
    this.#checkInside(target, (count + 7n) / 8n);
    const start = (this.#segments[target.segment]?.start ?? 0) + 8 * Number(target.word);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, Number(count));
  }

  /** @returns undefined for a null pointer. */
  #follow(segment: number, word: bigint): Target | undefined {
    const pointer = this.#word(segment, word);
    if (pointer === 0n) return undefined;
    if ((pointer & 3n) !== 2n) return near(pointer, segment, word);
    const padSegment = Number(pointer >> 32n);
    const padWord = (pointer & 0xffff_ffffn) >> 3n;
    const pad = this.#word(padSegment, padWord);
    if ((pointer & 4n) === 0n) return near(pad, padSegment, padWord);
    const tag = this.#word(padSegment, padWord + 1n);
    // The pad is a far pointer to the object, and the tag says what that is.
    require((pad & 7n) === 2n && (tag & 0xffff_fffcn) === 0n);
    return { ...near(tag, Number(pad >> 32n), 0n), word: (pad & 0xffff_ffffn) >> 3n };
  }

  #word(segment: number, word: bigint): bigint {
    const { start, count } = this.#segments[segment] ?? { start: 0, count: 0 };
    require(word >= 0n && word < BigInt(count));
    return this.#view.getBigUint64(start + 8 * Number(word), true);
  }

  #checkInside({ segment, word }: Target, count: bigint): void {
    const known = this.#segments[segment];
    require(known !== undefined && word >= 0n && word + count <= BigInt(known.count));
  }
}

/** What a pointer says that stands at `word`. */
function near(pointer: bigint, segment: number, word: bigint): Target {
  require((pointer & 2n) === 0n);
  const offset = BigInt.asIntN(30, (pointer >> 2n) & 0x3fff_ffffn);
  return {
    kind: (pointer & 1n) === 0n ? "struct" : "list",
    segment,
    word: word + 1n + offset,
    size: pointer >> 32n,
  };
}

function isUtf8(bytes: Uint8Array): boolean {
  return Buffer.from(Buffer.from(bytes).toString("utf8"), "utf8").equals(bytes);
}

function require(condition: boolean): asserts condition {
  if (!condition) throw new Refusal();
}
