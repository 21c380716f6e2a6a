import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ids, someId } from "../../test/envelope/ids.ts";
import { bytesOf, hexOf } from "../../test/zmtp/recorder.ts";
import { PeerError, UsageError } from "../errors.ts";
import type { EnvelopeId } from "./envelope/fields.ts";
import {
  impulseIdByteCount,
  noImpulseId,
  readImpulseId,
  writeImpulseId,
} from "./impulse-id-frame.ts";
import { Span } from "./span.ts";

function written(id: EnvelopeId): Uint8Array {
  const body = new Uint8Array(impulseIdByteCount);
  writeImpulseId(body, 0, id);
  return body;
}

function read(body: Uint8Array): EnvelopeId {
  const id = noImpulseId();
  readImpulseId(Span.of(body), id);
  return id;
}

describe("Impulse id frame", () => {
  test("17 bytes: origin, sequence and hops, in network byte order", () => {
    expect(hexOf(written(someId))).toBe("8899aabbccddeeff" + "0000000000000005" + "07");
    const longest = { originHigh: 0, originLow: 1, sequence: 2 ** 53 - 1, hops: 255 };
    expect(hexOf(written(longest))).toBe("0000000000000001" + "001fffffffffffff" + "ff");
  });

  test("is written at the offset, and touches nothing else", () => {
    const target = new Uint8Array(20).fill(0xee);
    writeImpulseId(target, 2, someId);
    expect(hexOf(target)).toBe("eeee8899aabbccddeeff000000000000000507ee");
  });

  test("what is written is read back", () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(read(written(id))).toEqual(id);
      }),
    );
  });

  test("any other bytes are refused, or are an id that is written as they are", () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.uint8Array({ minLength: 17, maxLength: 17 }),
      fc
        .uint8Array({ minLength: 9, maxLength: 9 })
        .map((end) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, ...end)),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const id = noImpulseId();
        try {
          readImpulseId(Span.of(body), id);
        } catch (error) {
          expect(error).toBeInstanceOf(PeerError);
          expect(id).toEqual(noImpulseId());
          return;
        }
        expect(hexOf(written(id))).toBe(hexOf(body));
      }),
    );
  });

  test("another length, a sequence above 2^53-1 and origin 0 are refused by name", () => {
    for (const [hex, rule] of [
      ["", "impulse id of 0 bytes, it has 17"],
      ["8899aabbccddeeff0000000000000005", "impulse id of 16 bytes, it has 17"],
      ["8899aabbccddeeff00000000000000050700", "impulse id of 18 bytes, it has 17"],
      ["8899aabbccddeeff002000000000000007", "sequence 9007199254740992, at most 2^53-1"],
      ["8899aabbccddeeffffffffffffffffff07", "at most 2^53-1"],
      ["0000000000000000000000000000000507", "impulse id with origin 0"],
    ] as const) {
      expect(() => read(bytesOf(hex))).toThrow(rule);
      expect(() => read(bytesOf(hex))).toThrow(PeerError);
    }
  });

  test("an id that is out of its range is not written", () => {
    const target = new Uint8Array(impulseIdByteCount).fill(0xee);
    expect(() => writeImpulseId(target, 0, { ...someId, hops: 256 })).toThrow(UsageError);
    expect(new Set(target)).toEqual(new Set([0xee]));
  });
});
