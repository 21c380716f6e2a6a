import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onOneLine } from "./one-line.ts";

describe("onOneLine", () => {
  test("line ends and the beginnings of escape sequences become visible", () => {
    expect(onOneLine("a\nb\r\u2028\u0085 \u001b[2J\u009b31m é 😀")).toBe(
      "a\\u000ab\\u000d\\u2028\\u0085 \\u001b[2J\\u009b31m é 😀",
    );
  });

  test("JSON keeps its value", () => {
    const unit = fc.constantFrom("a", '"', "\\", "\u0000", "\u001b", "\u0085", "\u2028", "é", "😀");
    fc.assert(
      fc.property(fc.array(fc.string({ unit })), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(onOneLine(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});
