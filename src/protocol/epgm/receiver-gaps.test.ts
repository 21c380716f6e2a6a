import { describe, expect, test } from "vitest";
import {
  data,
  give,
  makeReceiver,
  payloadsOf,
  run,
  spm,
  text,
  texts,
} from "../../../test/epgm/ends.ts";
import { makeGsi } from "./tsi.ts";

describe("what is lost for good is told, once, where it is missing", () => {
  test("when the source says that it has it no longer", () => {
    const receiver = makeReceiver();
    give(receiver, 0, spm(0, 0), text(1), text(4), text(6));
    expect(give(receiver, 1, text(8, { trail: 6 }))).toEqual([
      "gap unrepairable 2",
      "message m4",
      "gap unrepairable 1",
      "message m6",
    ]);
    expect(give(receiver, 2, text(7))).toEqual(["message m7", "message m8"]);
    expect(give(receiver, 3, spm(1, 8, { trail: 7 }), text(3), text(5))).toEqual([]);
  });

  test("when the source does not answer, after seconds", () => {
    const receiver = makeReceiver();
    give(receiver, 0, spm(0, 0), text(1), text(3));
    const lines = run(receiver, 60_000).filter((line) => !line.includes("nak"));
    expect(lines.map((line) => line.replace(/^\d+ /, ""))).toEqual([
      "gap unanswered 1",
      "message m3",
    ]);
    expect(Number(lines[0]?.split(" ")[0])).toBeGreaterThan(3_000);
    expect(Number(lines[0]?.split(" ")[0])).toBeLessThan(7_000);
  });

  test("at the end of what was sent: once, though SPMs go on to name it; should it come, it is taken", () => {
    const receiver = makeReceiver();
    give(receiver, 0, text(1), spm(0, 3));
    expect(run(receiver, 10_000).filter((line) => !line.includes("nak"))).toEqual([
      "3330 gap unanswered 2",
    ]);
    expect(give(receiver, 10_000, spm(1, 3))).toEqual([]);
    expect(run(receiver, 60_000)).toEqual([]);
    expect(give(receiver, 60_000, text(2))).toEqual(["message m2"]);
    expect(give(receiver, 60_001, text(4))).toEqual(["gap unanswered 0", "message m4"]);
    expect(run(receiver, 120_000)).toEqual([]);
  });

  test("at the end of what was sent, of which a part comes after all: counted once, and told there again", () => {
    const receiver = makeReceiver();
    give(receiver, 0, text(1), spm(0, 4));
    expect(run(receiver, 10_000).filter((line) => !line.includes("nak"))).toEqual([
      "3330 gap unanswered 3",
    ]);
    expect(give(receiver, 10_000, text(2), text(4))).toEqual([
      "message m2",
      "gap unanswered 0",
      "message m4",
    ]);
  });

  test("and the message that it cuts is not handed on in part", () => {
    const receiver = makeReceiver();
    const [first, second, third] = payloadsOf([["a".repeat(40)]], 20).map((payload, index) =>
      data(index, payload),
    );
    if (!(first && second && third)) throw new Error("three packets");
    give(receiver, 0, spm(0, -1), first, third);
    expect(give(receiver, 1, text(3, { trail: 2 }))).toEqual(["gap unrepairable 1", "message m3"]);
  });

  test("when more waits than may: only as much as must be", () => {
    const receiver = makeReceiver({ bytesMax: 1_000 });
    give(receiver, 0, spm(0, -1));
    const big = (sequence: number) => texts(sequence, ["x".repeat(300)]);
    expect(give(receiver, 0, big(1), big(3)).map((line) => line.slice(0, 9))).toEqual([]);
    expect(give(receiver, 1, big(5)).map((line) => line.slice(0, 13))).toEqual([
      "gap overrun 1",
      "message xxxxx",
    ]);
    expect(run(receiver, 20)).toEqual(["6 nak 2", "7 nak 4"]);
  });

  test("when more is kept than may be, though giving up one gap only moves it into a message", () => {
    const receiver = makeReceiver({ heldBytesMax: 1_200 });
    give(receiver, 0, spm(0, -1));
    const long = payloadsOf([["a".repeat(2_000)]], 300).map((payload, index) =>
      data(index + 1, payload),
    );
    for (const packet of long) {
      give(receiver, 0, packet);
      expect(receiver.heldBytes).toBeLessThanOrEqual(1_200);
    }
  });

  test("when a message is longer than is taken, or makes no sense", () => {
    const receiver = makeReceiver({ messageBytesMax: 10 });
    expect(give(receiver, 0, texts(0, ["x".repeat(11)]), text(1))).toEqual([
      "gap oversized 0",
      "message m1",
    ]);
    expect(give(receiver, 0, data(2, Uint8Array.of(0, 0, 0, 0)), text(3))).toEqual([
      "gap malformed 0",
      "message m3",
    ]);
  });

  test("when a source falls silent that has not closed: what it may have sent last is unknown", () => {
    const receiver = makeReceiver();
    give(receiver, 0, spm(0, 0), text(1));
    expect(run(receiver, 1_000_000)).toEqual(["300000 gap gone 0"]);
    give(receiver, 1_000_000, spm(0, 0), text(1), spm(1, 1, { fin: true }));
    expect(run(receiver, 2_000_000)).toEqual([]);
    expect(receiver.sourceCount).toBe(0);
  });

  test("when a source has closed in the middle of a message", () => {
    const receiver = makeReceiver();
    const [half = new Uint8Array(0)] = payloadsOf([["a".repeat(40)]], 20);
    const told = give(receiver, 0, spm(0, -1), data(0, half), spm(1, 0, { fin: true }));
    expect(told).toEqual(["finished"]);
    expect(run(receiver, 1_000_000)).toEqual(["300000 gap gone 0"]);
  });

  test("when a source falls silent with something missing, or gives way", () => {
    const receiver = makeReceiver({ sourcesMax: 1 });
    const payloads = payloadsOf([["a".repeat(40)]], 20);
    give(receiver, 0, data(0, payloads[0] ?? new Uint8Array(0)), spm(0, 0));
    expect(run(receiver, 1_000_000)).toEqual(["300000 gap gone 0"]);
    expect([receiver.sourceCount, receiver.deadlineMs, receiver.heldBytes]).toEqual([
      0,
      undefined,
      0,
    ]);
    give(receiver, 1_000_000, spm(0, 0), text(1), text(3));
    const tsi = { gsi: makeGsi(8), port: 1 };
    expect(give(receiver, 1_000_000, text(1, { tsi }))).toEqual([
      "gap gone 1",
      "message m3",
      "message m1",
    ]);
    expect(receiver.counts.evictedSources).toBe(1);
  });
});
