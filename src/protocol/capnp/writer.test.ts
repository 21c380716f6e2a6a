import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexOf, plexoMessageVectors } from "../../../test/envelope/vectors.ts";
import { UsageError } from "../../errors.ts";
import { encodeUtf8 } from "../utf8.ts";
import { type CapnpList, readCapnpRoot } from "./reader.ts";
import { CapnpWriter } from "./writer.ts";

test.each(plexoMessageVectors().filter(({ head, byteCount }) => head.length === byteCount))(
  "golden: $name is what we write",
  ({ head, fields: { typeName, payload } }) => {
    const writer = new CapnpWriter({ dataWordCount: 0, pointerCount: 2 });
    if (typeName !== null) writer.root.text(0, encodeUtf8(typeName));
    if (payload !== null) writer.root.data(1, payload);
    expect(hexOf(writer.finish())).toBe(hexOf(head));
  },
);

const uint64s = fc.bigInt(0n, 2n ** 64n - 1n);

test("what is written is read back", () => {
  const contents = fc.record({
    numbers: fc.array(uint64s, { maxLength: 5 }),
    text: fc.string(),
    data: fc.uint8Array(),
    texts: fc.array(fc.string()),
    // Enough of them to let the buffer grow while the elements are written.
    structs: fc.array(fc.record({ number: uint64s, data: fc.uint8Array({ maxLength: 600 }) })),
  });
  fc.assert(
    fc.property(contents, ({ numbers, text, data, texts, structs }) => {
      const writer = new CapnpWriter({ dataWordCount: numbers.length, pointerCount: 5 });
      for (const [index, number] of numbers.entries()) writer.root.uint64(index, number);
      const elements = writer.root.structs(4, structs.length, {
        dataWordCount: 1,
        pointerCount: 1,
      });
      for (const [index, element] of elements.entries()) {
        element.uint64(0, structs[index]?.number ?? 0n);
        element.data(0, structs[index]?.data ?? new Uint8Array());
      }
      writer.root.text(0, encodeUtf8(text));
      writer.root.data(1, data);
      writer.root.texts(2, texts.map(encodeUtf8));
      writer.root.uint64s(3, numbers);
      const bytes = writer.finish();
      const root = readCapnpRoot(bytes);
      const textIn = (range: { start: number; end: number } | undefined) =>
        range && Buffer.from(bytes.subarray(range.start, range.end)).toString("utf8");
      expect(numbers.map((_, index) => root.uint64(index))).toEqual(numbers);
      expect(root.dataWordCount).toBe(numbers.length);
      expect(textIn(root.text(0))).toBe(text);
      expect(root.data(1)).toEqual(data);
      expect(elementsOf(root.list(2), (list, index) => textIn(list.text(index)))).toEqual(texts);
      expect(elementsOf(root.list(3), (list, index) => list.uint64(index))).toEqual(numbers);
      const read = elementsOf(root.list(4), (list, index) => {
        const element = list.struct(index);
        return { number: element.uint64(0), data: element.data(0) };
      });
      expect(read).toEqual(structs);
    }),
  );
});

function elementsOf<T>(
  list: CapnpList | undefined,
  read: (list: CapnpList, index: number) => T,
): T[] {
  if (list === undefined) throw new Error("no list");
  return Array.from({ length: list.count }, (_, index) => read(list, index));
}

test("a struct without fields is a null root, which is read as such a struct", () => {
  const bytes = new CapnpWriter({ dataWordCount: 0, pointerCount: 0 }).finish();
  expect(hexOf(bytes)).toBe("0000000001000000" + "0000000000000000");
  expect(readCapnpRoot(bytes).dataWordCount).toBe(0);
});

test("what is finished does not change when the writer goes on", () => {
  const writer = new CapnpWriter({ dataWordCount: 1, pointerCount: 0 });
  const bytes = writer.finish();
  writer.root.uint64(0, 7n);
  expect(readCapnpRoot(bytes).uint64(0)).toBe(0n);
  expect(readCapnpRoot(writer.finish()).uint64(0)).toBe(7n);
});

describe("wrong use", () => {
  test.each([-1n, 2n ** 64n])("%s is no UInt64", (value) => {
    const { root } = new CapnpWriter({ dataWordCount: 1, pointerCount: 1 });
    expect(() => root.uint64(0, value)).toThrow(UsageError);
    expect(() => root.uint64s(0, [value])).toThrow(UsageError);
  });

  test("a message of over half a gigabyte, before memory is taken for it", () => {
    const { root } = new CapnpWriter({ dataWordCount: 0, pointerCount: 1 });
    const size = { dataWordCount: 65_535, pointerCount: 0 };
    expect(() => root.structs(0, 1_025, size)).toThrow("at most 67108863 written");
  });
});
