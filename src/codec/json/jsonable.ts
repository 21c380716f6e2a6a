/** `T` as far as JSON carries it, for the compiler to compare with `T`. */

/**
 * `T`, or wider, where JSON gives back what it was given. Else another type at the place where it
 * does not, so that `T extends Jsonable<T>` fails there, with the reason as the text of that type.
 *
 * A property may be `undefined`: it is left out, and reads as undefined. An element may not.
 * `any` and `unknown` pass; what is in them is seen when it is sent.
 */
// The brackets keep it from being distributive: a constraint of T must not ask for T's constraint.
export type Jsonable<T> = [T] extends [AnyFunction]
  ? NotJson["function"]
  : [T] extends [SelfWriting]
    ? NotJson["toJSON"]
    : [T] extends [Scalar]
      ? Scalar
      : [T] extends [Scalar | object]
        ? JsonableParts<T>
        : [T] extends [Scalar | object | bigint | symbol | undefined]
          ? NotJson["primitive"]
          : unknown;

type JsonableParts<T> = {
  [Key in keyof T]: T extends readonly unknown[]
    ? JsonablePart<T[Key]>
    : JsonablePart<Exclude<T[Key], undefined>> | Extract<T[Key], undefined>;
};

type JsonablePart<T> = unknown extends T
  ? unknown
  : T extends Scalar
    ? T
    : T extends AnyFunction
      ? NotJson["function"]
      : T extends SelfWriting
        ? NotJson["toJSON"]
        : T extends readonly unknown[]
          ? JsonableElements<T>
          : T extends object
            ? JsonableParts<T>
            : NotJson["primitive"];

// An array is written as one, not mapped, as mapping looks into it at once: types that contain
// arrays of themselves would have no end. Of a tuple, only mapping keeps the optional elements.
type JsonableElements<T extends readonly unknown[]> = number extends T["length"]
  ? readonly JsonablePart<T[number]>[]
  : JsonableParts<T>;

type Scalar = string | number | boolean | null;
type AnyFunction = (...args: never[]) => unknown;
type SelfWriting = { toJSON(key?: never): unknown };

interface NotJson {
  primitive: "JSON has no bigint, symbol or undefined";
  function: "JSON has no functions";
  toJSON: "toJSON makes this something else: use a schema that reads it back, and toWire";
}
