import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capture, datagramVectors, hexOf } from "../../../test/epgm/captures.ts";
import { payloadsOf } from "../../../test/epgm/ends.ts";
import { frameHeadBytes, writeFrameHead } from "./frame.ts";
import { readPacket } from "./packet-reader.ts";
import { StreamReader } from "./stream-reader.ts";
import { StreamWriter } from "./stream-writer.ts";

const limits = { messageBytesMax: 2 ** 20, partsMax: 64 };

/** Reads payloads; `undefined` stands for one that was lost. */
function read(
  payloads: readonly (Uint8Array | undefined)[],
  { messageBytesMax, partsMax } = limits,
): { messages: string[][]; faults: (string | undefined)[] } {
  const messages: string[][] = [];
  const reader = new StreamReader({ messageBytesMax, partsMax }, (parts) =>
    messages.push(parts.map((part) => Buffer.from(part).toString("latin1"))),
  );
  const faults = payloads.map((payload) => {
    if (payload !== undefined) return reader.push(payload);
    reader.reset();
    return undefined;
  });
  return { messages, faults: faults.filter((fault) => fault !== undefined) };
}

function offsetOf(payload: Uint8Array): number {
  return ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
}

function sevens(byteCount: number): string {
  return Buffer.from(Uint8Array.from({ length: byteCount }, (_, index) => 7 * index)).toString(
    "latin1",
  );
}

function capturedPayloads(
  name: "framing" | "tail-offset" | "pub-lifecycle" | "repair",
): Uint8Array[] {
  return capture(name).packets.flatMap(({ bytes }) => {
    const packet = readPacket(bytes);
    return packet.kind === "odata" ? [packet.payload] : [];
  });
}

const framing = [
  ["single"],
  ["topic", "part2", "", "p4"],
  ["burst0"],
  ["burst1"],
  ["burst2"],
  ["x".repeat(253)],
  ["y".repeat(254)],
  ["big", sevens(20_000)],
  ["after20k"],
];

/** What is queued together, as libzmq's publisher had it when it recorded the capture. */
const framingBursts = [[0], [1], [2, 3, 4], [5], [6], [7, 8]];

function latin(parts: readonly string[]): Uint8Array[] {
  return parts.map((part) => Buffer.from(part, "latin1"));
}

function write(
  bursts: readonly (readonly (readonly string[])[])[],
  payloadBytesMax = 1_428,
): Uint8Array[] {
  const writer = new StreamWriter(payloadBytesMax);
  return bursts.flatMap((messages) => {
    const payloads: Uint8Array[] = [];
    for (const parts of messages) writer.push(latin(parts));
    while (!writer.isEmpty) {
      const payload = new Uint8Array(writer.nextPayloadBytes);
      writer.writePayload(payload, 0);
      payloads.push(payload);
    }
    return payloads;
  });
}

describe("golden: the stream of libzmq 4.3.4", () => {
  test("messages in one packet, several in one, and one over many", () => {
    expect(read(capturedPayloads("framing"))).toEqual({ messages: framing, faults: [] });
    expect(read(capturedPayloads("tail-offset"))).toEqual({
      messages: [["big", sevens(4_000)], ["next"]],
      faults: [],
    });
    expect(read(capturedPayloads("pub-lifecycle")).messages).toEqual([["topic", "hello"]]);
  });

  test("the same messages written by us are the same bytes", () => {
    const bursts = framingBursts.map((burst) => burst.map((index) => framing[index] ?? []));
    expect(write(bursts).map(hexOf)).toEqual(capturedPayloads("framing").map(hexOf));
    expect(write([[["big", sevens(4_000)]], [["next"]]]).map(hexOf)).toEqual(
      capturedPayloads("tail-offset").map(hexOf),
    );
  });

  test("whoever joins late begins with the next message that starts, at any packet", () => {
    const payloads = capturedPayloads("framing");
    expect(read(payloads.slice(2)).messages).toEqual(framing.slice(2));
    for (let from = 6; from < 20; from += 1) {
      expect(read(payloads.slice(from)).messages).toEqual([["after20k"]]);
    }
    expect(read(capturedPayloads("tail-offset").slice(2)).messages).toEqual([["next"]]);
  });

  test.each(datagramVectors().filter(({ expected }) => expected.frames !== undefined))(
    "$name: the frames",
    ({ bytes, expected }) => {
      const packet = readPacket(bytes);
      const [message = []] = packet.kind === "odata" ? read([packet.payload]).messages : [];
      const hex = message.map((part) => Buffer.from(part, "latin1").toString("hex"));
      const wanted = expected.frames?.map((frame) => frame.hex) ?? [];
      expect(hex).toHaveLength(wanted.length);
      for (const [index, frame] of wanted.entries()) {
        if (frame.endsWith("...")) expect(hex[index]?.startsWith(frame.slice(0, -3))).toBe(true);
        else expect(hex[index]).toBe(frame);
      }
    },
  );
});

describe("the head of a frame", () => {
  test("up to 253 bytes the length is one byte, and counts the flags", () => {
    const head = (bodyBytes: number, more: boolean) => {
      const bytes = new Uint8Array(frameHeadBytes(bodyBytes));
      expect(writeFrameHead(bytes, 0, { bodyBytes, more })).toBe(bytes.length);
      return hexOf(bytes);
    };
    expect(head(0, false)).toBe("0100");
    expect(head(0, true)).toBe("0101");
    expect(head(253, false)).toBe("fe00");
    expect(head(254, false)).toBe("ff00000000000000ff00");
    expect(head(2 ** 32, true)).toBe("ff000000010000000101");
  });

  test("the long form is taken for any length, and other flags than MORE say nothing", () => {
    const payload = Buffer.from("0000ff000000000000000301616202fe62", "hex");
    expect(read([payload])).toEqual({ messages: [["ab", "b"]], faults: [] });
  });
});

describe("the offset", () => {
  test("counts to the first message that starts in the packet", () => {
    expect(payloadsOf([["a"], ["b"]]).map(offsetOf)).toEqual([0]);
    expect(payloadsOf([["a".repeat(30)], ["b"]], 20).map(offsetOf)).toEqual([0, 14]);
  });

  test("says that none starts in the middle of a message", () => {
    expect(payloadsOf([["a".repeat(60)]], 22).map(offsetOf)).toEqual([0, 0xffff, 0xffff, 2]);
  });

  test("points to the end where a message ends inside and none follows", () => {
    expect(payloadsOf([["a".repeat(30)]], 22).map(offsetOf)).toEqual([0, 12]);
  });

  test("says that none starts where a message ends just at the end of a full packet", () => {
    const [first, second, third] = write([[["a".repeat(38)]], [["b"]]], 22);
    expect([first, second, third].map((payload) => offsetOf(payload ?? new Uint8Array(2)))).toEqual(
      [0, 0xffff, 0],
    );
    expect(second?.length).toBe(22);
    expect(read([second, third]).messages).toEqual([["b"]]);
  });

  test("counts parts as parts of their message", () => {
    expect(payloadsOf([["a".repeat(30), "b", "c"], ["d"]], 25).map(offsetOf)).toEqual([0, 15]);
  });

  test("a message that fits into one packet is not cut, one that does not begins at once", () => {
    expect(payloadsOf([["a".repeat(10)], ["b".repeat(10)]], 20).map((p) => p.length)).toEqual([
      14, 14,
    ]);
    expect(payloadsOf([["a".repeat(10)], ["b".repeat(20)]], 20).map((p) => p.length)).toEqual([
      20, 18,
    ]);
  });
});

describe("what others may send", () => {
  const hello = payloadsOf([["hello"]])[0] ?? new Uint8Array(0);

  test("an empty payload, or half an offset, is nothing", () => {
    expect(read([new Uint8Array(0), Uint8Array.of(0), hello]).messages).toEqual([["hello"]]);
    const [first, second] = payloadsOf([["a".repeat(30)]], 22);
    expect(read([first, new Uint8Array(0), Uint8Array.of(7), second]).messages).toHaveLength(1);
  });

  test("an offset behind the end is no place to join", () => {
    expect(read([Buffer.from("0007030061", "hex"), hello]).messages).toEqual([["hello"]]);
    expect(read([Buffer.from("0003030061", "hex"), hello]).messages).toEqual([["hello"]]);
  });

  test("nor is what comes after it", () => {
    const inside = Buffer.from("ffff03007a", "hex");
    expect(read([Buffer.from("0007030061", "hex"), inside, hello]).messages).toEqual([["hello"]]);
  });

  test("a frame of length 0 is a fault, and the next message is taken", () => {
    expect(read([Buffer.from("0000000003006100", "hex"), hello])).toEqual({
      messages: [["hello"]],
      faults: ["frame"],
    });
  });

  test("a message with too many bytes or parts is a fault before anything is kept of it", () => {
    const small = { messageBytesMax: 10, partsMax: 2 };
    expect(read([payloadsOf([["a".repeat(11)]])[0], hello], small)).toEqual({
      messages: [["hello"]],
      faults: ["message"],
    });
    expect(read([payloadsOf([["a".repeat(5), "b".repeat(6)]])[0]], small).faults).toEqual([
      "message",
    ]);
    expect(read([payloadsOf([["a", "b", "c"]])[0]], small).faults).toEqual(["message"]);
    expect(read([payloadsOf([["a".repeat(4), "b".repeat(6)]])[0]], small).faults).toEqual([]);
    const huge = Buffer.from("0000ffffffffffffffffff00", "hex");
    expect(read([huge, hello], small)).toEqual({ messages: [["hello"]], faults: ["message"] });
  });
});

describe("laws", () => {
  const part = fc.string({ maxLength: 80, unit: "binary-ascii" });
  const messages = fc.array(fc.array(part, { minLength: 1, maxLength: 4 }), { maxLength: 12 });
  const bursts = fc.array(messages, { maxLength: 6 });
  const payloadBytesMax = fc.integer({ min: 3, max: 120 });

  test("what is written is read, however it is cut", () => {
    fc.assert(
      fc.property(bursts, payloadBytesMax, (written, byteCount) => {
        const payloads = write(written, byteCount);
        expect(read(payloads)).toEqual({ messages: written.flat(), faults: [] });
      }),
    );
  });

  test("no payload is without stream bytes or too long, and no offset points behind its end", () => {
    fc.assert(
      fc.property(bursts, payloadBytesMax, (written, byteCount) => {
        for (const payload of write(written, byteCount)) {
          expect(payload.length).toBeGreaterThan(2);
          expect(payload.length).toBeLessThanOrEqual(byteCount);
          const offset = offsetOf(payload);
          if (offset !== 0xffff) expect(offset).toBeLessThanOrEqual(payload.length - 2);
        }
      }),
    );
  });

  test("pushing while packets go out changes nothing about the messages", () => {
    fc.assert(
      fc.property(messages, payloadBytesMax, (written, byteCount) => {
        const writer = new StreamWriter(byteCount);
        const payloads: Uint8Array[] = [];
        const writeOne = () => {
          const payload = new Uint8Array(writer.nextPayloadBytes);
          writer.writePayload(payload, 0);
          payloads.push(payload);
        };
        for (const parts of written) {
          writer.push(latin(parts));
          expect(writer.nextPayloadBytes).toBeGreaterThan(2);
          if (parts.length % 2 === 0) writeOne();
        }
        while (!writer.isEmpty) writeOne();
        expect(read(payloads).messages).toEqual(written);
        expect(writer.byteCount).toBe(0);
      }),
    );
  });

  test("whatever is lost, the rest are whole messages that were sent, in order", () => {
    fc.assert(
      fc.property(
        bursts,
        payloadBytesMax,
        fc.infiniteStream(fc.boolean()),
        (written, byteCount, lost) => {
          const numbered = written.map((burst, at) =>
            burst.map((parts, index) => [`${at}.${index}`, ...parts]),
          );
          const payloads = write(numbered, byteCount);
          const { messages: got, faults } = read(
            payloads.map((payload) => (lost.next().value ? undefined : payload)),
          );
          expect(faults).toEqual([]);
          const names = numbered.flat().map((parts) => parts.join());
          let at = -1;
          for (const parts of got) {
            const found = names.indexOf(parts.join(), at + 1);
            expect(found).toBeGreaterThan(at);
            at = found;
          }
        },
      ),
    );
  });

  test("whatever the bytes are, nothing is thrown, and what is kept stays within its bound", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 }), (payloads) => {
        const small = { messageBytesMax: 50, partsMax: 3 };
        const reader = new StreamReader(small, (parts) => {
          expect(parts.length).toBeLessThanOrEqual(3);
          expect(parts.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(50);
        });
        for (const payload of payloads) {
          reader.push(payload);
          expect(reader.heldBytes).toBeLessThanOrEqual(50 + 53 * 128);
        }
      }),
    );
  });
});

test("a queue of 100,000 messages fills each packet", () => {
  const writer = new StreamWriter(1_428);
  const message = [Buffer.from("topic"), Buffer.from("x".repeat(20))];
  for (let count = 0; count < 100_000; count += 1) writer.push(message);
  const target = new Uint8Array(1_428);
  let payloadCount = 0;
  for (; !writer.isEmpty; payloadCount += 1) {
    writer.writePayload(target.subarray(0, writer.nextPayloadBytes), 0);
  }
  expect(payloadCount).toBe(Math.ceil(100_000 / Math.floor(1_426 / 29)));
});
