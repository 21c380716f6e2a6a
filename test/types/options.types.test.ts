/** What a table of options has to have. Only `tsc` checks this file: vitest strips the types. */
import { describe, expectTypeOf, test } from "vitest";
import { checkOptions, type OptionTable } from "../../src/options.ts";

interface Brew {
  readonly name?: string | undefined;
  readonly litres: number;
  readonly kind?: "ale" | "lager";
  readonly signal?: AbortSignal;
  readonly mash?: { readonly celsius?: number };
}

const right = {
  name: "a string",
  litres: "a number",
  kind: "a string",
  signal: "an AbortSignal",
  mash: { celsius: "a number" },
} as const;

describe("a table of options", () => {
  test("has a line for each option, of its type, and no other", () => {
    expectTypeOf(right).toExtend<OptionTable<Brew>>();
    expectTypeOf({ ...right, mash: "an object" } as const).toExtend<OptionTable<Brew>>();
    const { name, ...less } = right;
    expectTypeOf(name).toEqualTypeOf<"a string">();
    const tables: readonly OptionTable<Brew>[] = [
      right,
      // @ts-expect-error -- the name is missing
      less,
      // @ts-expect-error -- the litres are a number
      { ...right, litres: "a string" },
      // @ts-expect-error -- inside of the mash the type is another
      { ...right, mash: { celsius: "a string" } },
      // @ts-expect-error -- there is no such option
      { ...right, colour: "a string" },
      // @ts-expect-error -- there is no such kind
      { ...right, name: "a text" },
    ];
    expectTypeOf(tables).toExtend<readonly object[]>();
  });

  test("goes with its options only", () => {
    const brew = { litres: 20 };
    const check = (): void => {
      checkOptions<Brew>("brew", brew, right);
      // @ts-expect-error -- a table of other options
      checkOptions<Brew>("brew", brew, { limit: "a number" });
    };
    expectTypeOf(check).toBeFunction();
  });
});
