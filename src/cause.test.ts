import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { because, reasonOf } from "./cause.ts";
import { CodecError } from "./errors.ts";

describe("the reason of a cause", () => {
  test.each([
    [new Error("out of hops"), "out of hops"],
    [new CodecError("no JSON"), "no JSON"],
    [new AggregateError([new Error("a")]), "AggregateError"],
    [runInNewContext('new Error("far away")'), "far away"],
    [{ message: "looks like one" }, "looks like one"],
    ["out of hops", "out of hops"],
    [undefined, "undefined was thrown, which is no Error"],
    [{ message: 5 }, "an object was thrown, which is no Error"],
    [Object.create(null), "an object was thrown, which is no Error"],
  ])("%#: is what it says, or what it is", (cause, reason) => {
    expect(reasonOf(cause)).toBe(reason);
    expect(because("the mash failed", cause)).toBe(`the mash failed: ${reason}`);
  });

  test("is told for what throws when it is looked at, too", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(reasonOf(proxy)).toBe("what was thrown cannot be read");
  });
});
