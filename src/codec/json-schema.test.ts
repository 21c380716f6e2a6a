import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test, vi } from "vitest";
import { CodecError, UsageError } from "../errors.ts";
import type { Validate } from "./codec.ts";
import { compileAlone } from "./json/ajv.ts";
import { jsonSchemaCodec } from "./json-schema.ts";

const utf8 = new TextEncoder();

function bytesOf(wire: unknown): Uint8Array {
  return utf8.encode(JSON.stringify(wire));
}

const readingSchema = {
  type: "object",
  properties: { tank: { type: "string" }, celsius: { type: "number" } },
  required: ["tank", "celsius"],
} as const;
const misfit = { tank: "A", celsius: "11.4" } as never;

test("what fits goes there and back", () => {
  const codec = jsonSchemaCodec(readingSchema);
  const reading = { tank: "A", celsius: 11.4, more: [1] };
  expect(codec.encode(reading)).toEqual(bytesOf(reading));
  expect(codec.decode(bytesOf(reading))).toEqual(reading);
});

test("what does not fit is refused, with its place and ajv's words", () => {
  const codec = jsonSchemaCodec(readingSchema);
  expect(() => codec.encode(misfit)).toThrow("value refused at /celsius: must be number");
  expect(() => codec.decode(bytesOf(misfit))).toThrow(
    "payload refused at /celsius: must be number",
  );
  expect(() => codec.decode(bytesOf({ celsius: 1 }))).toThrow(
    "payload refused at its root: must have required property 'tank'",
  );
  expect(() => codec.decode(bytesOf(misfit))).toThrow(CodecError);
});

test.each<[Validate, "refuses" | "takes", "refuses" | "takes"]>([
  ["both", "refuses", "refuses"],
  ["receive", "takes", "refuses"],
  ["none", "takes", "takes"],
])("validate: %s %s a misfit on encode and %s it on decode", (validate, encoding, decoding) => {
  const codec = jsonSchemaCodec(readingSchema, { validate });
  const encode = (): unknown => codec.encode(misfit);
  const decode = (): unknown => codec.decode(bytesOf(misfit));
  if (encoding === "refuses") expect(encode).toThrow(CodecError);
  else expect(encode()).toEqual(bytesOf(misfit));
  if (decoding === "refuses") expect(decode).toThrow(CodecError);
  else expect(decode()).toEqual(misfit);
});

describe("drafts", () => {
  const tuple07 = { type: "array", items: [{ type: "string" }], additionalItems: false };
  const tuple2020 = { type: "array", prefixItems: [{ type: "string" }], items: false };

  test.each([
    ["07, where no $schema is", tuple07],
    ["07 by $schema", { $schema: "http://json-schema.org/draft-07/schema#", ...tuple07 }],
    [
      "2020-12 by $schema",
      { $schema: "https://json-schema.org/draft/2020-12/schema", ...tuple2020 },
    ],
  ])("%s", (_draft, schema) => {
    const codec = jsonSchemaCodec<[string]>(schema);
    expect(codec.decode(bytesOf(["a"]))).toEqual(["a"]);
    expect(() => codec.decode(bytesOf([1]))).toThrow(/refused at \/0/);
    expect(() => codec.decode(bytesOf(["a", "b"]))).toThrow(CodecError);
  });

  test("another one is refused, with the way out", () => {
    const schema = { $schema: "http://json-schema.org/draft-04/schema#" };
    expect(() => jsonSchemaCodec<unknown>(schema)).toThrow(/draft-04.*option ajv/);
  });

  test("two schemas with one $id do not meet", () => {
    const strings = jsonSchemaCodec<string>({ $id: "http://a/reading", type: "string" });
    const numbers = jsonSchemaCodec<number>({ $id: "http://a/reading", type: "number" });
    expect(strings.decode(bytesOf("a"))).toBe("a");
    expect(numbers.decode(bytesOf(1))).toBe(1);
  });
});

test.each([
  ["an unknown type", { type: "text" }, /schema\/type must be equal to one of/],
  ["a misspelt keyword", { type: "object", requierd: ["a"] }, /unknown keyword: "requierd"/],
  [
    "a format, which nobody checks here",
    { type: "string", format: "date" },
    /unknown format "date"/,
  ],
  ["a reference to nowhere", { $ref: "#/$defs/none" }, /can't resolve reference/],
  ["promises", { $async: true, type: "string" }, /\$async, and codecs are synchronous/],
])("a schema with %s is refused when the codec is made", (_what, schema, reason) => {
  expect(() => jsonSchemaCodec<unknown>(schema)).toThrow(UsageError);
  expect(() => jsonSchemaCodec<unknown>(schema)).toThrow(reason);
});

test("making a codec prints nothing", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  jsonSchemaCodec({ minimum: 1, type: ["string", "number"] });
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

describe("with an Ajv of the user's", () => {
  test("its formats count", () => {
    const ajv = new Ajv({ formats: { tank: /^[A-Z]$/ } });
    const codec = jsonSchemaCodec({ type: "string", format: "tank" }, { ajv });
    expect(codec.decode(bytesOf("A"))).toBe("A");
    expect(() => codec.decode(bytesOf("AA"))).toThrow(/must match format "tank"/);
  });

  test("its drafts count", () => {
    const schema = { prefixItems: [{ type: "string" }], type: "array", minItems: 1, items: false };
    const codec = jsonSchemaCodec<[string]>(schema, { ajv: new Ajv2020() });
    expect(() => codec.decode(bytesOf([1]))).toThrow(CodecError);
  });

  test.each(["coerceTypes", "removeAdditional", "useDefaults"])(
    "one with %s may change what arrives, never what is sent",
    (option) => {
      const ajv = new Ajv({ [option]: true });
      expect(() => jsonSchemaCodec(readingSchema, { ajv })).toThrow(UsageError);
      expect(() => jsonSchemaCodec(readingSchema, { ajv })).toThrow(option);
      expect(() => jsonSchemaCodec(readingSchema, { ajv, validate: "receive" })).not.toThrow();
    },
  );

  test("a keyword that throws makes a CodecError with its error as cause", () => {
    const cause = new TypeError("bad keyword");
    const ajv = new Ajv();
    ajv.addKeyword({
      keyword: "throws",
      validate: () => {
        throw cause;
      },
    });
    const codec = jsonSchemaCodec<unknown>({ throws: true }, { ajv });
    expect(() => codec.decode(bytesOf(1))).toThrow(
      expect.objectContaining({ code: "PLEXO_CODEC", cause }),
    );
  });
});

test("a schema that refers to itself without end makes a CodecError", () => {
  const codec = jsonSchemaCodec<unknown>({
    $ref: "#/definitions/a",
    definitions: { a: { allOf: [{ $ref: "#/definitions/a" }] } },
  });
  expect(() => codec.decode(bytesOf(1))).toThrow(/the schema threw: Maximum call stack/);
});

describe("where ajv is not installed", () => {
  test("the error names it and says how to get it", () => {
    const load = createRequire(join(tmpdir(), "nowhere.js"));
    expect(() => compileAlone({}, load)).toThrow(UsageError);
    expect(() => compileAlone({}, load)).toThrow("needs the package ajv: npm install ajv@8");
  });

  test("an error of ajv's own while it loads is not taken for its absence", () => {
    const cause = new SyntaxError("broken file");
    const load = (): never => {
      throw cause;
    };
    expect(() => compileAlone({}, load)).toThrow(cause);
  });
});
