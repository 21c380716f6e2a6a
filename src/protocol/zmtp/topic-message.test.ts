import { describe, expect, test } from "vitest";
import { someId } from "../../../test/envelope/ids.ts";
import { bytesOf, captured, golden, hexOf, textHex } from "../../../test/zmtp/recorder.ts";
import { UsageError } from "../../errors.ts";
import type { EnvelopeId } from "../envelope/fields.ts";
import { idFrameByteCount, MessageTopic, writeIdFrame } from "./topic-message.ts";

/** A message written at offset 3, in hex; that nothing around it is touched is checked as well. */
function written(topic: Uint8Array, payload: Uint8Array, messageId?: EnvelopeId): string {
  const messages = new MessageTopic(topic);
  const byteCount = messages.byteCount(payload.length, messageId !== undefined);
  const target = new Uint8Array(3 + byteCount + 2).fill(0xee);
  const payloadAt = messages.writeHead(target, 3, payload.length, messageId);
  expect(payloadAt).toBe(3 + messages.headByteCount(payload.length));
  target.set(payload, payloadAt);
  if (messageId !== undefined) writeIdFrame(target, payloadAt + payload.length, messageId);
  const hex = hexOf(target);
  expect([hex.slice(0, 6), hex.slice(-4)]).toEqual(["eeeeee", "eeee"]);
  return hex.slice(6, -4);
}

describe("RFC 37, Messages: what a publisher sends", () => {
  test("the bytes of a libzmq 4.3.4 PUB", () => {
    const message = written(bytesOf(textHex("topic")), bytesOf(textHex("hello")));
    const stream = hexOf(captured("zmtp-null-pubsub-31.json", "listener->connector"));
    expect(stream.endsWith(message)).toBe(true);
    expect(message).toBe(`0105${textHex("topic")}0005${textHex("hello")}`);
  });

  test("the bytes of the original's PUB", () => {
    const entries: { name: string; hex: string }[] = JSON.parse(golden("wire-frames.json")).entries;
    const { hex } = entries.find(({ name }) => name === "zmtp/PUB/message-from-pyplexo") ?? {};
    const topic = bytesOf(textHex("dev.plexo.test.str.string_UTF-8"));
    expect(written(topic, new TextEncoder().encode("hé"))).toBe(hex);
  });

  test("an id has a frame of its own, the third", () => {
    expect(written(bytesOf("aa"), bytesOf("bbcc"), someId)).toBe(
      "0101aa" + "0102bbcc" + "00118899aabbccddeeff000000000000000507",
    );
    expect(idFrameByteCount).toBe(19);
  });

  test("frames of over 255 bytes have the long form, each for itself", () => {
    const [long, short] = [new Uint8Array(256), new Uint8Array(255)];
    expect(written(long, short)).toBe(`030000000000000100${hexOf(long)}00ff${hexOf(short)}`);
    expect(written(short, long)).toBe(`01ff${hexOf(short)}020000000000000100${hexOf(long)}`);
    expect(written(short, long, someId).slice(514, 532)).toBe("030000000000000100");
  });

  test("one message after the other has its own payload, and an id or none", () => {
    const messages = new MessageTopic(bytesOf("aa"));
    const headOf = (payloadByteCount: number, id?: EnvelopeId): string => {
      const target = new Uint8Array(messages.headByteCount(payloadByteCount));
      messages.writeHead(target, 0, payloadByteCount, id);
      return hexOf(target);
    };
    expect(headOf(300, someId)).toBe("0101aa" + "03000000000000012c");
    expect(headOf(1)).toBe("0101aa" + "0001");
    expect(headOf(2, someId)).toBe("0101aa" + "0102");
  });

  test("topic and payload may be empty", () => {
    expect(written(new Uint8Array(0), new Uint8Array(0))).toBe("01000000");
  });

  test("an id that is out of its range is told before anything is written", () => {
    const target = new Uint8Array(40);
    const messages = new MessageTopic(bytesOf("aa"));
    expect(() => messages.writeHead(target, 0, 0, { ...someId, hops: 256 })).toThrow(UsageError);
    expect(new Set(target)).toEqual(new Set([0]));
  });
});
