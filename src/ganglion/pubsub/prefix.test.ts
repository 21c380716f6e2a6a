import fc from "fast-check";
import { expect, test } from "vitest";
import { matches } from "../../topic.ts";
import { prefixOf } from "./prefix.ts";

test.each([
  ["dev.plexo.Foo.json", "dev.plexo.Foo.json"],
  ["dev.plexo.>", "dev.plexo."],
  ["dev.*.Foo.json", "dev."],
  ["*.Foo.json", ""],
  [">", ""],
])("%s is asked for as '%s'", (target, prefix) => {
  expect(prefixOf(target)).toBe(prefix);
});

test("whatever matches a pattern begins with its prefix", () => {
  const parts = fc.constantFrom("a", "b", "ab");
  const patterns = fc
    .tuple(fc.array(fc.oneof(parts, fc.constant("*")), { minLength: 1 }), fc.boolean())
    .map(([list, open]) => (open ? [...list, ">"] : list).join("."));
  const topics = fc.array(parts, { minLength: 1 }).map((list) => list.join("."));
  fc.assert(
    fc.property(patterns, topics, (pattern, topic) => {
      if (matches(pattern, topic)) expect(topic.startsWith(prefixOf(pattern))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
