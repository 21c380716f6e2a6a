import { expect, test } from "vitest";
import { CodecError } from "../../errors.ts";
import { JsonWriter } from "./writer.ts";

const writer = new JsonWriter(512);

function textOf(value: unknown): string {
  return Buffer.from(writer.write(value)).toString();
}

function errorOf(value: unknown): CodecError {
  try {
    writer.write(value);
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error("the value was written");
}

/** An object that contains itself `levels` times, then nothing. */
function nested(levels: number): unknown {
  let value: unknown = {};
  for (let level = 1; level < levels; level += 1) value = level % 2 === 0 ? { in: value } : [value];
  return value;
}

class Loud extends Array<number> {
  toJSON(): string {
    return "loud";
  }
}

/** An object with a property that is not enumerable. */
function hidden(key: string, value: unknown): object {
  return Object.defineProperty({}, key, { value });
}

test("plain data is written as JSON.stringify writes it", () => {
  const value = { a: [1, "é\ud800", null, true, -0], b: { c: {}, d: undefined }, __proto__: null };
  expect(textOf(value)).toBe('{"a":[1,"é\\ud800",null,true,0],"b":{"c":{}}}');
});

test.each<[what: string, value: unknown, pointer: string, reason: RegExp]>([
  ["NaN", { tanks: [{ celsius: Number.NaN }] }, "/tanks/0/celsius", /JSON has no NaN/],
  ["Infinity", [0, Number.POSITIVE_INFINITY], "/1", /JSON has no Infinity/],
  ["undefined as the whole", undefined, "", /JSON has no undefined/],
  ["undefined as an element", { a: [1, undefined] }, "/a/1", /JSON has no undefined/],
  ["a hole in an array", new Array(2), "/0", /JSON has no undefined/],
  ["a function", { on: () => 1 }, "/on", /JSON has no function/],
  ["a symbol", { s: Symbol("s") }, "/s", /JSON has no symbol/],
  ["a bigint", { id: 1n }, "/id", /JSON has no bigint/],
  ["a Date", { at: new Date(0) }, "/at", /JSON has no Date/],
  ["a Map", { m: new Map() }, "/m", /JSON has no Map/],
  ["a typed array", { b: new Uint8Array(2) }, "/b", /JSON has no Uint8Array/],
  ["a boxed number", { n: Object(5) }, "/n", /JSON has no Number/],
  ["an Error", { cause: new Error("x") }, "/cause", /JSON has no Error/],
  ["an own toJSON", { a: { toJSON: () => 1 } }, "/a", /toJSON would make it/],
  ["a toJSON that is not enumerable", { a: hidden("toJSON", () => 1) }, "/a", /toJSON would make/],
  ["a toJSON of an array", [Object.assign([1], { toJSON: () => 1 })], "/0", /toJSON would make it/],
  ["a toJSON of a class of arrays", { list: new Loud(1) }, "/list", /toJSON would make it/],
  ["a URL", { at: new URL("http://a/") }, "/at", /JSON has no URL/],
  ["a key with a slash and a tilde", { "a/b~c": 1n }, "/a~1b~0c", /JSON has no bigint/],
])("%s is refused, with its place", (_what, value, pointer, reason) => {
  const error = errorOf(value);
  expect(error.details).toMatchObject({ subject: "value", pointer });
  expect(error.message).toMatch(reason);
  expect(error.message).toContain(pointer === "" ? "its root" : pointer);
});

test("an instance of a class is written as its fields, private ones left aside", () => {
  class Reading {
    readonly #secret = 1;
    readonly celsius = 11.5;
    toString(): string {
      return `${this.celsius}${this.#secret}`;
    }
  }
  class TankReading extends Reading {
    readonly tank = "A";
  }
  expect(textOf(new TankReading())).toBe('{"celsius":11.5,"tank":"A"}');
  expect(textOf([new TankReading()])).toBe('[{"celsius":11.5,"tank":"A"}]');
});

test("an instance is refused whose class has getters, data or a toJSON of its own", () => {
  class Lazy {
    get celsius(): number {
      return 11.5;
    }
  }
  class Lazier extends Lazy {}
  class Text {
    readonly text = "a";
    toJSON(): string {
      return this.text;
    }
  }
  expect(errorOf({ lazy: new Lazier() }).message).toMatch(/\/lazy.*celsius is inherited/);
  expect(errorOf(Object.create({ tank: "A" })).message).toMatch(/tank is inherited/);
  expect(errorOf(new Text()).message).toMatch(/toJSON would make it something else/);
});

test("a toJSON of its own is seen on an instance of a class that was taken before", () => {
  class Reading {
    readonly celsius = 11.5;
  }
  expect(textOf(new Reading())).toBe('{"celsius":11.5}');
  const changed = Object.assign(new Reading(), { toJSON: () => 1 });
  expect(errorOf(changed).message).toMatch(/toJSON would make it something else/);
});

test("a field named toJSON that is no function is data", () => {
  expect(textOf({ toJSON: 5 })).toBe('{"toJSON":5}');
});

test("properties of an array, and fields that are not enumerable, are no data", () => {
  expect(textOf(Object.assign([1], { unit: "C" }))).toBe("[1]");
  expect(textOf(hidden("secret", 1))).toBe("{}");
});

test("methods that an old-style constructor puts on the prototype are no data", () => {
  const prototype = { describe: () => "a tank" };
  expect(textOf(Object.assign(Object.create(prototype), { tank: "A" }))).toBe('{"tank":"A"}');
});

test("a plain object of another realm is plain data", async () => {
  const { runInNewContext } = await import("node:vm");
  expect(textOf(runInNewContext("({ a: [1, { b: 2 }] })"))).toBe('{"a":[1,{"b":2}]}');
});

test("nesting is taken up to the limit, and refused above it", () => {
  expect(textOf(nested(512))).toHaveLength(Buffer.byteLength(JSON.stringify(nested(512))));
  expect(errorOf(nested(513)).message).toMatch(/nested more than 512 levels/);
});

test("a value that contains itself is refused", () => {
  const tank: Record<string, unknown> = {};
  tank["next"] = [tank];
  expect(errorOf(tank).message).toMatch(/or part of itself/);
});

test("a getter that throws makes a CodecError with its error as cause", () => {
  const cause = new RangeError("sensor is off");
  const value = {
    get celsius(): number {
      throw cause;
    },
  };
  const error = errorOf(value);
  expect(error.cause).toBe(cause);
  expect(error.message).toMatch(/sensor is off/);
});

test("a getter that throws what cannot be made a text makes a CodecError too", () => {
  const value = {
    get celsius(): number {
      throw Object.create(null);
    },
  };
  expect(errorOf(value).message).toMatch(/an object was thrown, which is no Error/);
});

test("an error message stays short, however long the keys are", () => {
  expect(errorOf({ ["k".repeat(100_000)]: 1n }).message.length).toBeLessThan(500);
});
