import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  golden,
  hexOf,
  publisherInTraffic,
  slices,
  textHex,
} from "../../../test/zmtp/recorder.ts";
import { encodeCancel, encodeSubscribe } from "./subscription.ts";

const topic = bytesOf(textHex("topic"));
const frames: { note: string; hex: string }[] = JSON.parse(golden("zmtp-small-frames.json")).frames;

function frameOfLibzmq(note: string): string | undefined {
  return frames.find((frame) => frame.note === note)?.hex;
}

/** Every frame that libzmq 4.3.4 sent behind its READY, as it stands in the capture. */
function framesOfSub(name: string): string[] {
  const { chunks }: { chunks: { dir: string; hex: string }[] } = JSON.parse(golden(name));
  const sent = chunks.filter(({ dir }) => dir === "connector->listener").map(({ hex }) => hex);
  return sent.slice(sent.findIndex((hex) => hex.includes(textHex("READY"))) + 1);
}

describe("RFC 37 and 23, The Publish-Subscribe Pattern: frames, against libzmq 4.3.4", () => {
  test("a 3.1 publisher gets commands, a 3.0 publisher messages", () => {
    const empty = new Uint8Array(0);
    expect(hexOf(encodeSubscribe(topic, "3.1"))).toBe(frameOfLibzmq('SUBSCRIBE "topic"'));
    expect(hexOf(encodeSubscribe(empty, "3.1"))).toBe(frameOfLibzmq('SUBSCRIBE ""'));
    expect(hexOf(encodeCancel(topic, "3.1"))).toBe(frameOfLibzmq('CANCEL "topic"'));
    expect(hexOf(encodeSubscribe(topic, "3.0"))).toBe(frameOfLibzmq('3.0 style subscribe "topic"'));
    expect(hexOf(encodeCancel(topic, "3.0"))).toBe(frameOfLibzmq('3.0 style cancel "topic"'));
  });

  test.each([
    ["3.1", "zmtp-sub-to-31-publisher.json", [246, 254, 255]],
    ["3.0", "zmtp-sub-to-30-publisher.json", [255]],
  ] as const)("long topics for %s, with LONG where it forgets it", (revision, name, garbled) => {
    const lengths = [245, 246, 254, 255, 256];
    const sent = framesOfSub(name).slice(-lengths.length);
    for (const [index, length] of lengths.entries()) {
      const own = encodeSubscribe(new Uint8Array(length).fill(0x51), revision);
      // The types of `garbled` differ per row.
      const isGarbled = (garbled as readonly number[]).includes(length);
      if (isGarbled) own[0] = (own[0] ?? 0) & ~0x02;
      expect(hexOf(own)).toBe(sent[index]);
    }
  });
});

describe("RFC 37 and 23, The Publish-Subscribe Pattern: what a publisher takes for a subscription", () => {
  const prefixes = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.integer({ min: 240, max: 270 }).map((length) => new Uint8Array(length).fill(0x51)),
  );
  const changes = fc.array(
    fc.record({
      kind: fc.constantFrom("subscribe", "cancel"),
      prefix: prefixes,
      revision: fc.constantFrom("3.0", "3.1"),
    }),
    { maxLength: 8 },
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });

  test("either form, however the stream is cut", () => {
    fc.assert(
      fc.property(changes, cuts, (changesIn, cutsIn) => {
        const { session, recorder } = publisherInTraffic();
        const stream = Buffer.concat(
          changesIn.map(({ kind, prefix, revision }) =>
            kind === "subscribe"
              ? encodeSubscribe(prefix, revision)
              : encodeCancel(prefix, revision),
          ),
        );
        for (const piece of slices(stream, cutsIn)) session.receive(piece, 0);
        expect(recorder.noted).toEqual(
          changesIn.map(({ kind, prefix }) => ({ kind, prefix: hexOf(prefix) })),
        );
      }),
    );
  });

  test("no message that begins otherwise, has no bytes, or several frames: it stays a frame", () => {
    const { session, recorder } = publisherInTraffic();
    session.receive(bytesOf("000102" + "0000" + "0102" + "0161" + "000101" + "000101"), 0);
    expect(recorder.noted).toEqual([
      { kind: "frame", body: "02", more: false },
      { kind: "frame", body: "", more: false },
      { kind: "frame", body: "0161", more: true },
      { kind: "frame", body: "01", more: false },
      { kind: "subscribe", prefix: "" },
    ]);
  });

  test("a command between the frames of a message", () => {
    const { session, recorder } = publisherInTraffic();
    session.receive(bytesOf(`010161${hexOf(encodeSubscribe(topic, "3.1"))}000162`), 0);
    expect(recorder.noted.map(({ kind }) => kind)).toEqual(["frame", "subscribe", "frame"]);
  });

  test("no command of another name", () => {
    const { session, recorder } = publisherInTraffic();
    for (const name of ["SUBSCRIBEX", "subscribe", "JOIN"]) {
      const body = `${name.length.toString(16).padStart(2, "0")}${textHex(name)}`;
      session.receive(bytesOf(`04${(1 + name.length).toString(16).padStart(2, "0")}${body}`), 0);
    }
    expect(recorder.noted).toEqual([]);
  });
});
