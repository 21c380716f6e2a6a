/** The codec named `json`, whatever judges its values: the part that all JSON codecs share. */
import { UsageError } from "../../errors.ts";
import type { OptionTable } from "../../options.ts";
import type { Codec, Validate } from "../codec.ts";
import { readJson } from "./reader.ts";
import { JsonWriter } from "./writer.ts";

/** What every JSON codec lets you set. */
export interface JsonOptions {
  /**
   * The most levels of arrays and objects in each other, on encode and decode: 512 by default, at
   * most 2000, as code that walks a value runs out of stack somewhere above.
   */
  readonly depthMax?: number | undefined;
}

/** What a JSON codec with a schema lets you set. */
export interface JsonSchemaOptions extends JsonOptions {
  /** When the schema judges; `both` by default. What JSON cannot carry is refused in any case. */
  readonly validate?: Validate | undefined;
}

export const jsonOptionTable: OptionTable<JsonOptions> = { depthMax: "a number" };

export const jsonSchemaOptionTable: OptionTable<JsonSchemaOptions> = {
  ...jsonOptionTable,
  validate: "a string",
};

/** What happens to a value between the program and its JSON. Each throws only CodecError. */
export interface JsonSteps<T> {
  /** The JSON value to write for `value`. */
  readonly toWire: (value: T) => unknown;
  /** Throws unless the other side would take `wire`. */
  readonly checkWire?: ((wire: unknown) => void) | undefined;
  /** The value for a JSON value that was read. */
  readonly fromWire: (wire: unknown) => T;
}

const depthMaxDefault = 512;
const depthMaxMost = 2_000;
const validateChoices: readonly unknown[] = ["both", "receive", "none"] satisfies Validate[];

/** For codecs whose values are their JSON. */
export function asItIs<T>(value: T): T {
  return value;
}

/** @throws {UsageError} if `depthMax` is not an integer from 1 to 2000. */
export function makeJsonCodec<T>(steps: JsonSteps<T>, options: JsonOptions): Codec<T> {
  const depthMax = options.depthMax ?? depthMaxDefault;
  if (!Number.isInteger(depthMax) || depthMax < 1 || depthMax > depthMaxMost) {
    throw new UsageError(`depthMax of ${depthMax}, an integer from 1 to ${depthMaxMost} is taken`, {
      details: { depthMax, depthMaxMost },
    });
  }
  const { toWire, checkWire, fromWire } = steps;
  const writer = new JsonWriter(depthMax);
  return {
    name: "json",
    encode(value) {
      const wire = toWire(value);
      checkWire?.(wire);
      return writer.write(wire, checkWire);
    },
    decode(bytes) {
      return fromWire(readJson(bytes, depthMax));
    },
  };
}

/**
 * The `validate` option, or its default.
 * @throws {UsageError} if it is none of the choices.
 */
export function validateOf(options: JsonSchemaOptions): Validate {
  const validate = options.validate ?? "both";
  if (!validateChoices.includes(validate)) {
    throw new UsageError(
      `validate is ${JSON.stringify(validate)}, one of ${validateChoices.join(", ")} is taken`,
      { details: { validate } },
    );
  }
  return validate;
}
