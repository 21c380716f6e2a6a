/**
 * "plexo/json-schema": JSON judged by a JSON Schema. The topic ends in `json`; what is written and
 * read is as in "plexo/json".
 *
 * Needs the package `ajv` (8) and, to infer types, `json-schema-to-ts`.
 */

import type { FromSchema, JSONSchema } from "json-schema-to-ts";
import { reasonOf } from "../cause.ts";
import { UsageError } from "../errors.ts";
import { misgiven } from "../given.ts";
import { checkOptions, type OptionTable } from "../options.ts";
import type { Codec, Validate } from "./codec.ts";
import { type AjvInstance, type AjvVerdict, compileAlone, compileIn } from "./json/ajv.ts";
import {
  asItIs,
  type JsonSchemaOptions,
  jsonSchemaOptionTable,
  makeJsonCodec,
  validateOf,
} from "./json/json-text-codec.ts";
import { type Misfit, misfitError } from "./json/misfit.ts";

export type { AjvInstance, AjvVerdict, JsonSchemaOptions };

/** What `jsonSchemaCodec` lets you set. */
export interface AjvOptions extends JsonSchemaOptions {
  /**
   * The instance of Ajv that compiles the schema: for formats (`ajv-formats`), other drafts, own
   * keywords, schemas that refer to each other. By default the schema gets one of its own, which
   * knows no formats and takes an unknown keyword for a mistake.
   */
  readonly ajv?: AjvInstance | undefined;
}

const ajvOptionTable: OptionTable<AjvOptions> = { ...jsonSchemaOptionTable, ajv: "an object" };

/**
 * What a schema literal describes. Properties with a `default` stay optional: the schema judges
 * values and changes none. `unknown` for what is no schema, for `prefixItems`, which
 * json-schema-to-ts (of draft 07) takes for nothing, and where that package is not installed.
 */
export type FromJsonSchema<Schema> =
  true extends Mentions<Schema, "prefixItems">
    ? unknown
    : [Schema] extends [JSONSchema]
      ? UnknownIfAny<FromSchema<Schema, { keepDefaultedPropertiesOptional: true }>>
      : unknown;

/** Has `true` in it if an object in `Part`, at any depth, has the key. */
type Mentions<Part, Key extends string> = Part extends object
  ? Key extends keyof Part
    ? true
    : { [Name in keyof Part]: Mentions<Part[Name], Key> }[keyof Part]
  : false;

// In brackets, here and above, as types from a missing package make any other condition `any`.
type UnknownIfAny<T> = [unknown] extends [T] ? unknown : T;

/**
 * A codec that a JSON Schema judges, draft 07 or 2020-12 by its `$schema`; `T` is read from the
 * schema literal.
 */
// The second type parameter is never given: its being there leaves `<T>` to the other signature.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function jsonSchemaCodec<const Schema extends object, _Inferred extends true>(
  schema: Schema,
  options?: AjvOptions,
): Codec<FromJsonSchema<Schema>>;
/** The same for a schema that is no literal, read from a file, say: `T` is your word. */
export function jsonSchemaCodec<T>(schema: object, options?: AjvOptions): Codec<T>;
/** @throws {UsageError} if the schema does not compile, ajv is absent or an option is out of range. */
export function jsonSchemaCodec(schema: object, options: AjvOptions = {}): Codec<unknown> {
  if (typeof schema !== "object" || schema === null) {
    throw misgiven("the schema given to jsonSchemaCodec", schema, "an object");
  }
  checkOptions("jsonSchemaCodec", options, ajvOptionTable);
  const validate = validateOf(options);
  const { ajv } = options;
  if (ajv !== undefined) checkOnlyJudges(ajv, validate);
  const verdict = ajv === undefined ? compileAlone(schema) : compileIn(ajv, schema);
  return makeJsonCodec<unknown>(
    {
      toWire: asItIs,
      checkWire: validate === "both" ? (wire) => judged(verdict, wire, "value") : undefined,
      fromWire: validate === "none" ? asItIs : (wire) => judged(verdict, wire, "payload"),
    },
    options,
  );
}

/** On encode the value is the sender's own, so nothing may write to it. */
function checkOnlyJudges(ajv: AjvInstance, validate: Validate): void {
  if (validate !== "both") return;
  for (const option of ["coerceTypes", "removeAdditional", "useDefaults"] as const) {
    if (!ajv.opts[option]) continue;
    throw new UsageError(
      `this Ajv has ${option}, so would change the values you send; ` +
        'use one without, or validate: "receive"',
      { details: { option } },
    );
  }
}

function judged(verdict: AjvVerdict, value: unknown, subject: Misfit["subject"]): unknown {
  let fits: unknown;
  try {
    fits = verdict(value);
  } catch (cause) {
    // A keyword of the user's, or a schema that refers to itself without end.
    const reason = `the schema threw: ${reasonOf(cause)}`;
    throw misfitError({ subject, pointer: "", reason, cause });
  }
  if (fits === true) return value;
  const error = verdict.errors?.[0];
  throw misfitError({
    subject,
    pointer: error?.instancePath ?? "",
    reason: error?.message ?? "the schema names no error",
  });
}
