import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onOneLine } from "./one-line.ts";

describe("onOneLine", () => {
  test("line ends and the beginnings of escape sequences become visible", () => {
    expect(onOneLine("a\nb\r\u2028\u0085 \u001b[2J\u009b31m é 😀")).toBe(
      "a\\u000ab\\u000d\\u2028\\u0085 \\u001b[2J\\u009b31m é 😀",
    );
  });

  test("what cannot be seen, or turns the order of the text, becomes visible", () => {
    expect(onOneLine("a\u202eb\u200b\ufeff\u00ad\u{e0041}")).toBe(
      "a\\u202eb\\u200b\\ufeff\\u00ad\\udb40\\udc41",
    );
  });

  test("JSON keeps its value", () => {
    const unit = fc.constantFrom(
      "a",
      '"',
      "\\",
      "\u0000",
      "\u001b",
      "\u0085",
      "\u2028",
      "\u202e",
      "\u{e0041}",
      "é",
      "😀",
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit })), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(onOneLine(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});
