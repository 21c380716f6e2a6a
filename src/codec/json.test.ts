import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { CodecError, UsageError } from "../errors.ts";
import type { Codec, Validate } from "./codec.ts";
import { jsonCodec } from "./json.ts";

const utf8 = new TextEncoder();

function bytesOf(wire: unknown): Uint8Array {
  return utf8.encode(JSON.stringify(wire));
}

function textOf<T>(codec: Codec<T>, value: T): string {
  return Buffer.from(codec.encode(value)).toString();
}

const zodReading = z.object({ tank: z.string(), celsius: z.number() });

describe.each<[string, StandardSchemaV1<unknown, { tank: string; celsius: number }>]>([
  ["zod", zodReading],
  ["valibot", v.object({ tank: v.string(), celsius: v.number() })],
  ["arktype", type({ tank: "string", celsius: "number" })],
])("with a schema of %s", (_library, schema) => {
  const reading = { tank: "A", celsius: 11.4 };
  const misfit = { tank: "A", celsius: "11.4" } as never;

  test("what fits goes there and back", () => {
    const codec = jsonCodec(schema);
    expect(textOf(codec, reading)).toBe('{"tank":"A","celsius":11.4}');
    expect(codec.decode(codec.encode(reading))).toEqual(reading);
  });

  test("what does not fit is refused, with its place and the library's words", () => {
    const codec = jsonCodec(schema);
    expect(() => codec.encode(misfit)).toThrow(CodecError);
    expect(() => codec.encode(misfit)).toThrow(/value refused at \/celsius: .*number/);
    expect(() => codec.decode(bytesOf(misfit))).toThrow(/payload refused at \/celsius: .*number/);
    expect(() => codec.decode(bytesOf(null))).toThrow(/payload refused at its root: /);
  });

  test.each<[Validate, "refuses" | "takes", "refuses" | "takes"]>([
    ["both", "refuses", "refuses"],
    ["receive", "takes", "refuses"],
    ["none", "takes", "takes"],
  ])("validate: %s %s a misfit on encode and %s it on decode", (validate, encoding, decoding) => {
    const codec = jsonCodec(schema, { validate });
    const encode = (): unknown => codec.encode(misfit);
    const decode = (): unknown => codec.decode(bytesOf(misfit));
    if (encoding === "refuses") expect(encode).toThrow(CodecError);
    else expect(encode()).toEqual(bytesOf(misfit));
    if (decoding === "refuses") expect(decode).toThrow(CodecError);
    else expect(decode()).toEqual(misfit);
  });
});

test("without a schema anything JSON can carry passes, and nothing else", () => {
  const codec = jsonCodec<unknown>();
  expect(codec.decode(bytesOf([{ any: "thing" }]))).toEqual([{ any: "thing" }]);
  expect(() => codec.encode(Number.NaN)).toThrow(CodecError);
});

test("what JSON cannot carry is refused with validation off, too", () => {
  const codec = jsonCodec(zodReading, { validate: "none" });
  expect(() => codec.encode({ tank: "A", celsius: Number.NaN })).toThrow(
    /\/celsius: JSON has no NaN/,
  );
});

test("written is the value as given; the receiver gets what the schema makes of it", () => {
  const schema = z.object({ tank: z.string(), unit: z.string().default("C") });
  const codec = jsonCodec(schema);
  const withMore = { tank: "A", unit: "K", extra: 1 };
  expect(textOf(codec, withMore)).toBe('{"tank":"A","unit":"K","extra":1}');
  expect(codec.decode(codec.encode(withMore))).toEqual({ tank: "A", unit: "K" });
  expect(codec.decode(bytesOf({ tank: "A" }))).toEqual({ tank: "A", unit: "C" });
});

test("a property that is undefined is left out, so a schema that asks for its key refuses it", () => {
  const optional = jsonCodec(type({ tank: "string", "note?": "string | undefined" }));
  expect(textOf(optional, { tank: "A", note: undefined })).toBe('{"tank":"A"}');
  const required = jsonCodec(type({ tank: "string", note: "string | undefined" }));
  expect(() => required.encode({ tank: "A", note: undefined })).toThrow(/value refused at \/note/);
  expect(() => required.decode(bytesOf({ tank: "A" }))).toThrow(/payload refused at \/note/);
});

describe("with toWire", () => {
  const schema = z.object({ at: z.iso.datetime().transform((text) => new Date(text)) });
  const toWire = (value: { at: Date }): { at: string } => ({ at: value.at.toISOString() });
  const moment = { at: new Date("2024-05-05T05:05:05.000Z") };

  test("the wire form is written, and the schema's output comes back", () => {
    const codec = jsonCodec(schema, { toWire });
    expect(textOf(codec, moment)).toBe('{"at":"2024-05-05T05:05:05.000Z"}');
    expect(codec.decode(codec.encode(moment))).toEqual(moment);
  });

  test("a wire form that the schema would refuse is not sent", () => {
    const codec = jsonCodec(schema, { toWire: ({ at }) => ({ at: at.toDateString() }) });
    expect(() => codec.encode(moment)).toThrow(/value refused at \/at: /);
  });

  test('validate: "receive" leaves the check of the wire form to the receiver', () => {
    const codec = jsonCodec(schema, {
      validate: "receive",
      toWire: ({ at }) => ({ at: at.toDateString() }),
    });
    expect(textOf(codec, moment)).toBe('{"at":"Sun May 05 2024"}');
    expect(() => codec.decode(codec.encode(moment))).toThrow(CodecError);
  });

  test("a toWire that throws makes a CodecError with its error as cause", () => {
    const codec = jsonCodec(schema, { toWire });
    const invalid = { at: new Date(Number.NaN) };
    expect(() => codec.encode(invalid)).toThrow(/toWire threw: Invalid time value/);
    expect(() => codec.encode(invalid)).toThrow(
      expect.objectContaining({ cause: expect.any(RangeError) }),
    );
  });

  test('validate: "none" is a contradiction', () => {
    const options = { toWire, validate: "none" } as never;
    expect(() => jsonCodec(schema, options)).toThrow(UsageError);
  });
});

describe("a schema that cannot answer at once", () => {
  const schema = z.string().refine(async (text) => text !== "taken");

  test("is refused in words that say so", () => {
    const codec = jsonCodec(schema);
    expect(() => codec.encode("free")).toThrow(/value refused.*promise; codecs are synchronous/);
    expect(() => codec.decode(bytesOf("free"))).toThrow(/payload refused.*codecs are synchronous/);
    expect(() => codec.encode("free")).toThrow(CodecError);
  });

  test("leaves no unhandled rejection behind", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const rejecting = standardSchema(() => Promise.reject(new Error("no answer")));
    expect(() => jsonCodec(rejecting).encode(1)).toThrow(CodecError);
    await new Promise(setImmediate);
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

function standardSchema(
  validate: StandardSchemaV1.Props<number, number>["validate"],
): StandardSchemaV1<number, number> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

test("a schema that throws makes a CodecError with its error as cause", () => {
  const cause = new TypeError("bad check");
  const codec = jsonCodec(
    standardSchema(() => {
      throw cause;
    }),
  );
  expect(() => codec.decode(bytesOf(1))).toThrow(
    expect.objectContaining({ code: "PLEXO_CODEC", cause }),
  );
});

test.each<[what: string, validate: () => unknown]>([
  ["answers with undefined", () => undefined],
  ["answers with null", () => null],
  ["answers with a text", () => "fits"],
  ["names an issue that is none", () => ({ issues: [{ message: Symbol("no"), path: [null] }] })],
  ["names issues that are no list", () => ({ issues: 5 })],
  [
    "throws what cannot be made a text",
    () => {
      throw Object.create(null);
    },
  ],
])("a schema that %s makes a CodecError, on encode and on decode", (_what, validate) => {
  const codec = jsonCodec(standardSchema(validate as () => never));
  expect(() => codec.encode(1)).toThrow(CodecError);
  expect(() => codec.decode(bytesOf(1))).toThrow(CodecError);
});

test("a schema whose check forgets to return is refused in words that say so", () => {
  const codec = jsonCodec(standardSchema(() => undefined as never));
  expect(() => codec.encode(1)).toThrow(
    "value refused at its root: the schema answered with undef",
  );
});

test("issues without a path, and with path segments as objects, are told alike", () => {
  const issues = [{ message: "no", path: ["a", { key: 0 }] }, { message: "never" }];
  const codec = jsonCodec(standardSchema(() => ({ issues })));
  expect(() => codec.decode(bytesOf(1))).toThrow("payload refused at /a/0: no (and 1 more)");
  const silent = jsonCodec(standardSchema(() => ({ issues: [] })));
  expect(() => silent.decode(bytesOf(1))).toThrow("payload refused at its root: the schema names");
});

test("the nesting taken can be set", () => {
  const codec = jsonCodec<unknown>(undefined, { depthMax: 2 });
  expect(codec.decode(bytesOf([[1]]))).toEqual([[1]]);
  expect(() => codec.decode(bytesOf([[[1]]]))).toThrow(/more than 2 levels/);
  expect(() => codec.encode([[[1]]])).toThrow(/more than 2 levels/);
  expect(() =>
    jsonCodec(zodReading, { depthMax: 1 }).encode({ tank: "A", celsius: 1 }),
  ).not.toThrow();
});

test("the deepest nesting that can be set fits the stack", () => {
  const codec = jsonCodec<unknown>(undefined, { depthMax: 2_000 });
  const text = '{"a":'.repeat(2_000) + "1" + "}".repeat(2_000);
  expect(textOf(codec, codec.decode(utf8.encode(text)))).toBe(text);
});

test.each([0, 2_001, 1.5, Number.NaN])("a depthMax of %d is refused", (depthMax) => {
  expect(() => jsonCodec<unknown>(undefined, { depthMax })).toThrow(UsageError);
});

test("what is no Standard Schema, and a validate that is no choice, are refused", () => {
  for (const notSchema of [{ type: "object" }, null, { "~standard": {} }]) {
    expect(() => jsonCodec(notSchema as never)).toThrow(UsageError);
    expect(() => jsonCodec(notSchema as never)).toThrow(/there is jsonSchemaCodec/);
  }
  expect(() => jsonCodec(zodReading, { validate: "always" as never })).toThrow(
    /one of both, receive/,
  );
});
