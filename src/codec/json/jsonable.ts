/** `T` as far as JSON carries it, for the compiler to compare with `T`. */

/**
 * `T` itself where JSON gives back what it was given. Else a type that differs from `T` at the
 * place where it does not, so that `T extends Jsonable<T>` fails, with the reason as that type.
 *
 * A property may be `undefined`: it is left out, and reads as undefined. An element may not.
 * `any` and `unknown` pass; what is in them is seen when it is sent.
 */
// Not distributive, unlike JsonableField: as a constraint of T it must not ask what T is.
export type Jsonable<T> = [unknown] extends [T]
  ? unknown
  : [T] extends [bigint | symbol | undefined | AnyFunction | SelfWriting]
    ? "JSON does not give this back"
    : JsonableFields<T>;

type JsonableFields<T> = {
  [Key in keyof T]: T extends readonly unknown[]
    ? JsonableField<T[Key]>
    : JsonableField<Exclude<T[Key], undefined>> | Extract<T[Key], undefined>;
};

type JsonableField<T> = unknown extends T
  ? unknown
  : T extends string | number | boolean | null
    ? T
    : T extends AnyFunction
      ? "JSON has no functions"
      : T extends SelfWriting
        ? "toJSON makes this something else: use a schema that reads it back, and toWire"
        : T extends object
          ? JsonableFields<T>
          : "JSON has no bigint, symbol or undefined";

type AnyFunction = (...args: never[]) => unknown;
type SelfWriting = { toJSON(key?: never): unknown };
