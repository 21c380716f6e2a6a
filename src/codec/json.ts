/**
 * "plexo/json": JSON as a codec. The topic ends in `json`.
 *
 * What is written is compact JSON in UTF-8. What JSON cannot carry is refused on encode rather
 * than changed: NaN, infinities, bigints, symbols, functions, cycles, `undefined` at the root or
 * as an element, what has a `toJSON` (Date), built-in kinds (Map, typed arrays), and getters of
 * classes. As with `JSON.stringify`, properties that are `undefined` are left out, -0 is written
 * as 0, an array as its elements, an instance of a class as its own fields. No data are keys that
 * are symbols, fields that are not enumerable, and properties that an array has besides.
 *
 * A value is looked through and then written, so an own getter (and a proxy) is asked twice: it has
 * to give the same both times, else what is written is what it gives the second time, unchecked.
 *
 * What is read is JSON in UTF-8, of any origin, with two limits: how deep it is nested
 * (`depthMax`), and that no number is beyond the largest double nor an integer that no double
 * holds. So nothing is rounded in silence but fractions. (An integer that ends as JavaScript would
 * write it, 9223372036854776000, is taken for the double that it then was.)
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { reasonOf } from "../cause.ts";
import { UsageError } from "../errors.ts";
import { checkOptions, type OptionTable } from "../options.ts";
import type { Codec } from "./codec.ts";
import {
  asItIs,
  type JsonOptions,
  type JsonSchemaOptions,
  type JsonSteps,
  jsonOptionTable,
  jsonSchemaOptionTable,
  makeJsonCodec,
  validateOf,
} from "./json/json-text-codec.ts";
import type { Jsonable } from "./json/jsonable.ts";
import { misfitError } from "./json/misfit.ts";
import { judge } from "./json/standard-schema.ts";

export type { Jsonable, JsonOptions, JsonSchemaOptions };

/** Options for a schema whose output is not what stands on the wire. */
export interface TransformOptions<Input, Output> extends JsonSchemaOptions {
  /** Without the schema there is no output, so `none` is not among the choices. */
  readonly validate?: "both" | "receive" | undefined;
  /** The way back: what stands on the wire for a value, which the schema takes as its input. */
  readonly toWire: (value: Output) => Input;
}

interface AnyOptions extends JsonSchemaOptions {
  readonly toWire?: (value: unknown) => unknown;
}

const transformOptionTable: OptionTable<AnyOptions> = {
  ...jsonSchemaOptionTable,
  toWire: "a function",
};

type OutputOf<Schema extends StandardSchemaV1> = StandardSchemaV1.InferOutput<Schema>;
type InputOf<Schema extends StandardSchemaV1> = StandardSchemaV1.InferInput<Schema>;

/**
 * `unknown`, so no demand, where every output of the schema can stand on the wire as it is. So it
 * is with brands and defaults, too, whose input type is wider than their output type.
 */
type SameOnTheWire<Schema extends StandardSchemaV1> = [OutputOf<Schema>] extends [InputOf<Schema>]
  ? [OutputOf<Schema>] extends [Jsonable<OutputOf<Schema>>]
    ? unknown
    : "This schema's output is not JSON: let it transform from JSON, and give the option toWire"
  : "This schema transforms: give the option toWire, from its output back to its input";

/**
 * A codec without a schema: `T` is your word, nothing checks it on arrival. A `T` that JSON would
 * not give back, one with a Date in it, say, does not compile.
 */
export function jsonCodec<T extends Jsonable<T>>(): Codec<T>;
/** The same, with options. */
export function jsonCodec<T extends Jsonable<T>>(schema: undefined, options: JsonOptions): Codec<T>;
/**
 * A codec that a Standard Schema (zod, valibot, arktype …) judges; `T` is the schema's output.
 *
 * Written is the value as you gave it, and only if the schema takes it: so the schema of the other
 * side takes it as well. What the schema makes of it (defaults, unknown keys left out) is what
 * arrives there. Checks must be synchronous; a schema that answers with a promise is refused with
 * a CodecError when it is first used.
 */
export function jsonCodec<Schema extends StandardSchemaV1>(
  schema: Schema & SameOnTheWire<Schema>,
  options?: JsonSchemaOptions,
): Codec<OutputOf<Schema>>;
/**
 * A codec for a schema that transforms: encode writes what `toWire` makes of the value, if the
 * schema takes that as its input; decode gives the schema's output.
 */
export function jsonCodec<Schema extends StandardSchemaV1>(
  schema: Schema,
  options: TransformOptions<InputOf<Schema>, OutputOf<Schema>>,
): Codec<OutputOf<Schema>>;
/** @throws {UsageError} if the schema is none, or an option is out of range. */
export function jsonCodec(schema?: StandardSchemaV1, options: AnyOptions = {}): Codec<unknown> {
  if (schema === undefined) {
    checkOptions<JsonOptions>("jsonCodec without a schema", options, jsonOptionTable);
    return makeJsonCodec({ toWire: asItIs, fromWire: asItIs }, options);
  }
  checkOptions("jsonCodec", options, transformOptionTable);
  return makeJsonCodec(stepsWith(schema, options), options);
}

function stepsWith(schema: StandardSchemaV1, options: AnyOptions): JsonSteps<unknown> {
  if (typeof schema?.["~standard"]?.validate !== "function") {
    throw new UsageError(
      "the schema given to jsonCodec is no Standard Schema, as zod, valibot and arktype make them; " +
        "for JSON Schema there is jsonSchemaCodec in plexo/json-schema",
    );
  }
  const validate = validateOf(options);
  const { toWire } = options;
  if (toWire !== undefined && validate === "none") {
    throw new UsageError(
      'validate: "none" leaves out the schema, whose output toWire starts from',
      { details: { validate } },
    );
  }
  return {
    toWire: toWire === undefined ? asItIs : guarded(toWire),
    checkWire: validate === "both" ? (wire) => judge(schema, wire, "value") : undefined,
    fromWire: validate === "none" ? asItIs : (wire) => judge(schema, wire, "payload"),
  };
}

/** `toWire` is the user's code: a value it fails on is one that does not fit. */
function guarded(toWire: (value: unknown) => unknown): (value: unknown) => unknown {
  return (value) => {
    try {
      return toWire(value);
    } catch (cause) {
      const reason = `toWire threw: ${reasonOf(cause)}`;
      throw misfitError({ subject: "value", pointer: "", reason, cause });
    }
  };
}
