import { Buffer } from "node:buffer";
import { CodecError, UsageError } from "plexo";
import { describe, expect, test } from "vitest";
import { payloadReaderOf, printPayload } from "./payload.ts";

const notUtf8 = Uint8Array.of(0x7b, 0xff);

describe("printPayload", () => {
  test.each([
    ["json", '{"n":1}', '"value":{"n":1}'],
    // No digit is lost, though JSON.parse would round.
    ["json", "[9007199254740993, 1.0]", '"value":[9007199254740993, 1.0]'],
    ["json", '\ufeff {\r\n\t"a" : "b c",\n  "d":[]\n}\n', '"value":{"a" : "b c","d":[]}'],
    ["json", '"\u2028\u009b\\n"', '"value":"\\u2028\\u009b\\n"'],
    ["string_UTF-8", 'é "\n\u001b', '"value":"é \\"\\n\\u001b"'],
    ["string_UTF-8", "", '"value":""'],
    ["string_UTF-8", "\ufeffa", '"value":"\\ufeffa"'],
    ["bytes", "az", '"hex":"617a"'],
    ["bytes", "", '"hex":""'],
    ["msgpack", "{}", '"hex":"7b7d"'],
    ["capnp", "a", '"hex":"61"'],
    ["structured-clone", "a", '"hex":"61"'],
    // Not known: by the name, then by what the bytes look like.
    ["my-JSON", "[1]", '"value":[1]'],
    ["my-json", "[1", '"value":"[1"'],
    ["yaml", "a: 1\n", '"value":"a: 1\\n"'],
    ["yaml", "\u0000", '"hex":"00"'],
    ["__proto__", "{}", '"value":"{}"'],
  ])("a payload of %s, %j, prints as %s", (codecName, payload, printed) => {
    expect(printPayload(codecName, Buffer.from(payload))).toBe(printed);
  });

  test("only its own bytes of a larger buffer show", () => {
    expect(printPayload("bytes", Uint8Array.of(1, 2, 3, 4).subarray(1, 3))).toBe('"hex":"0203"');
  });

  test.each([
    ["json", Buffer.from("{"), '"hex":"7b"'],
    ["json", Buffer.from(""), '"hex":""'],
    ["json", notUtf8, '"hex":"7bff"'],
    ["string_UTF-8", notUtf8, '"hex":"7bff"'],
  ])("what is no %s shows with an error and as hex: %j", (codecName, bytes, hex) => {
    const printed: unknown = JSON.parse(`{${printPayload(codecName, bytes)}}`);
    expect(printed).toEqual({ error: expect.stringMatching(/./), ...JSON.parse(`{${hex}}`) });
    expect(Object.keys(Object(printed))).toEqual(["error", "hex"]);
  });

  test("bytes of a codec that is not known are never an error", () => {
    expect(printPayload("my-json", notUtf8)).toBe('"hex":"7bff"');
  });

  test("JSON nested a hundred thousand levels deep prints", () => {
    const deep = Buffer.from("[".repeat(1e5) + "]".repeat(1e5));
    expect(printPayload("json", deep)).toHaveLength(2e5 + '"value":'.length);
  });
});

describe("payloadReaderOf", () => {
  test.each([
    ["json", '  {"n": 9007199254740993}\t', '{"n": 9007199254740993}'],
    ["json", "null", "null"],
    ["string_UTF-8", "  a ", "  a "],
    ["string_UTF-8", "", ""],
    ["bytes", " 00fFa1 ", "\u0000\u00ff\u00a1"],
    ["bytes", "", ""],
  ])("a line of %s, %j, becomes %j", (codecName, line, payload) => {
    const encoding = codecName === "bytes" ? "latin1" : "utf8";
    expect(payloadReaderOf(`dev.X.${codecName}`)(line)).toEqual(
      new Uint8Array(Buffer.from(payload, encoding)),
    );
  });

  test.each(["", " \t"])("a blank line, %j, is no JSON message", (line) => {
    expect(payloadReaderOf("dev.X.json")(line)).toBeUndefined();
  });

  test.each([
    ["json", "{n:1}", /^not JSON: /],
    ["json", "1 2", /^not JSON: /],
    ["json", "\u00a01", /^not JSON: /],
    ["bytes", "0g", /^not hex: "g"/],
    ["bytes", "00 01", /^not hex: " "/],
    ["bytes", "012", /^not hex: 3 digits/],
  ])("a line that is no %s, %j, is refused", (codecName, line, message) => {
    const read = (): unknown => payloadReaderOf(`dev.X.${codecName}`)(line);
    expect(read).toThrow(CodecError);
    expect(read).toThrow(message);
  });

  test.each(["msgpack", "yaml", "toString"])("lines of %s cannot be typed in", (codecName) => {
    const read = (): unknown => payloadReaderOf(`dev.X.${codecName}`);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(/json, string_UTF-8, bytes$/);
  });
});
