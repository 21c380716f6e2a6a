/** Compiles JSON Schemas with ajv, which is loaded when the first schema is met. */
import { createRequire } from "node:module";
import { reasonOf } from "../../cause.ts";
import { UsageError } from "../../errors.ts";

/** What plexo needs of an instance of `Ajv` or `Ajv2020`, version 8. */
export interface AjvInstance {
  /** The options it was made with; these change values. */
  readonly opts: {
    readonly coerceTypes?: unknown;
    readonly removeAdditional?: unknown;
    readonly useDefaults?: unknown;
  };
  /** Takes any schema; `never` spares the compiler from relating ajv's types of schemas to ours. */
  compile(schema: never): AjvVerdict;
}

/** A compiled schema: true for what fits, else `errors` tells why until the next call. */
export interface AjvVerdict {
  (value: unknown): unknown;
  readonly $async?: unknown;
  readonly errors?:
    | readonly { readonly instancePath: string; readonly message?: string | undefined }[]
    | null
    | undefined;
}

/** An own instance, which can also judge schemas. */
interface OwnAjv extends AjvInstance {
  readonly errors?: unknown;
  validateSchema(schema: object): unknown;
  errorsText(errors: unknown, options: { readonly dataVar: string }): string;
}

interface AjvModule {
  readonly default: new (options: object) => OwnAjv;
}

const draft07 = "http://json-schema.org/draft-07/schema";
/** The module of ajv that reads a draft, by what stands in `$schema` for it. */
const moduleOf: ReadonlyMap<unknown, string> = new Map([
  [draft07, "ajv"],
  ["https://json-schema.org/draft/2020-12/schema", "ajv/dist/2020.js"],
]);

// A misspelt keyword is an error, as it would be passed over; remarks go nowhere, as nobody asked.
const ownOptions = { strictSchema: true, logger: false } as const;

/**
 * By module: one that judges schemas. Kept, as reading the rules for schemas takes ajv 30 to 100 ms,
 * compiling a schema 1 ms. It holds those rules and nothing of any user.
 */
const schemaJudges = new Map<string, OwnAjv>();

/**
 * Compiles `schema` in an instance of its own, by the draft its `$schema` names, 07 where none is.
 *
 * @param load How a module is got; as `require` by default.
 * @throws {UsageError} if ajv is not installed, or the schema is not one.
 */
export function compileAlone(
  schema: object,
  load: (module: string) => unknown = createRequire(import.meta.url),
): AjvVerdict {
  const module = moduleFor(schema);
  const Ajv = classFrom(module, load);
  let schemaJudge = schemaJudges.get(module);
  if (schemaJudge === undefined) {
    schemaJudge = new Ajv(ownOptions);
    schemaJudges.set(module, schemaJudge);
  }
  if (schemaJudge.validateSchema(schema) !== true) {
    throw schemaError(schemaJudge.errorsText(schemaJudge.errors, { dataVar: "schema" }));
  }
  return compileIn(new Ajv({ ...ownOptions, validateSchema: false }), schema);
}

/** @throws {UsageError} if `ajv` does not take `schema`, or would answer with promises. */
export function compileIn(ajv: AjvInstance, schema: object): AjvVerdict {
  let verdict: AjvVerdict;
  try {
    // See AjvInstance: it takes any schema.
    verdict = ajv.compile(schema as never);
  } catch (cause) {
    throw schemaError(reasonOf(cause), cause);
  }
  if (verdict.$async === true) {
    throw schemaError("it has $async, and codecs are synchronous");
  }
  return verdict;
}

function moduleFor(schema: object): string {
  const named: unknown = ("$schema" in schema ? schema.$schema : undefined) ?? draft07;
  const module = moduleOf.get(typeof named === "string" ? named.replace(/#$/, "") : named);
  if (module !== undefined) return module;
  throw schemaError(
    `its $schema is ${JSON.stringify(named)}, and only drafts 07 and 2020-12 are known here; ` +
      "give the option ajv an Ajv instance that knows more",
  );
}

function classFrom(module: string, load: (module: string) => unknown): AjvModule["default"] {
  try {
    // ajv 8 exports its class so; its types are not used, as they would be needed by plexo's users.
    return (load(module) as AjvModule).default;
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND")) {
      throw cause;
    }
    throw new UsageError("jsonSchemaCodec needs the package ajv: npm install ajv@8", {
      cause,
      details: { package: "ajv" },
    });
  }
}

function schemaError(reason: string, cause?: unknown): UsageError {
  return new UsageError(`this JSON Schema does not compile: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { reason },
  });
}
