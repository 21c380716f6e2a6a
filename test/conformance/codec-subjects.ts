/** The codecs that pass the suite, each with its values, bytes and golden vectors. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import { bytesCodec } from "../../src/codec/bytes.ts";
import type { Codec } from "../../src/codec/codec.ts";
import { jsonCodec } from "../../src/codec/json.ts";
import { jsonSchemaCodec } from "../../src/codec/json-schema.ts";
import { stringCodec } from "../../src/codec/string.ts";
import type { CodecSubject, GoldenBytes } from "../../src/testing/codec-cases.ts";

interface Foo {
  message: string;
  message_id: string;
  message_num: number;
  node_id: string;
  extra?: unknown;
}

interface StringVector {
  readonly name: string;
  readonly hex: string;
  readonly expected?: string;
  readonly expected_verdict?: "reject";
}

interface JsonVectors {
  readonly schemas: { readonly foo: object };
  readonly entries: readonly {
    readonly name: string;
    readonly hex: string;
    readonly text: string;
    readonly expected: unknown;
  }[];
  readonly decoding: readonly {
    readonly name: string;
    readonly hex: string;
    readonly observed: string;
    readonly value: Readonly<Record<string, unknown>> | null;
  }[];
}

/** Written by Python, and with it a bare NaN. */
function golden(name: string): unknown {
  const text = readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8");
  return JSON.parse(text.replace(/: NaN,$/m, ": null,"));
}

export function bytesFrom(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** For lists that the suite wants filled. */
function filled<T>(list: readonly T[]): readonly [T, ...T[]] {
  const [first, ...others] = list;
  if (first === undefined) throw new Error("the list is empty");
  return [first, ...others];
}

/** Text of all lengths of UTF-8, up to 40 characters. */
function textFrom(random: () => number): string {
  const planes = [0x80, 0x800, 0xd800, 0x10_ffff];
  return Array.from({ length: Math.floor(random() * 40) }, () => {
    const below = planes[Math.floor(random() * planes.length)] ?? 0x80;
    const point = Math.floor(random() * below);
    return point >= 0xd800 && point < 0xe000 ? "�" : String.fromCodePoint(point);
  }).join("");
}

// Here and below: golden files are ours, so their form is known.
const stringVectors = (golden("string-codec.json") as { entries: readonly StringVector[] }).entries;

export const stringSubject: CodecSubject<string> = {
  codec: stringCodec,
  samples: ["", "a", "a\0b", "hé …", "📡😀", "\ufeffa", "x".repeat(70_000), "�"],
  generate: textFrom,
  invalidValues: ["\ud800", "a\udc00b", 5, undefined, null, ["a"]],
  invalidBytes: filled(
    stringVectors
      .filter(({ expected_verdict }) => expected_verdict === "reject")
      .map(({ hex }) => bytesFrom(hex)),
  ),
  golden: filled(
    stringVectors.flatMap(({ name, hex, expected: value }) =>
      value === undefined ? [] : [{ name, bytes: bytesFrom(hex), value, canonical: true }],
    ),
  ),
};

export const bytesSubject: CodecSubject<Uint8Array> = {
  codec: bytesCodec,
  samples: [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(0xff, 0x80), new Uint8Array(70_000)],
  generate: (random) => Uint8Array.from({ length: random() * 300 }, () => random() * 256),
  invalidValues: ["text", [1, 2], new ArrayBuffer(1), new Uint16Array(1), undefined, null],
  golden: [
    {
      name: "as they are",
      bytes: Uint8Array.of(1, 2),
      value: Uint8Array.of(1, 2),
      canonical: true,
    },
  ],
};

export const jsonVectors = golden("json-codec.json") as JsonVectors;

/** What differs from how JSON.stringify writes the value, all of it as JSON allows. */
const notCanonical = new Set([
  "json/foo-escapes",
  "json/foo-float",
  "json/foo-exponent",
  "json/foo-big-int",
  "json/foo-small",
  "json/foo-extra",
]);

function goldenFoos(): GoldenBytes<Foo>[] {
  return jsonVectors.entries
    .filter(({ name }) => name.startsWith("json/foo"))
    .map(({ name, hex, expected }) => ({
      name,
      bytes: bytesFrom(hex),
      // The vectors are of this type, but for one number that their JSON gives in words.
      value: (name === "json/foo-big-int"
        ? { ...(expected as Foo), message_num: 2 ** 63 }
        : expected) as Foo,
      canonical: !notCanonical.has(name),
    }));
}

/**
 * Decoding where we do not do as the original did: it read UTF-16 and NaN, which JSON is not, and
 * stumbled over a key of the name of a Python parameter.
 */
const ownVerdicts: Readonly<Record<string, "accept" | "reject">> = {
  "json-decode/utf16": "reject",
  "json-decode/nan": "reject",
  "json-decode/key-named-self": "accept",
};

export function isAccepted({ name, observed }: JsonVectors["decoding"][number]): boolean {
  return (ownVerdicts[name] ?? observed) === "accept";
}

function fooFrom(random: () => number): Foo {
  return {
    message: textFrom(random),
    message_id: textFrom(random),
    message_num: random() < 0.5 ? Math.floor(random() * 2e9) : (random() - 0.5) * 1e9,
    node_id: textFrom(random),
  };
}

const foo: Foo = { message: "Hello", message_id: "6f1e", message_num: 1, node_id: "one" };

export const fooSubject: Omit<CodecSubject<Foo>, "codec"> = {
  samples: [
    foo,
    { ...foo, message: "\ud800 lone, whole 😀", message_num: 2 ** 63 },
    { ...foo, message_num: -1.5e-300, extra: [{ deep: [null, true] }] },
  ],
  generate: fooFrom,
  invalidValues: [
    undefined,
    null,
    [],
    "text",
    {},
    { ...foo, message: 5 },
    { ...foo, message_num: "5" },
    { ...foo, message_num: true },
    { ...foo, message_num: Number.NaN },
    { ...foo, message_num: 1n },
    { ...foo, extra: new Date(0) },
  ],
  invalidBytes: filled(
    jsonVectors.decoding.filter((entry) => !isAccepted(entry)).map(({ hex }) => bytesFrom(hex)),
  ),
  golden: filled(goldenFoos()),
};

const fooSchema = {
  type: "object",
  properties: {
    message: { type: "string" },
    message_id: { type: "string" },
    message_num: { type: "number" },
    node_id: { type: "string" },
  },
  required: ["message", "message_id", "message_num", "node_id"],
} as const;

export const jsonCodecsOfFoo: readonly [string, Codec<Foo>][] = [
  [
    "jsonCodec with zod",
    jsonCodec(
      z.looseObject({
        message: z.string(),
        message_id: z.string(),
        message_num: z.number(),
        node_id: z.string(),
      }),
    ),
  ],
  [
    "jsonCodec with valibot",
    jsonCodec(
      v.looseObject({
        message: v.string(),
        message_id: v.string(),
        message_num: v.number(),
        node_id: v.string(),
      }),
    ),
  ],
  [
    "jsonCodec with arktype",
    jsonCodec(
      type({ message: "string", message_id: "string", message_num: "number", node_id: "string" }),
    ),
  ],
  ["jsonSchemaCodec", jsonSchemaCodec(fooSchema)],
  ["jsonSchemaCodec with the original's schema", jsonSchemaCodec<Foo>(jsonVectors.schemas.foo)],
  ["jsonSchemaCodec with an Ajv", jsonSchemaCodec(fooSchema, { ajv: new Ajv2020() })],
];

export const untypedJsonSubject: CodecSubject<unknown> = {
  codec: jsonCodec<unknown>(),
  samples: [
    null,
    true,
    "",
    0,
    -1.5e-300,
    2 ** 63,
    [],
    {},
    [[[]], { a: { b: [null, "\ud800"] } }],
    "x".repeat(70_000),
    JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
  ],
  generate: (random) => [fooFrom(random), { [textFrom(random)]: random() < 0.5 }],
  invalidValues: [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    Symbol("s"),
    () => 1,
    new Date(0),
    new Map(),
    new Uint8Array(1),
    [undefined],
    { a: { b: Number.NEGATIVE_INFINITY } },
  ],
  invalidBytes: [
    utf8(""),
    utf8("NaN"),
    utf8("[1,]"),
    utf8('{"a":1'),
    utf8("9007199254740993"),
    utf8("1e309"),
    utf8("[".repeat(100_000) + "]".repeat(100_000)),
    Uint8Array.of(0x22, 0xff, 0x22),
  ],
  golden: filled(
    jsonVectors.entries
      .filter(({ name }) => name === "json/bar" || name === "json/foo")
      .map(({ name, hex, expected: value }) => ({
        name,
        bytes: bytesFrom(hex),
        value,
        canonical: true,
      })),
  ),
};

export const momentSubject: CodecSubject<{ at: Date }> = {
  codec: jsonCodec(z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }), {
    toWire: ({ at }) => ({ at: at.toISOString() }),
  }),
  samples: [{ at: new Date(0) }, { at: new Date(1_715_000_000_123) }],
  generate: (random) => ({ at: new Date(Math.floor(random() * 4e12)) }),
  invalidValues: [{ at: new Date(Number.NaN) }, { at: "1970-01-01T00:00:00.000Z" }, {}, null],
  invalidBytes: [utf8('{"at":0}'), utf8('{"at":"yesterday"}'), utf8("null")],
  golden: [
    {
      name: "by hand",
      bytes: utf8('{"at":"1970-01-01T00:00:00Z"}'),
      value: { at: new Date(0) },
      canonical: false,
    },
  ],
};
