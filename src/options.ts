/** Options: names and types of what is given as options, where no compiler has checked them. */
import { UsageError } from "./errors.ts";
import { misgiven } from "./given.ts";
import { nearest } from "./nearest.ts";

/** What an option may have to be, in words that stand in the error. */
type Kind =
  | "a string"
  | "a number"
  | "a function"
  | "an array"
  | "an object"
  | "an AbortSignal"
  | "a Uint8Array";

const fits: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  "a string": (value) => typeof value === "string",
  "a number": (value) => typeof value === "number",
  "a function": (value) => typeof value === "function",
  "an array": (value) => Array.isArray(value),
  "an object": (value) => typeof value === "object" && value !== null,
  // Not by its class: where a test or a polyfill brings its own, both classes are good.
  "an AbortSignal": (value) =>
    typeof (value as { throwIfAborted?: unknown } | null)?.throwIfAborted === "function",
  "a Uint8Array": (value) => value instanceof Uint8Array,
};

type KindOf<Value> = Value extends string
  ? "a string"
  : Value extends number
    ? "a number"
    : Value extends (...args: never) => unknown
      ? "a function"
      : Value extends readonly unknown[]
        ? "an array"
        : Value extends AbortSignal
          ? "an AbortSignal"
          : Value extends Uint8Array
            ? "a Uint8Array"
            : OptionTable<Value> | "an object";

/**
 * What each option has to be: a kind, or a table of its own for an object of options. A table that
 * lacks an option of the interface, or has one too many or of another type, does not compile.
 */
export type OptionTable<Options> = {
  // Never is the type of an option that one member of a union has and another must not have.
  readonly [Name in keyof Options]-?: [NonNullable<Options[Name]>] extends [never]
    ? Kind
    : KindOf<NonNullable<Options[Name]>>;
};

interface Table {
  readonly [name: string]: Kind | Table;
}

/**
 * Checks names and types, not ranges. An option that is undefined is absent.
 * @param what Whose options they are, for errors: the call or the class.
 * @throws {UsageError} that says what is wrong, and what would be right.
 */
export function checkOptions<Options>(
  what: string,
  given: Options | undefined,
  table: OptionTable<NoInfer<Options>>,
): void {
  if (given === undefined) return;
  checkTable(`what was given to ${what} as options`, what, given, table);
}

function checkTable(subject: string, what: string, given: unknown, table: Table): void {
  if (!canBeOptions(given, table)) {
    throw misgiven(subject, given, `an object with any of: ${namesIn(table)}`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(table, name)) throw unknownOption(what, name, table);
    if (value === undefined) continue;
    const kind = table[name] as Kind | Table;
    const option = `the option ${name} of ${what}`;
    if (typeof kind !== "string") checkTable(option, `the ${name} of ${what}`, value, kind);
    else if (!fits[kind](value)) throw wrongKind(option, value, kind);
  }
}

/** An instance of a class may hold options; a signal or a promise in their place has none of them. */
function canBeOptions(given: unknown, table: Table): given is object {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  // Of a plain object; that of another realm is another one, so it is not compared.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain || Object.keys(table).some((name) => name in given);
}

/** Bytes given as an option are a key: one that was given as text must stand in no message. */
function wrongKind(option: string, value: unknown, kind: Kind): UsageError {
  if (kind !== "a Uint8Array") return misgiven(option, value, kind);
  return new UsageError(`${option} has to be a Uint8Array`);
}

function unknownOption(what: string, name: string, table: Table): UsageError {
  const known = Object.keys(table);
  const meant = nearest(name, known);
  const hint = meant === undefined ? "it has" : `did you mean ${meant}? It has`;
  return new UsageError(`${what} has no option ${name}; ${hint}: ${namesIn(table)}`, {
    details: { option: name, known },
  });
}

function namesIn(table: Table): string {
  return Object.keys(table).join(", ");
}
