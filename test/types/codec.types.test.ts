/** What the compiler takes and refuses. Only `tsc` checks this file: vitest strips the types. */
import { Ajv } from "ajv";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { bytesCodec } from "../../src/codec/bytes.ts";
import type { Codec } from "../../src/codec/codec.ts";
import { type Jsonable, jsonCodec } from "../../src/codec/json.ts";
import { jsonSchemaCodec } from "../../src/codec/json-schema.ts";
import { stringCodec } from "../../src/codec/string.ts";

interface Reading {
  tank: string;
  celsius: number;
}

interface Tree {
  readonly label: string;
  readonly children: readonly Tree[];
  readonly parent?: Tree | null | undefined;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** As a neuron takes its codec: `T` comes from there. */
declare function typeFrom<T>(codec: Codec<T>): T;

describe("codecs of one type", () => {
  test("carry that type", () => {
    expectTypeOf(stringCodec).toEqualTypeOf<Codec<string>>();
    expectTypeOf(bytesCodec).toEqualTypeOf<Codec<Uint8Array>>();
    // @ts-expect-error: a number is no text
    void (() => stringCodec.encode(5));
    // @ts-expect-error: text is no bytes
    void (() => bytesCodec.encode("text"));
  });
});

describe("jsonCodec without a schema", () => {
  test("takes the type as given", () => {
    const codec = jsonCodec<Reading>();
    expectTypeOf(codec).toEqualTypeOf<Codec<Reading>>();
    // @ts-expect-error: celsius is a number
    void (() => codec.encode({ tank: "A", celsius: "11.4" }));
    // @ts-expect-error: celsius is missing
    void (() => codec.encode({ tank: "A" }));
  });

  test("takes what JSON gives back", () => {
    expectTypeOf(jsonCodec<string>()).toEqualTypeOf<Codec<string>>();
    expectTypeOf(jsonCodec<null>()).toEqualTypeOf<Codec<null>>();
    expectTypeOf(jsonCodec<"open" | 1 | null>()).toEqualTypeOf<Codec<"open" | 1 | null>>();
    expectTypeOf(jsonCodec<unknown>()).toEqualTypeOf<Codec<unknown>>();
    expectTypeOf(jsonCodec<Json>()).toEqualTypeOf<Codec<Json>>();
    expectTypeOf(jsonCodec<Json[]>()).toEqualTypeOf<Codec<Json[]>>();
    expectTypeOf(jsonCodec<Tree>()).toEqualTypeOf<Codec<Tree>>();
    expectTypeOf(jsonCodec<readonly [string, number?]>()).toEqualTypeOf<
      Codec<readonly [string, number?]>
    >();
    expectTypeOf(jsonCodec<Record<string, unknown>>()).toEqualTypeOf<
      Codec<Record<string, unknown>>
    >();
    expectTypeOf(jsonCodec<string & { readonly brand: "tank" }>()).toEqualTypeOf<
      Codec<string & { readonly brand: "tank" }>
    >();
    expectTypeOf(jsonCodec<{ unit?: "C" | undefined; mode: string | undefined }>()).toEqualTypeOf<
      Codec<{ unit?: "C" | undefined; mode: string | undefined }>
    >();
    expectTypeOf(jsonCodec<Tree>(undefined, { depthMax: 9 })).toEqualTypeOf<Codec<Tree>>();
  });

  test("takes a class of fields, whatever is private in it", () => {
    class Tank {
      readonly label = "A";
      readonly #celsius = 11.4;
      static warmer(one: Tank, other: Tank): boolean {
        return one.#celsius > other.#celsius;
      }
    }
    expectTypeOf(jsonCodec<Tank>()).toEqualTypeOf<Codec<Tank>>();
  });

  test("refuses what JSON does not give back", () => {
    class Tank {
      readonly label = "A";
      fill(): void {}
    }
    expectTypeOf<{ at: Date }>().not.toExtend<Jsonable<{ at: Date }>>();
    // @ts-expect-error: a Date comes back as a string
    jsonCodec<Date>();
    // @ts-expect-error: a Date comes back as a string
    jsonCodec<{ at: Date }>();
    // @ts-expect-error: a Date comes back as a string
    jsonCodec<Reading | Date>();
    // @ts-expect-error: no bigint
    jsonCodec<bigint>();
    // @ts-expect-error: no bigint
    jsonCodec<{ ids: { list: bigint[] } }>();
    // @ts-expect-error: no undefined as the whole
    jsonCodec<string | undefined>();
    // @ts-expect-error: no undefined as an element
    jsonCodec<{ list: (string | undefined)[] }>();
    // @ts-expect-error: no functions
    jsonCodec<() => void>();
    // @ts-expect-error: a method would be gone
    jsonCodec<Tank>();
    // @ts-expect-error: a Map comes back as {}
    jsonCodec<{ tanks: Map<string, Reading> }>();
    // @ts-expect-error: bytes come back as an object
    jsonCodec<Uint8Array>();
  });

  test("can stand in a generic function that asks the same of its type", () => {
    function listCodec<T extends Jsonable<T>>(): Codec<T> {
      return jsonCodec<T>();
    }
    expectTypeOf(listCodec<Reading>()).toEqualTypeOf<Codec<Reading>>();
  });
});

describe("jsonCodec with a schema", () => {
  const zodReading = z.object({ tank: z.string(), celsius: z.number() });

  test("infers the type from zod, valibot and arktype", () => {
    expectTypeOf(jsonCodec(zodReading)).toEqualTypeOf<Codec<Reading>>();
    expectTypeOf(jsonCodec(v.object({ tank: v.string(), celsius: v.number() }))).toEqualTypeOf<
      Codec<Reading>
    >();
    expectTypeOf(jsonCodec(type({ tank: "string", celsius: "number" }))).toEqualTypeOf<
      Codec<Reading>
    >();
    expectTypeOf(jsonCodec(zodReading, { validate: "receive" })).toEqualTypeOf<Codec<Reading>>();
    expectTypeOf(() => jsonCodec(zodReading, { validate: "none" })).returns.toEqualTypeOf<
      Codec<Reading>
    >();
  });

  test("infers it where a neuron would take it from", () => {
    void (() => {
      expectTypeOf(typeFrom(jsonCodec(zodReading))).toEqualTypeOf<Reading>();
      expectTypeOf(typeFrom(jsonCodec(zodReading, { depthMax: 9 }))).toEqualTypeOf<Reading>();
    });
  });

  test("refuses a value of another type", () => {
    const codec = jsonCodec(zodReading);
    // @ts-expect-error: celsius is a number
    void (() => codec.encode({ tank: "A", celsius: "11.4" }));
    expectTypeOf(codec).not.toExtend<Codec<{ litres: number }>>();
  });

  test("needs no toWire where every output can stand on the wire: defaults and brands", () => {
    const withDefault = jsonCodec(z.object({ unit: z.string().default("C") }));
    expectTypeOf(withDefault).toEqualTypeOf<Codec<{ unit: string }>>();
    const tankId = z.string().brand<"TankId">();
    expectTypeOf(jsonCodec(tankId)).toEqualTypeOf<Codec<z.infer<typeof tankId>>>();
    const valibotId = v.pipe(v.string(), v.brand("TankId"));
    expectTypeOf(jsonCodec(valibotId)).toEqualTypeOf<Codec<v.InferOutput<typeof valibotId>>>();
  });

  test("refuses a schema that transforms, but for toWire", () => {
    const zodDate = z.object({ at: z.iso.datetime().transform((text) => new Date(text)) });
    // @ts-expect-error: This schema transforms: give the option toWire
    jsonCodec(zodDate);
    // @ts-expect-error: the same, with other options
    jsonCodec(zodDate, { validate: "receive" });
    const toWire = ({ at }: { at: Date }): { at: string } => ({ at: at.toISOString() });
    expectTypeOf(jsonCodec(zodDate, { toWire })).toEqualTypeOf<Codec<{ at: Date }>>();
    expectTypeOf(jsonCodec(zodDate, { toWire, validate: "receive" })).toEqualTypeOf<
      Codec<{ at: Date }>
    >();

    const valibotNumber = v.pipe(v.string(), v.transform(Number));
    // @ts-expect-error: This schema transforms: give the option toWire
    jsonCodec(valibotNumber);
    expectTypeOf(jsonCodec(valibotNumber, { toWire: String })).toEqualTypeOf<Codec<number>>();

    const arkNumber = type("string.numeric.parse");
    // @ts-expect-error: This schema transforms: give the option toWire
    jsonCodec(arkNumber);
    expectTypeOf(jsonCodec(arkNumber, { toWire: String })).toEqualTypeOf<Codec<number>>();
  });

  test("refuses a toWire that makes something else, and validate: none beside it", () => {
    const numeric = z.string().transform(Number);
    expectTypeOf(jsonCodec(numeric, { toWire: String })).toEqualTypeOf<Codec<number>>();
    // @ts-expect-error: the schema takes strings
    jsonCodec(numeric, { toWire: (value: number) => value });
    // @ts-expect-error: toWire gets a number
    jsonCodec(numeric, { toWire: (value: Date) => String(value) });
    const contradiction = { toWire: String, validate: "none" } as const;
    // @ts-expect-error: without the schema there is no output
    void (() => jsonCodec(numeric, contradiction));
  });

  test("refuses a schema whose output is no JSON", () => {
    // @ts-expect-error: This schema's output is not JSON
    jsonCodec(z.object({ at: z.date() }));
    // @ts-expect-error: This schema's output is not JSON
    jsonCodec(z.coerce.date());
    // @ts-expect-error: This schema's output is not JSON
    jsonCodec(v.map(v.string(), v.string()));
    expectTypeOf(jsonCodec(z.coerce.date(), { toWire: (at) => at.toISOString() })).toEqualTypeOf<
      Codec<Date>
    >();
  });
});

describe("jsonSchemaCodec", () => {
  const readingSchema = {
    type: "object",
    properties: { tank: { type: "string" }, celsius: { type: "number" } },
    required: ["tank", "celsius"],
    additionalProperties: false,
  } as const;

  test("infers the type from the schema, without `as const` in the call", () => {
    expectTypeOf(jsonSchemaCodec(readingSchema)).toEqualTypeOf<Codec<Reading>>();
    const codec = jsonSchemaCodec({
      type: "object",
      properties: {
        unit: { enum: ["C", "K"] },
        list: { type: "array", items: { type: "number" } },
      },
      required: ["unit"],
    });
    expectTypeOf(codec).toEqualTypeOf<
      Codec<{ [key: string]: unknown; list?: number[]; unit: "C" | "K" }>
    >();
    // @ts-expect-error: F is no unit
    void (() => codec.encode({ unit: "F" }));
  });

  test("infers it where a neuron would take it from, and in a callback", () => {
    const ajv = new Ajv();
    void (() => {
      expectTypeOf(typeFrom(jsonSchemaCodec(readingSchema, { ajv }))).toEqualTypeOf<Reading>();
    });
    expectTypeOf(() => jsonSchemaCodec(readingSchema, { ajv })).returns.toEqualTypeOf<
      Codec<Reading>
    >();
  });

  test("keeps a property with a default optional, as nobody fills it in", () => {
    const codec = jsonSchemaCodec({
      type: "object",
      properties: { unit: { type: "string", default: "C" } },
      additionalProperties: false,
    });
    expectTypeOf(codec).toEqualTypeOf<Codec<{ unit?: string }>>();
  });

  test("takes the type as given for a schema that is no literal", () => {
    const schema: object = { type: "object" };
    expectTypeOf(jsonSchemaCodec<Reading>(schema)).toEqualTypeOf<Codec<Reading>>();
    expectTypeOf(jsonSchemaCodec<{ title?: string }>({ type: "object" })).toEqualTypeOf<
      Codec<{ title?: string }>
    >();
    expectTypeOf(jsonSchemaCodec(schema)).toEqualTypeOf<Codec<unknown>>();
  });

  test("claims nothing about tuples of draft 2020-12", () => {
    const codec = jsonSchemaCodec({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "array",
      prefixItems: [{ type: "string" }],
      items: false,
    });
    expectTypeOf(codec).toEqualTypeOf<Codec<unknown>>();
  });

  test("refuses a value of another type, another inferred type and a misspelt option", () => {
    // @ts-expect-error: celsius is a number
    void (() => jsonSchemaCodec(readingSchema).encode({ tank: "A", celsius: "11.4" }));
    expectTypeOf(jsonSchemaCodec(readingSchema)).not.toExtend<Codec<{ tank: number }>>();
    // @ts-expect-error: validate
    void (() => jsonSchemaCodec(readingSchema, { validat: "none" }));
  });
});
