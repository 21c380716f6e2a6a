import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexOf } from "../../../test/zmtp/recorder.ts";
import { PeerError } from "../../errors.ts";
import {
  FrameRules,
  frameFlags,
  frameHeadByteCount,
  readBodyByteCount,
  writeFrameHead,
} from "./frame.ts";

function head(flags: number, bodyByteCount: number): string {
  const target = new Uint8Array(frameHeadByteCount(bodyByteCount));
  writeFrameHead(target, 0, flags, bodyByteCount);
  return hexOf(target);
}

describe("RFC 37, Framing: heads", () => {
  test("a body of up to 255 bytes has the short form, a longer one the long form", () => {
    expect(head(0, 0)).toBe("0000");
    expect(head(0, 255)).toBe("00ff");
    expect(head(0, 256)).toBe("020000000000000100");
    expect(head(frameFlags.more, 255)).toBe("01ff");
    expect(head(frameFlags.more, 70_000)).toBe("030000000000011170");
    expect(head(frameFlags.command, 256)).toBe("060000000000000100");
  });

  test("the size is in network byte order, in all of its eight octets", () => {
    expect(head(0, 0x1f_8182_8384_8586 % 2 ** 53)).toBe("02001f818283848586");
  });

  test("is written at the offset, touches nothing else, and says where the body goes", () => {
    const target = new Uint8Array(16).fill(0xee);
    expect(writeFrameHead(target, 3, 0, 300)).toBe(12);
    expect(hexOf(target)).toBe("eeeeee02000000000000012ceeeeeeee");
    expect(writeFrameHead(target, 0, 0, 3)).toBe(2);
  });

  test("what is written is read back", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bodyByteCount) => {
        const target = new Uint8Array(9);
        writeFrameHead(target, 0, 0, bodyByteCount);
        expect(readBodyByteCount(target, 0, target[0] ?? 0)).toBe(bodyByteCount);
      }),
    );
  });
});

describe("RFC 37, Framing: rules", () => {
  const rules = new FrameRules(100);
  rules.allowMessages(1_000);

  test("reserved bits 7-3 MUST be zero", () => {
    for (const bit of [3, 4, 5, 6, 7]) {
      expect(() => rules.check(1 << bit, 1)).toThrow(/bits 7-3 are reserved and must be zero/);
    }
  });

  test("MORE SHALL be zero on command frames", () => {
    expect(() => rules.check(frameFlags.command | frameFlags.more, 1)).toThrow(/MORE must be zero/);
  });

  test("a body at the limit is taken, one byte more is not", () => {
    rules.check(0, 1_000);
    rules.check(frameFlags.command, 100);
    expect(() => rules.check(frameFlags.more, 1_001)).toThrow(
      "message frame of 1001 bytes, at most 1000 taken",
    );
    expect(() => rules.check(frameFlags.command, 101)).toThrow(
      "command frame of 101 bytes, at most 100 taken",
    );
  });

  test("no message is taken before messages are allowed, not even an empty one", () => {
    expect(() => new FrameRules(100).check(0, 0)).toThrow(/before the handshake was over/);
  });

  test("a refusal is the peer's fault and carries the numbers", () => {
    try {
      rules.check(frameFlags.long, 5_000);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(PeerError);
      expect(error).toMatchObject({ details: { bodyByteCount: 5_000, bytesMax: 1_000 } });
    }
  });
});

describe("RFC 37, Framing: long commands of libzmq 4.3.4, which lack LONG", () => {
  const mending = new FrameRules(1_000);
  mending.mendCommands();

  test("a command of no bytes is none, so its head is that of a long one", () => {
    const source = Uint8Array.of(0xff, 0x04, 0x00, 0x00);
    expect(mending.readFlags(source, 1, 3)).toBe(frameFlags.command | frameFlags.long);
    expect(new FrameRules(1_000).readFlags(source, 1, 3)).toBe(frameFlags.command);
  });

  test("nothing is concluded before the second octet is there", () => {
    expect(mending.readFlags(Uint8Array.of(0x04, 0x00), 0, 1)).toBe(frameFlags.command);
  });

  test("all other heads stay as they are", () => {
    for (const [flags, next] of [
      [0x04, 1],
      [0x06, 0],
      [0x00, 0],
      [0x01, 0],
      [0x05, 0],
    ] as const) {
      expect(mending.readFlags(Uint8Array.of(flags, next), 0, 2)).toBe(flags);
    }
  });
});
