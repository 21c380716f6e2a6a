/**
 * The rules that every codec keeps, as a list of cases that knows no test runner:
 *
 *     for (const { name, run } of codecCases) test(name, () => run(subject));
 */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Codec } from "../codec/codec.ts";
import { CodecError } from "../errors.ts";
import { checkTopicPart } from "../topic.ts";

/** A codec, with what the cases need to know of its values and bytes. */
export interface CodecSubject<T> {
  readonly codec: Codec<T>;
  /** Values that survive the way there and back: one of every kind that could go wrong. */
  readonly samples: readonly [T, T, ...T[]];
  /** One more such value. `random` gives numbers from 0 up to 1; the same ones, the same value. */
  readonly generate: (random: () => number) => T;
  /** What encode refuses, of whatever type. */
  readonly invalidValues: readonly [unknown, ...unknown[]];
  /** What decode refuses. Leave it out only where any bytes are a value: that is then proved. */
  readonly invalidBytes?: readonly [Uint8Array, ...Uint8Array[]];
  /** Bytes that another implementation made, with what they stand for. */
  readonly golden: readonly [GoldenBytes<T>, ...GoldenBytes<T>[]];
  /** Whether two values are the same to a receiver. By default: deeply and strictly equal. */
  readonly same?: (left: T, right: T) => boolean;
}

/** Bytes whose meaning is known from elsewhere. */
export interface GoldenBytes<T> {
  /** Which bytes these are, for the message of a failure. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly value: T;
  /** True if encode gives these very bytes, false if it may write the value otherwise. */
  readonly canonical: boolean;
}

/** One rule. */
export interface CodecCase {
  /** A sentence about codecs, for the title of a test. */
  readonly name: string;
  /** Throws an AssertionError if the codec breaks the rule. */
  run<T>(subject: CodecSubject<T>): void;
}

/** Fixed, so that a failure comes again. */
const seed = 0x9e3779b9;
const generatedCount = 200;
const mutantCount = 500;

/** Every rule; none takes more than a second or so. */
export const codecCases: readonly CodecCase[] = [
  {
    name: "the name can be part of a topic",
    run({ codec }) {
      checkTopicPart(codec.name, "codec name");
    },
  },
  {
    name: "a value survives the way there and back",
    run(subject) {
      for (const value of valuesOf(subject)) {
        assertSame(subject, subject.codec.decode(subject.codec.encode(value)), value);
      }
    },
  },
  {
    name: "equal values give equal bytes",
    run(subject) {
      for (const value of valuesOf(subject)) {
        assertEqualBytes(subject.codec.encode(value), subject.codec.encode(value));
      }
    },
  },
  {
    name: "encoded bytes are their receiver's: overwriting some changes no others",
    run(subject) {
      for (const value of valuesOf(subject)) {
        const first = subject.codec.encode(value);
        const expected = Uint8Array.from(first);
        subject.codec.encode(value).fill(0xff);
        assertEqualBytes(first, expected);
        assertEqualBytes(subject.codec.encode(value), expected);
      }
    },
  },
  {
    name: "a decoded value stays as it is when its bytes are overwritten",
    run(subject) {
      for (const value of valuesOf(subject)) {
        const bytes = Uint8Array.from(subject.codec.encode(value));
        const decoded = subject.codec.decode(bytes);
        bytes.fill(0xff);
        assertSame(subject, decoded, value);
      }
    },
  },
  {
    name: "decode keeps to its view of a larger buffer, and changes nothing in it",
    run(subject) {
      for (const value of valuesOf(subject)) {
        const bytes = subject.codec.encode(value);
        const buffer = new Uint8Array(bytes.length + 24).fill(0x5b);
        buffer.set(bytes, 13);
        const before = Uint8Array.from(buffer);
        assertSame(subject, subject.codec.decode(buffer.subarray(13, 13 + bytes.length)), value);
        assertEqualBytes(buffer, before);
      }
    },
  },
  {
    name: "a value that does not fit is refused with a CodecError",
    run({ codec, invalidValues }) {
      for (const [index, value] of invalidValues.entries()) {
        // The types forbid such values; this proves what happens where they were not asked.
        assertCodecError(() => codec.encode(value as never), `invalid value ${index}`);
      }
    },
  },
  {
    name: "bytes that do not fit are refused with a CodecError",
    run({ codec, invalidBytes }) {
      if (invalidBytes === undefined) {
        for (const bytes of noise()) codec.decode(bytes);
      } else {
        for (const bytes of invalidBytes) assertCodecError(() => codec.decode(bytes), show(bytes));
      }
    },
  },
  {
    name: "a message cut short gives a CodecError or a value that could be sent",
    run(subject) {
      for (const value of subject.samples) {
        const bytes = subject.codec.encode(value);
        const lengths = Math.min(bytes.length, mutantCount);
        for (let length = 0; length < lengths; length += 1) {
          assertDecodesOrRefuses(subject.codec, bytes.slice(0, length));
        }
      }
    },
  },
  {
    name: "a message with flipped bits gives a CodecError or a value that could be sent",
    run(subject) {
      const random = randomFrom(seed);
      for (const value of subject.samples) {
        const bytes = subject.codec.encode(value);
        if (bytes.length === 0) continue;
        for (let count = 0; count < mutantCount; count += 1) {
          const mutant = Uint8Array.from(bytes);
          for (let flips = 1 + integer(random, 3); flips > 0; flips -= 1) {
            const index = integer(random, mutant.length);
            mutant[index] = (mutant[index] ?? 0) ^ (1 << integer(random, 8));
          }
          assertDecodesOrRefuses(subject.codec, mutant);
        }
      }
    },
  },
  {
    name: "random bytes give a CodecError or a value that could be sent",
    run({ codec }) {
      for (const bytes of noise()) assertDecodesOrRefuses(codec, bytes);
    },
  },
  {
    name: "bytes made to hurt give a CodecError or a value",
    run({ codec }) {
      for (const bytes of hostileBytes()) valueOrRefusal(codec, bytes);
    },
  },
  {
    name: "bytes of another implementation are read, and written alike where they are canonical",
    run(subject) {
      for (const { name, bytes, value, canonical } of subject.golden) {
        assertSame(subject, subject.codec.decode(bytes), value, name);
        if (canonical) assertEqualBytes(subject.codec.encode(value), bytes, name);
      }
    },
  },
];

function* valuesOf<T>({ samples, generate }: CodecSubject<T>): Generator<T> {
  yield* samples;
  const random = randomFrom(seed);
  for (let count = 0; count < generatedCount; count += 1) yield generate(random);
}

function* noise(): Generator<Uint8Array> {
  const random = randomFrom(seed);
  for (let count = 0; count < mutantCount; count += 1) {
    yield Uint8Array.from({ length: integer(random, 64) }, () => integer(random, 256));
  }
}

/** What brings decoders down: depth, claimed sizes, endless and empty things, in several formats. */
function* hostileBytes(): Generator<Uint8Array> {
  const depth = 100_000;
  const utf8 = new TextEncoder();
  for (const text of [
    "[".repeat(depth),
    "[".repeat(depth) + "]".repeat(depth),
    '{"a":'.repeat(depth),
    `${'{"a":'.repeat(depth)}0${"}".repeat(depth)}`,
    '{"__proto__":{"polluted":true}}',
    `"${"\\u".repeat(depth)}`,
    "9".repeat(depth),
    `1e${"9".repeat(depth)}`,
  ]) {
    yield utf8.encode(text);
  }
  // 0x81 and 0x91 open an array of one in CBOR and MessagePack, 0x0b a group in protobuf.
  for (const byte of [0x00, 0x01, 0x0b, 0x7f, 0x80, 0x81, 0x91, 0xff]) {
    yield new Uint8Array(depth).fill(byte);
  }
  // Sizes beyond 2^31 in CBOR (array, bytes), MessagePack (array, bytes), protobuf and Cap'n Proto
  // (segments, words, a pointer), with nothing behind them.
  yield Uint8Array.of(0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
  yield Uint8Array.of(0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
  yield Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff);
  yield Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff);
  yield Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f);
  yield Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
  yield Uint8Array.of(0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff);
  yield Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
}

function assertSame<T>(subject: CodecSubject<T>, actual: T, expected: T, name?: string): void {
  const same = subject.same ?? isDeepStrictEqual;
  if (same(actual, expected)) return;
  throw new assert.AssertionError({
    message: `${name ?? subject.codec.name}: another value came back`,
    actual,
    expected,
  });
}

function assertEqualBytes(actual: Uint8Array, expected: Uint8Array, name = "bytes"): void {
  const equal =
    actual.length === expected.length && actual.every((byte, index) => byte === expected[index]);
  assert.ok(equal, `${name}: ${show(actual)} where ${show(expected)} should be`);
}

function assertCodecError(act: () => unknown, what: string): void {
  assert.throws(act, CodecError, `${what} was not refused with a CodecError`);
}

/** What decodes is a value, so encode takes it. */
function assertDecodesOrRefuses<T>(codec: Codec<T>, bytes: Uint8Array): void {
  const outcome = valueOrRefusal(codec, bytes);
  if (outcome !== undefined) codec.encode(outcome.value);
}

/** Undefined if decode refused `bytes` with a CodecError; any other error is thrown on. */
function valueOrRefusal<T>(codec: Codec<T>, bytes: Uint8Array): { readonly value: T } | undefined {
  try {
    return { value: codec.decode(bytes) };
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw new assert.AssertionError({
      message: `decode threw ${String(error)}, not a CodecError, for ${show(bytes)}`,
    });
  }
}

function show(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 64), (byte) => byte.toString(16).padStart(2, "0"));
  return `${bytes.length} bytes ${shown.join("")}${bytes.length > 64 ? "…" : ""}`;
}

function integer(random: () => number, below: number): number {
  return Math.floor(random() * below);
}

/** Marsaglia's xorshift with 32 bits (2003): poor dice, but the same everywhere. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
