import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { UsageError } from "./errors.ts";
import { checkOptions, type OptionTable } from "./options.ts";

interface Brew {
  readonly name?: string;
  readonly litres?: number;
  readonly taste?: (sip: string) => boolean;
  readonly hops?: readonly string[];
  readonly signal?: AbortSignal;
  readonly mash?: { readonly celsius?: number };
  readonly vessel?: object;
  readonly yeast?: Uint8Array;
}

const table: OptionTable<Brew> = {
  name: "a string",
  litres: "a number",
  taste: "a function",
  hops: "an array",
  signal: "an AbortSignal",
  mash: { celsius: "a number" },
  vessel: "an object",
  yeast: "a Uint8Array",
};

/** Checks anything, as a program without types gives it. */
function check(given: unknown): void {
  checkOptions<Brew>("brew", given as Brew, table);
}

const right: Required<Brew> = {
  name: "",
  litres: Number.NaN,
  taste: () => true,
  hops: [],
  signal: AbortSignal.abort(),
  mash: { celsius: 66 },
  vessel: new Map(),
  yeast: new Uint8Array(32),
};

describe("options", () => {
  test("of the right names and types pass, all of them or none", () => {
    check(right);
    check({});
    check(undefined);
    check(Object.create(null));
    check(Object.fromEntries(Object.keys(right).map((name) => [name, undefined])));
    expect(() => check({ ...right, extra: undefined })).toThrow(UsageError);
  });

  test.each([
    ["name", 5],
    ["litres", "5"],
    ["litres", 5n],
    ["taste", "bitter"],
    ["hops", new Set()],
    ["signal", new AbortController()],
    ["signal", true],
    ["vessel", () => {}],
    ["vessel", null],
  ])("with %s of %o are refused, and told which", (name, value) => {
    expect(() => check({ [name]: value })).toThrow(
      new RegExp(`^the option ${name} of brew is .*; give a`),
    );
  });

  test("of bytes are not told in words, since they are mostly keys", () => {
    for (const yeast of ["the secret key", [1, 2], { key: "the secret key" }]) {
      const message = "the option yeast of brew has to be a Uint8Array";
      expect(() => check({ yeast })).toThrow(expect.objectContaining({ message, details: {} }));
    }
  });

  test("inside of options are checked as well", () => {
    expect(() => check({ mash: { celsius: "66" } })).toThrow(
      'the option celsius of the mash of brew is "66"; give a number',
    );
    expect(() => check({ mash: { celcius: 66 } })).toThrow(
      "the mash of brew has no option celcius; did you mean celsius? It has: celsius",
    );
    expect(() => check({ mash: 66 })).toThrow(
      "the option mash of brew is 66; give an object with any of: celsius",
    );
  });

  test("named as what every object has are not known for that", () => {
    for (const name of ["toString", "constructor", "__proto__"]) {
      const given: unknown = JSON.parse(`{ "${name}": 1 }`);
      expect(() => check(given)).toThrow(`brew has no option ${name}; it has: name, litres`);
    }
  });

  test("say in fields what they say in words", () => {
    const known = Object.keys(table);
    expect(() => check({ hop: 1 })).toThrow(
      expect.objectContaining({ code: "PLEXO_USAGE", details: { option: "hop", known } }),
    );
  });

  test.each([
    5,
    "text",
    true,
    null,
    [],
    () => {},
    new Map(),
    AbortSignal.abort(),
    Promise.resolve(),
  ])("are not %o", (given) => {
    expect(() => check(given)).toThrow(/^what was given to brew as options is .*; give an object/);
  });

  test("may be an instance of a class, also one with accessors alone", () => {
    class Recipe {
      get litres(): number {
        return 20;
      }
    }
    check(new Recipe());
    check(Object.assign(new Recipe(), { name: "ale" }));
    expect(() => check(Object.assign(new Recipe(), { colour: "dark" }))).toThrow(
      /no option colour/,
    );
  });

  test("may come from another realm", () => {
    check(runInNewContext("({})"));
    check(runInNewContext("({ litres: 20, hops: [], taste() {}, mash: {} })"));
    expect(() => check(runInNewContext("({ colour: 20 })"))).toThrow(/no option colour/);
  });
});
