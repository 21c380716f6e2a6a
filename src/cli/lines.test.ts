import { Buffer } from "node:buffer";
import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { CodecError, TransportError } from "plexo";
import { describe, expect, test } from "vitest";
import { type Line, LineSplitter, lineBytesMax, readLines } from "./lines.ts";

const never = new AbortController().signal;

function split(chunks: readonly Uint8Array[], bytesMax = 1_000): Line[] {
  const splitter = new LineSplitter(bytesMax);
  return [...chunks.flatMap((chunk) => [...splitter.push(chunk)]), ...splitter.end()];
}

function textsOf(input: string): string[] {
  return split([Buffer.from(input)]).map(({ text }) => text);
}

describe("LineSplitter", () => {
  test.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\nb", ["a", "b"]],
    ["\n\n", ["", ""]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\rb\r\r\n", ["a\rb\r"]],
    ["a\r", ["a"]],
    ["\ufeffa\n\ufeffb\n", ["a", "\ufeffb"]],
    ["\ufeff\n", [""]],
  ])("%j has the lines %j", (input, lines) => {
    expect(textsOf(input)).toEqual(lines);
  });

  test("the way the stream is cut never changes the lines", () => {
    const unit = fc.constantFrom("a", "é", "😀", "\n", "\r", "\r\n", "\ufeff");
    fc.assert(
      fc.property(fc.string({ unit }), fc.array(fc.nat({ max: 9 })), (input, lengths) => {
        const bytes = Buffer.from(input);
        const chunks: Uint8Array[] = [];
        let start = 0;
        for (const length of lengths) {
          chunks.push(bytes.subarray(start, start + length));
          start += length;
        }
        expect(split([...chunks, bytes.subarray(start)])).toEqual(split([bytes]));
      }),
    );
  });

  test("lines are counted from 1, empty ones included", () => {
    expect(split([Buffer.from("a\n\nb")])).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: "" },
      { number: 3, text: "b" },
    ]);
  });

  test("a line at the limit is taken, a longer one is not, however it comes", () => {
    const longest = "é".repeat(5);
    expect(split([Buffer.from(`${longest}\n${longest}`)], 10)).toHaveLength(2);
    const tooLong = Buffer.from(`a\n${longest}b`);
    const error = /^line 2: it has more than 10 bytes/;
    expect(() => split([tooLong], 10)).toThrow(error);
    expect(() => split([Buffer.from(`a\n${longest}b\n`)], 10)).toThrow(error);
    expect(() => split([tooLong.subarray(0, 7), tooLong.subarray(7)], 10)).toThrow(error);
  });

  test("what is not UTF-8 is named by its line, and the lines before it are given", () => {
    const splitter = new LineSplitter(100);
    const lines = splitter.push(Uint8Array.of(0x61, 0x0a, 0xff, 0x0a));
    expect(lines.next().value).toEqual({ number: 1, text: "a" });
    expect(() => lines.next()).toThrow(CodecError);
    expect(() => split([Uint8Array.of(0xc3)])).toThrow("line 1: it is not UTF-8 text");
  });
});

describe("readLines", () => {
  test("a stream is read no further than its lines are asked for", async () => {
    let given = 0;
    const endless = new Readable({
      read(): void {
        given += 1;
        this.push(Buffer.from(`${given}\n`.padStart(1_024)));
      },
    });
    for await (const { number } of readLines(endless, never)) if (number === 10) break;
    expect(given).toBeLessThan(200);
    expect(endless.destroyed).toBe(true);
  });

  test("a line without end is given up at the limit", async () => {
    let given = 0;
    const chunk = Buffer.alloc(1024 * 1024);
    const zeros = new Readable({
      read(): void {
        given += chunk.length;
        this.push(chunk);
      },
    });
    await expect(readLines(zeros, never).next()).rejects.toThrow(
      /^line 1: it has more than 16777216/,
    );
    expect(given).toBeLessThan(lineBytesMax * 1.5);
  });

  test("a stream that fails is a TransportError", async () => {
    const broken = new PassThrough();
    const lines = readLines(broken, never);
    const first = lines.next();
    broken.destroy(new Error("EIO: i/o error, read"));
    await expect(first).rejects.toThrow(TransportError);
    await expect(readLines(broken, never).next()).rejects.toThrow(/standard input cannot be read/);
  });

  test("the signal ends it with its reason, and ends the stream", async () => {
    const quiet = new PassThrough();
    const end = new AbortController();
    const first = readLines(quiet, end.signal).next();
    const reason = new Error("enough");
    end.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(quiet.destroyed).toBe(true);
  });
});
