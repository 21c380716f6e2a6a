import { describe, expect, test } from "vitest";
import {
  bytesOf,
  hexOf,
  malformedVectors,
  tolerantVectors,
} from "../../../test/envelope/vectors.ts";
import { PeerError } from "../../errors.ts";
import { readCapnpRoot } from "./reader.ts";

/** A message of one segment made of these words, given as hex of their bytes. */
function message(...words: readonly string[]): Uint8Array {
  return messageOf(words);
}

/** The same of several segments. */
function messageOf(...segments: readonly (readonly string[])[]): Uint8Array {
  const table = new Uint32Array(Math.ceil((1 + segments.length) / 2) * 2);
  table[0] = segments.length - 1;
  for (const [index, words] of segments.entries()) table[index + 1] = words.length;
  const hex = hexOf(new Uint8Array(table.buffer)) + segments.flat().join("");
  return bytesOf(hex.replaceAll(" ", ""));
}

function textOf(bytes: Uint8Array, index: number): string | undefined {
  const range = readCapnpRoot(bytes).text(index);
  return range && Buffer.from(bytes.subarray(range.start, range.end)).toString("utf8");
}

test.each(tolerantVectors())("golden: $name, null and empty told apart", ({ bytes, fields }) => {
  expect(textOf(bytes, 0) ?? null).toBe(fields.typeName);
  expect(readCapnpRoot(bytes).data(1) ?? null).toEqual(fields.payload);
});

// Made by pyplexo 1.0.0 with capnpy 0.10.1, CPython 3.11.
const promise = bytesOf(
  "000000000c0000000000000004000200f11167e6c8321d3800919760f459ea188877665544332211" +
    "00819760f459ea1805000000d200000011000000220000006465762e706c65786f2e746573742e46" +
    "6f6f2e7069636b6c6500000000000000efff004d00000000",
);

test("golden: another struct, PlexoPromise, is read with the same means", () => {
  const root = readCapnpRoot(promise);
  expect([0, 1, 2, 3].map((index) => root.uint64(index))).toEqual([
    4_043_443_878_888_935_921n,
    1_795_346_307_588_002_048n,
    1_234_605_616_436_508_552n,
    1_795_346_307_587_997_952n,
  ]);
  expect(textOf(promise, 0)).toBe("dev.plexo.test.Foo.pickle");
  expect(root.data(1)).toEqual(Uint8Array.of(239, 255, 0, 77));
});

test("a field that the writer did not know is 0 or undefined", () => {
  const root = readCapnpRoot(promise);
  expect(root.uint64(4)).toBe(0n);
  expect(root.text(2)).toBeUndefined();
  expect(root.data(2)).toBeUndefined();
});

test("a UInt64 has all its 64 bits", () => {
  const root = readCapnpRoot(message("00000000 01000000", "ffffffff ffffffff"));
  expect(root.uint64(0)).toBe(2n ** 64n - 1n);
});

test("sections have as many words as 16 bits can count", () => {
  const data = [...Array<string>(299).fill("00000000 00000000"), "2a000000 00000000"];
  const root = readCapnpRoot(message("00000000 2c010100", ...data, "01000000 02000000"));
  expect(root.uint64(299)).toBe(42n);
  expect(root.data(0)).toEqual(new Uint8Array());
});

test("an object before the beginning of its segment is refused", () => {
  const bytes = message("00000000 00000100", "f5ffffff 0a000000");
  expect(() => readCapnpRoot(bytes).data(0)).toThrow("object from word -1 to 0");
});

test("how much of a struct its writer knew can be told", () => {
  expect(readCapnpRoot(promise).dataWordCount).toBe(4);
});

test("data are a view, so that reading costs no copy", () => {
  expect(readCapnpRoot(promise).data(1)?.buffer).toBe(promise.buffer);
});

describe("Lists", () => {
  const root = "00000000 00000100"; // a struct of one pointer, which follows
  const one = "01000000 00000000";
  const two = "02000000 00000000";
  const textA = ["01000000 12000000", "61000000 00000000"]; // "a", and the pointer before it
  const list = (...words: readonly string[]) => {
    const found = readCapnpRoot(message(root, ...words)).list(0);
    if (found === undefined) throw new Error("no list");
    return found;
  };

  test("of eight bytes each are numbers", () => {
    const numbers = list("01000000 15000000", one, two);
    expect([numbers.count, numbers.uint64(0), numbers.uint64(1)]).toEqual([2, 1n, 2n]);
    expect(() => numbers.text(0)).toThrow("list without texts where they belong");
  });

  test("of pointers are texts", () => {
    const bytes = message(root, "01000000 0e000000", ...textA);
    const texts = readCapnpRoot(bytes).list(0);
    expect(texts?.count).toBe(1);
    expect(texts?.text(0)).toEqual({ start: bytes.length - 8, end: bytes.length - 7 });
    expect(() => texts?.uint64(0)).toThrow("list without numbers where they belong");
  });

  test("of structs begin with a tag that has their number and size", () => {
    // Two of one data word and one pointer.
    const structs = list(
      "01000000 27000000",
      "08000000 01000100",
      one,
      "05000000 12000000",
      two,
      "00000000 00000000",
      "61000000 00000000",
    );
    expect(structs.count).toBe(2);
    expect([0, 1].map((index) => structs.struct(index).uint64(0))).toEqual([1n, 2n]);
    expect([0, 1].map((index) => structs.struct(index).text(0) === undefined)).toEqual([
      false,
      true,
    ]);
    expect(structs.uint64(1)).toBe(2n);
    expect(structs.text(1)).toBeUndefined();
  });

  test("of structs may have words to spare, and elements of no size", () => {
    expect(list("01000000 17000000", "04000000 01000000", one, two).count).toBe(1);
    const nothing = list("01000000 07000000", "fcffffff 00000000");
    expect(nothing.count).toBe(2 ** 30 - 1);
    expect(nothing.struct(2 ** 30 - 2).uint64(0)).toBe(0n);
    expect(list("01000000 f8ffffff").count).toBe(2 ** 29 - 1); // of void
  });

  test("a list that the writer did not know, or that is null, is undefined", () => {
    const struct = readCapnpRoot(message(root, "00000000 00000000"));
    expect(struct.list(0)).toBeUndefined();
    expect(struct.list(1)).toBeUndefined();
  });

  test.each([
    ["a struct", ["00000000 01000000", one], "pointer of kind 0 where kind 1 belongs"],
    ["a list of bits", ["01000000 09000000", one], "list of element size 1 where whole words"],
    ["a list of bytes", ["01000000 0a000000", one], "list of element size 2 where whole words"],
    ["a list of 4 bytes each", ["01000000 0c000000", one], "list of element size 4 where whole"],
    ["numbers beyond the end", ["01000000 15000000", one], "object from word 2 to 4"],
    ["pointers beyond the end", ["01000000 16000000", one], "object from word 2 to 4"],
    ["numbers before the beginning", ["f5ffffff 0d000000"], "object from word -1 to 0"],
    ["void before the beginning", ["f5ffffff 08000000"], "object from word -1 to -1"],
    ["structs without a tag", ["01000000 07000000"], "object from word 2 to 3"],
    ["structs beyond the end", ["01000000 0f000000", "04000000 01000000"], "from word 2 to 4"],
    ["a tag that is a list", ["01000000 0f000000", "05000000 01000000", one], "tag that is none"],
    [
      "more structs than words",
      ["01000000 0f000000", "08000000 01000000", one],
      "list of 2 structs of 1 words in 1 words",
    ],
  ])("%s is refused", (_what, words, reason) => {
    expect(() => list(...words)).toThrow(PeerError);
    expect(() => list(...words)).toThrow(reason);
  });
});

describe("Inter-Segment Pointers", () => {
  const root = "00000000 00000100"; // a struct of one pointer, which follows
  const byteInNextWord = "01000000 0a000000"; // a list of one byte
  const tag = "01000000 0a000000"; // the same, as the tag of a double far pointer
  const content = "2a000000 00000000";

  test("a landing pad of one word is the pointer", () => {
    const bytes = messageOf([root, "02000000 01000000"], [byteInNextWord, content]);
    expect(readCapnpRoot(bytes).data(0)).toEqual(Uint8Array.of(0x2a));
  });

  test("a landing pad of two words is a far pointer to the content, and a tag", () => {
    const bytes = messageOf([root, "06000000 01000000"], ["02000000 02000000", tag], [content]);
    expect(readCapnpRoot(bytes).data(0)).toEqual(Uint8Array.of(0x2a));
  });

  test.each([
    ["a pad of one word that is a far pointer itself", ["02000000 02000000"], "kind 2"],
    ["a first word that is not far", ["01000000 0a000000", tag], "not a far pointer and a tag"],
    ["a first word that is doubly far", ["06000000 02000000", tag], "not a far pointer and a tag"],
    ["a tag with an offset", ["02000000 02000000", "05000000 0a000000"], "not a far pointer and"],
    ["a tag that is a far pointer", ["02000000 02000000", "02000000 02000000"], "kind 2"],
    ["content in a segment that is not there", ["02000000 03000000", tag], "segment 3 of 3"],
    ["content outside of its segment", ["0a000000 02000000", tag], "object from word 1 to 2"],
  ])("%s is refused", (_what, pad, reason) => {
    const far = pad.length === 1 ? "02000000 01000000" : "06000000 01000000";
    const bytes = messageOf([root, far], pad, [content]);
    expect(() => readCapnpRoot(bytes).data(0)).toThrow(PeerError);
    expect(() => readCapnpRoot(bytes).data(0)).toThrow(reason);
  });

  // In both, what would make a pad stands in the next segment.
  test.each([
    ["of one word beyond its segment", "0a000000 01000000", "02000000 02000000"],
    ["of two words half beyond its segment", "06000000 01000000", "02000000 02000000"],
  ])("a pad %s is refused", (_what, far, pad) => {
    const bytes = messageOf([root, far], [pad], [byteInNextWord, content]);
    expect(() => readCapnpRoot(bytes).data(0)).toThrow(
      /landing pad from word [01] to 2, in a segment that ends at word 1/,
    );
  });
});

test.each(
  malformedVectors().filter(({ name }) => /root-(list|cap|far|double|out|struct)/.test(name)),
)("golden: $name is refused before any field is asked for", ({ bytes }) => {
  expect(() => readCapnpRoot(bytes)).toThrow(PeerError);
});

describe("Serialization Over a Stream", () => {
  test("the first segment has the pointer to the root, which no other can have", () => {
    const bytes = messageOf([], ["00000000 01000000", "2a000000 00000000"]);
    expect(() => readCapnpRoot(bytes)).toThrow("the first segment is empty");
  });

  test("a table that is cut off is refused with what it takes", () => {
    expect(() => readCapnpRoot(new Uint8Array(7))).toThrow("7 bytes, 8 needed for the segment");
    expect(() => readCapnpRoot(bytesOf("0200000001000000"))).toThrow("8 bytes, 16 needed for the");
  });

  test("512 segments are taken, 513 are not", () => {
    const root = ["00000000 01000000", "2a000000 00000000"];
    const segments = (count: number) => Array.from({ length: count }, (_, i) => (i ? [] : root));
    expect(readCapnpRoot(messageOf(...segments(512))).uint64(0)).toBe(42n);
    expect(() => readCapnpRoot(messageOf(...segments(513)))).toThrow(
      "513 segments, at most 512 taken",
    );
  });

  test("a refusal names what there is and what there should be, as fields too", () => {
    const error = thrownBy(() => readCapnpRoot(promise.subarray(0, 50)));
    expect(error).toBeInstanceOf(PeerError);
    expect(error).toMatchObject({
      message: "malformed Cap'n Proto message: 50 bytes, but 104 by its segment table",
      details: { byteCount: 50, claimedByteCount: 104 },
    });
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
