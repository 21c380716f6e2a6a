/** Which codecs pass the suite, the original's messages, and laws that want generated values. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonCodec } from "../../src/codec/json.ts";
import { stringCodec } from "../../src/codec/string.ts";
import { CodecError } from "../../src/errors.ts";
import { type CodecSubject, codecCases } from "../../src/testing/codec-cases.ts";
import {
  bytesFrom,
  bytesSubject,
  fooSubject,
  isAccepted,
  jsonCodecsOfFoo,
  jsonVectors,
  momentSubject,
  stringSubject,
  untypedJsonSubject,
  utf8,
} from "./codec-subjects.ts";

function runSuite<T>(subject: CodecSubject<T>): void {
  test.each(codecCases)("$name", (codecCase) => {
    expect(() => codecCase.run(subject)).not.toThrow();
  });
}

describe("stringCodec", () => {
  runSuite(stringSubject);
});
describe("bytesCodec", () => {
  runSuite(bytesSubject);
});
describe("jsonCodec without a schema", () => {
  runSuite(untypedJsonSubject);
});
describe("jsonCodec with zod and toWire", () => {
  runSuite(momentSubject);
});
describe.each(jsonCodecsOfFoo)("%s", (_name, codec) => {
  runSuite({ codec, ...fooSubject });
});

describe.each(jsonCodecsOfFoo)("the original's messages in %s", (_name, codec) => {
  test.each(jsonVectors.decoding.filter(isAccepted))("$name is read", ({ hex, value }) => {
    const decoded = codec.decode(bytesFrom(hex));
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    for (const [key, expected] of Object.entries(value ?? { self: 1 })) {
      // zod and valibot leave this key out, so that it can hurt nobody: as good.
      if (key === "__proto__" && !Object.hasOwn(decoded, key)) continue;
      expect(Object.getOwnPropertyDescriptor(decoded, key)?.value).toEqual(expected);
    }
  });
});

describe("laws", () => {
  const json = jsonCodec<unknown>();
  const strange = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
  });

  // What few programs make by intent, and libraries do: each of these once became something else.
  const dressedUp = strange.chain((value) =>
    fc.constantFrom<unknown>(
      Object.assign([value], { toJSON: () => value }),
      Loud.of(value),
      Object.defineProperty({ value }, "toJSON", { value: () => value }),
      Object.assign(new Plain(value), { toJSON: () => value }),
      { value, toJSON: () => value },
      new Plain(value),
      Object.assign([value], { besides: value }),
      Object.defineProperty({ value }, "hidden", { value }),
    ),
  );
  const anything = fc.oneof(
    strange,
    dressedUp,
    dressedUp.map((value) => [value]),
    dressedUp.map((value) => ({ value })),
  );

  test("any text survives, and is written as TextEncoder writes it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        const bytes = stringCodec.encode(text);
        expect(Buffer.compare(bytes, utf8(text))).toBe(0);
        expect(stringCodec.decode(bytes)).toBe(text);
      }),
    );
  });

  test("bytes are text for stringCodec exactly if they are UTF-8", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString("utf8");
        const isUtf8 = Buffer.compare(Buffer.from(text, "utf8"), bytes) === 0;
        if (isUtf8) expect(stringCodec.decode(bytes)).toBe(text);
        else expect(() => stringCodec.decode(bytes)).toThrow(CodecError);
      }),
    );
  });

  test("any JSON value survives, but for the sign of zero", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(json.decode(json.encode(value))).toEqual(asJsonKeeps(value));
      }),
    );
  });

  test("any JSON text is read as JSON.parse reads it, however it is laid out", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat(10), (text, indent) => {
        const laidOut = JSON.stringify(JSON.parse(text), undefined, indent);
        expect(json.decode(utf8(laidOut))).toEqual(JSON.parse(laidOut));
      }),
    );
  });

  test("an integer is read exactly, or as it would be written, or not at all", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (integer) => {
        const literal = String(integer);
        const number = Number(literal);
        if (BigInt(number) === integer || String(number) === literal) {
          expect(json.decode(utf8(literal))).toBe(number);
        } else {
          expect(() => json.decode(utf8(literal))).toThrow(CodecError);
        }
      }),
    );
  });

  test("whatever is given, nothing is changed in silence: it survives or is refused", () => {
    let survived = 0;
    fc.assert(
      fc.property(anything, (value) => {
        let bytes: Uint8Array;
        try {
          bytes = json.encode(value);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
          return;
        }
        survived += 1;
        expect(json.decode(bytes)).toStrictEqual(asJsonKeeps(value));
      }),
      { numRuns: 1_000 },
    );
    expect(survived).toBeGreaterThan(20);
  });
});

class Plain {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

class Loud extends Array<unknown> {
  toJSON(): string {
    return "loud";
  }
}

/**
 * What the documentation says is not kept: undefined properties, -0, a prototype, fields that are
 * not enumerable, and what an array has besides its elements.
 */
function asJsonKeeps(value: unknown): unknown {
  if (value === 0) return 0;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, asJsonKeeps);
  const kept: object = {};
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    Object.defineProperty(kept, key, {
      value: asJsonKeeps(field),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return kept;
}
