import { describe, expect, test } from "vitest";
import { UsageError } from "./errors.ts";
import { Namespace } from "./namespace.ts";

describe("Namespace", () => {
  test("its parts are given one by one, or joined by dots", () => {
    for (const namespace of [new Namespace("dev", "brewery"), new Namespace("dev.brewery")]) {
      expect(namespace.parts).toEqual(["dev", "brewery"]);
      expect(namespace.path).toBe("dev.brewery");
      expect(String(namespace)).toBe("dev.brewery");
    }
  });

  test("extend makes one inside, and leaves the outer one as it was", () => {
    const outer = new Namespace("dev");
    expect(outer.extend("brewery", "cellar.left").path).toBe("dev.brewery.cellar.left");
    expect(outer.path).toBe("dev");
  });

  test.each(["", "a..b", ".a", "a.", "a b", "a\n", "*", ">"])("%j is refused", (part) => {
    expect(() => new Namespace(part)).toThrow(UsageError);
    expect(() => new Namespace("dev").extend(part)).toThrow(UsageError);
  });
});
