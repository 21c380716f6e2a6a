import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, hexOf, slices, textHex } from "../../../test/zmtp/recorder.ts";
import { FrameRules, frameHeadByteCount, writeFrameHead } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";

interface Read {
  readonly reader: FrameReader;
  /** Flags and body of each frame. */
  readonly frames: string[];
}

function readerOf(onFrame: (read: Read) => void = () => {}, bodyBytesMax = 2 ** 40): Read {
  const rules = new FrameRules(300);
  rules.allowMessages(bodyBytesMax);
  rules.mendCommands();
  const frames: string[] = [];
  const reader: FrameReader = new FrameReader(
    {
      frame(body, flags) {
        frames.push(`${flags} ${hexOf(body.bytes)}`);
        onFrame({ reader, frames });
      },
    },
    rules,
  );
  return { reader, frames };
}

function encodeFrame(flags: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(frameHeadByteCount(body.length) + body.length);
  frame.set(body, writeFrameHead(frame, 0, flags, body.length));
  return frame;
}

const bodies = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.integer({ min: 250, max: 700 }).map((length) => new Uint8Array(length).fill(length)),
  ),
  { maxLength: 12 },
);
const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });

describe("RFC 37, Framing", () => {
  test("the way the stream is cut never changes the frames", () => {
    fc.assert(
      fc.property(bodies, cuts, (bodiesIn, cutsIn) => {
        const { reader, frames } = readerOf();
        const stream = Buffer.concat(bodiesIn.map((body) => encodeFrame(0, body)));
        for (const piece of slices(stream, cutsIn)) reader.push(piece);
        expect(frames.map((frame) => frame.split(" ")[1])).toEqual(bodiesIn.map(hexOf));
        expect(reader.unfinished).toBeUndefined();
      }),
    );
  });

  test("the long form is taken for short bodies, and empty bodies in either form", () => {
    const { reader, frames } = readerOf();
    reader.push(bytesOf("020000000000000002cafe" + "0000" + "030000000000000000"));
    expect(frames).toEqual(["2 cafe", "0 ", "3 "]);
  });

  test("a long body that comes in many chunks arrives whole", () => {
    const { reader, frames } = readerOf();
    const body = new Uint8Array(3_000_000).map((_, index) => index % 251);
    for (const piece of slices(encodeFrame(1, body), [65_536])) reader.push(piece);
    reader.push(bytesOf("000155"));
    expect(frames).toEqual([`3 ${hexOf(body)}`, "0 55"]);
  });

  test("memory follows the bytes that came, not the size that was claimed", () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 50 }, () => readerOf().reader);
    // 2^39 bytes are within the limit here, and 51 come.
    for (const reader of readers) reader.push(bytesOf(`020000008000000000${"00".repeat(51)}`));
    const grown = process.memoryUsage().arrayBuffers - before;
    expect(readers[0]?.unfinished).toBe(`60 of ${2 ** 39 + 9} bytes`);
    expect(grown).toBeLessThan(50 * 70_000);
  });

  test("a size beyond the limit is refused when the head is there, whatever its 64 bits are", () => {
    for (const size of ["00000000000003e9", "ffffffffffffffff", "8000000000000000"]) {
      for (const cut of [1, 4, 9]) {
        const { reader } = readerOf(() => {}, 1_000);
        const pieces = slices(bytesOf(`02${size}`), [cut]);
        expect(() => {
          for (const piece of pieces) reader.push(piece);
        }).toThrow(/at most 1000/);
      }
    }
  });

  test("frames before a bad head are handed over, nothing after it", () => {
    const { reader, frames } = readerOf();
    expect(() => reader.push(bytesOf("000101" + "0800" + "000102"))).toThrow(/reserved/);
    reader.push(bytesOf("000103"));
    expect(frames).toEqual(["0 01"]);
  });
});

describe("RFC 37, Framing: long commands of libzmq 4.3.4, which lack LONG", () => {
  // A body of 256 bytes: SUBSCRIBE to 246 times Q, as in zmtp-sub-to-31-publisher.json.
  const body = `09${textHex("SUBSCRIBE")}${textHex("Q".repeat(246))}`;
  const garbled = bytesOf(`040000000000000100${body}`);

  test("are read as the long commands they are, however cut, and the next frame too", () => {
    for (let cut = 1; cut <= garbled.length; cut++) {
      const { reader, frames } = readerOf();
      for (const piece of slices(garbled, [cut])) reader.push(piece);
      reader.push(bytesOf("000155"));
      expect(frames).toEqual([`6 ${body}`, "0 55"]);
    }
  });

  test("their size is held against the limit before the body comes", () => {
    for (const cut of [1, 2, 9]) {
      const { reader } = readerOf();
      expect(() => {
        for (const piece of slices(bytesOf("04000000000000012d"), [cut])) reader.push(piece);
      }).toThrow("command frame of 301 bytes, at most 300 taken");
    }
  });
});

describe("FrameReader, pausing", () => {
  test("paused by the handler it hands over nothing more until resumed, then the rest in order", () => {
    const { reader, frames } = readerOf(({ reader: paused }) => paused.pause());
    reader.push(bytesOf("000101" + "000102" + "0001"));
    reader.push(bytesOf("03" + "000104"));
    expect(frames).toEqual(["0 01"]);
    reader.resume();
    expect(frames).toEqual(["0 01", "0 02"]);
    reader.resume();
    reader.resume();
    reader.resume();
    expect(frames).toEqual(["0 01", "0 02", "0 03", "0 04"]);
  });

  test("pauses anywhere change nothing", () => {
    fc.assert(
      fc.property(bodies, cuts, fc.array(fc.boolean()), (bodiesIn, cutsIn, pauses) => {
        let at = 0;
        const { reader, frames } = readerOf(({ reader: busy }) => {
          if (pauses[at++ % pauses.length] === true) busy.pause();
        });
        const stream = Buffer.concat(bodiesIn.map((body) => encodeFrame(0, body)));
        for (const piece of slices(stream, cutsIn)) reader.push(piece);
        for (let count = 0; count <= bodiesIn.length; count++) reader.resume();
        expect(frames.map((frame) => frame.split(" ")[1])).toEqual(bodiesIn.map(hexOf));
      }),
    );
  });

  test("a pause that the handler takes back at once is none", () => {
    const { reader, frames } = readerOf(({ reader: busy }) => {
      busy.pause();
      busy.resume();
    });
    reader.push(bytesOf("000101" + "000102"));
    expect(frames).toEqual(["0 01", "0 02"]);
  });

  test("stopped by the handler it hands over nothing more, also when resumed", () => {
    const { reader, frames } = readerOf(({ reader: busy }) => {
      busy.stop();
      busy.resume();
    });
    reader.push(bytesOf("000101" + "000102"));
    reader.resume();
    reader.push(bytesOf("000103"));
    expect(frames).toEqual(["0 01"]);
  });

  test("a chunk that the handler pushes is read after the one at hand", () => {
    let pushed = false;
    const { reader, frames } = readerOf(({ reader: busy }) => {
      if (!pushed) {
        pushed = true;
        busy.push(bytesOf("000103"));
      }
    });
    reader.push(bytesOf("000101" + "000102"));
    expect(frames).toEqual(["0 01", "0 02", "0 03"]);
  });

  test("what the handler throws comes out, and the reader takes nothing more", () => {
    const { reader, frames } = readerOf(() => {
      throw new RangeError("of the handler");
    });
    expect(() => reader.push(bytesOf("000101" + "000102"))).toThrow("of the handler");
    reader.push(bytesOf("000103"));
    expect(frames).toEqual(["0 01"]);
  });

  test("the bytes of a body are a view that later pushes do not change", () => {
    const views: Uint8Array[] = [];
    const rules = new FrameRules(100);
    rules.allowMessages(1_000);
    const reader = new FrameReader({ frame: (body) => void views.push(body.bytes) }, rules);
    reader.push(bytesOf("0002aabb" + "0002cc"));
    reader.push(bytesOf("dd" + "0002eeff"));
    expect(views.map(hexOf)).toEqual(["aabb", "ccdd", "eeff"]);
  });
});
