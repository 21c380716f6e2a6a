import { expect, test } from "vitest";
import { CodecError } from "../../errors.ts";
import { readJson } from "./reader.ts";

const utf8 = new TextEncoder();

function read(text: string): unknown {
  return readJson(utf8.encode(text), 512);
}

test.each([
  ["white space around and inside", ' { "a" : [ 1 , 2 ] }\r\n\t', { a: [1, 2] }],
  ["escapes of every kind", String.raw`"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"`, 'é😀"\\/\b\f\n\r\t'],
  ["half a surrogate pair as an escape", String.raw`"\ud800"`, "\ud800"],
  ["the last of equal keys", '{"a":1,"a":2}', { a: 2 }],
  ["a byte order mark, which is passed over", "\ufeff[1]", [1]],
])("reads %s", (_what, text, value) => {
  expect(read(text)).toEqual(value);
});

test.each([
  ["nothing", ""],
  ["NaN", '{"a":NaN}'],
  ["a comma too many", "[1,]"],
  ["a comment", "[1] // one"],
  ["single quotes", "'a'"],
  ["a control character in a string", '"\u0001"'],
  ["a number with a leading zero", "01"],
  ["two values", "1 2"],
  ["a second byte order mark", "\ufeff\ufeff1"],
])("refuses %s", (_what, text) => {
  expect(() => read(text)).toThrow(CodecError);
  expect(() => read(text)).toThrow(/not JSON/);
});

test("refuses UTF-16 and what is not UTF-8", () => {
  expect(() => readJson(Buffer.from("\ufeff[1]", "utf16le"), 512)).toThrow(/not UTF-8/);
  expect(() => readJson(Buffer.from("[1]", "utf16le"), 512)).toThrow(CodecError);
  expect(() => readJson(Uint8Array.of(0x22, 0xff, 0x22), 512)).toThrow(/not UTF-8/);
});

test("a key __proto__ is an own property and touches no prototype", () => {
  const value = read('{"__proto__":{"polluted":true},"constructor":1}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.keys(Object(value))).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test.each([
  "9007199254740991",
  "-9007199254740992",
  "9007199254740994",
  "9223372036854775808",
  "9223372036854776000",
  "-18446744073709551616",
  "1000000000000000000000",
  "12345678901234567890.5",
  "0.30000000000000000000000001",
  "1e-400",
  "1.7976931348623157e308",
])("the number %s is read as the double that JavaScript has for it", (literal) => {
  expect(read(literal)).toBe(Number(literal));
  expect(read(`{"a":[0,${literal} ]}`)).toEqual({ a: [0, Number(literal)] });
});

test.each([
  ["9007199254740993", /no double, the nearest is 9007199254740992; its sender/],
  ["-9007199254740993", /the nearest is -9007199254740992/],
  ["18446744073709551615", /the nearest is 18446744073709551616/],
  ["1e309", /beyond 1.8e308/],
  ["-1E+400", /beyond 1.8e308/],
  ["9".repeat(100_000), /beyond 1.8e308/],
])("the number %.20s would change, so is refused", (literal, reason) => {
  expect(() => read(literal)).toThrow(reason);
  expect(() => read(`{"a":[0, ${literal}]}`)).toThrow(CodecError);
});

test("digits in strings and keys are no numbers, even beside a number that is looked at", () => {
  const text = String.raw`{"9007199254740993":" \" ,9007199254740993, \\","a":1e300,"b":[true,null]}`;
  expect(read(text)).toEqual(JSON.parse(text));
});

test("a long string beside a large number does not exhaust the stack", () => {
  const text = `["${"a\\n".repeat(1_000_000)}",1e300]`;
  expect(read(text)).toEqual(JSON.parse(text));
});

test("nesting is taken up to the limit, and refused above it", () => {
  const nested = (levels: number): string =>
    '[{"a":'.repeat(levels / 2) + "1" + "}]".repeat(levels / 2);
  expect(read(nested(512))).toEqual(JSON.parse(nested(512)));
  expect(() => read(nested(514))).toThrow(/nested more than 512 levels/);
  expect(() => read(nested(1_000_000))).toThrow(/nested more than 512 levels/);
});

test("depth is checked behind a number that is looked at, too", () => {
  expect(() => read(`[1e300,${"[".repeat(600)}${"]".repeat(600)}]`)).toThrow(/512 levels/);
});
