import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capture } from "../../../test/epgm/captures.ts";
import {
  data,
  foreignTsi,
  give,
  group,
  linesOf,
  makeReceiver,
  messagesOf,
  nak,
  ownTsi,
  packetsOf,
  payloadsOf,
  port,
  range,
  run,
  sourceAddress,
  spm,
  text,
  texts,
} from "../../../test/epgm/ends.ts";
import { readPacket } from "./packet-reader.ts";
import { writeNak, writeSpmr } from "./packet-writer.ts";
import type { ReceiverOutput } from "./receiver.ts";
import { makeGsi } from "./tsi.ts";

describe("golden: what libzmq 4.3.4 sends", () => {
  function replay(
    name: "framing" | "repair" | "pub-lifecycle" | "spmr" | "tail-offset",
    without: (type: string, sequence: number) => boolean = () => false,
  ): ReceiverOutput[] {
    const { packets, port: udpPort } = capture(name);
    const receiver = makeReceiver({}, { port: udpPort });
    const outputs: ReceiverOutput[] = [];
    for (const { bytes, type, atMs } of packets) {
      const packet = readPacket(bytes);
      if ("sequence" in packet && without(type, packet.sequence)) continue;
      while ((receiver.deadlineMs ?? atMs + 1) <= atMs) receiver.wake(receiver.deadlineMs ?? atMs);
      receiver.receive({ bytes, from: Uint8Array.of(127, 0, 0, 1) }, atMs);
      outputs.push(...receiver.drain());
    }
    return outputs;
  }

  test("a life: the message, and that the source has closed", () => {
    const outputs = replay("pub-lifecycle");
    expect(linesOf(outputs)).toEqual(["message topic|hello", "finished"]);
  });

  test("all messages, and no NAK, where nothing is missing", () => {
    const outputs = replay("framing");
    expect(messagesOf(outputs).map((message) => message.length)).toEqual([
      6, 15, 6, 6, 6, 253, 254, 20_004, 8,
    ]);
    expect(linesOf(replay("tail-offset")).map((line) => line.slice(0, 12))).toEqual([
      "message big|",
      // The capture has no SPM.
      "spmr to 127.",
      "message next",
    ]);
  });

  test("3, 4 and 5 are lost: they are asked for at the source's address, and come as repairs", () => {
    const outputs = replay(
      "repair",
      (type, sequence) => type === "ODATA" && sequence >= 3 && sequence <= 5,
    );
    expect(messagesOf(outputs)).toEqual(range(0, 10).map((index) => `m${index}`));
    const [first] = packetsOf(outputs).filter(({ kind }) => kind === "nak");
    expect(first).toMatchObject({ kind: "nak", sequences: [3, 4, 5], to: "127.0.0.1" });
  });

  test("without an SPM: another's SPMR is heard, the gap closes, order holds", () => {
    expect(messagesOf(replay("spmr"))).toHaveLength(4);
  });
});

describe("where reception begins", () => {
  test("data first: with the first message that starts, nothing earlier is asked for", () => {
    const receiver = makeReceiver();
    expect(give(receiver, 0, text(7), text(8))).toEqual(["message m7", "message m8"]);
    expect(give(receiver, 1, spm(0, 8))).toEqual([]);
    expect(run(receiver, 1_000)).toEqual([]);
  });

  test("SPM first: behind its lead", () => {
    const receiver = makeReceiver();
    expect(give(receiver, 0, spm(0, 4), text(4), text(5))).toEqual(["message m5"]);
    expect(run(receiver, 1_000)).toEqual([]);
  });

  test("an SPM of a source that has sent nothing: with sequence number 0", () => {
    const receiver = makeReceiver();
    expect(give(receiver, 0, spm(0, -1), text(1))).toEqual([]);
    expect(run(receiver, 50)).toEqual(["6 nak 0"]);
    expect(give(receiver, 51, text(0))).toEqual(["message m0", "message m1"]);
  });

  test("in the middle of a message: with the next one, and that is no gap", () => {
    const receiver = makeReceiver();
    const payloads = payloadsOf([["a".repeat(50)], ["b"]], 20).map((payload, index) =>
      data(index, payload),
    );
    expect(give(receiver, 0, ...payloads.slice(1))).toEqual(["message b"]);
  });

  test("not with a repair, which is of anything for anybody, nor with an NCF or a NAK", () => {
    const receiver = makeReceiver();
    give(receiver, 0, text(2, { kind: "rdata" }), nak("ncf", [3]), nak("nak", [3]));
    expect(receiver.sourceCount).toBe(0);
    expect(give(receiver, 0, text(9), text(2, { kind: "rdata" }))).toEqual(["message m9"]);
  });

  test("its own process, and another port, are not received", () => {
    const receiver = makeReceiver({}, { ownGsi: ownTsi.gsi, port });
    expect(give(receiver, 0, text(1))).toEqual([]);
    expect(give(makeReceiver({}, { port: port + 1 }), 0, text(1))).toEqual([]);
  });
});

describe("an SPM is asked for", () => {
  test("25 ms after data without one: of ours in the group, of others by unicast", () => {
    const receiver = makeReceiver();
    give(receiver, 0, text(1));
    expect(run(receiver, 1_000)).toEqual(["25 spmr"]);
    give(receiver, 1_000, text(1, { tsi: foreignTsi }));
    expect(run(receiver, 2_000)).toEqual(["1025 spmr to 10.0.0.1"]);
  });

  test("not if one comes, or another receiver asks", () => {
    const receiver = makeReceiver();
    give(receiver, 0, text(1), spm(0, 1));
    expect(run(receiver, 1_000)).toEqual([]);
    const other = makeReceiver();
    give(other, 0, text(1), writeSpmr({ kind: "spmr", tsi: ownTsi, port }));
    expect(run(other, 1_000)).toEqual([]);
  });
});

describe("what is missing", () => {
  test("is asked for after a random time, comes, and order holds", () => {
    const receiver = makeReceiver();
    expect(give(receiver, 0, spm(0, 0), text(1), text(4))).toEqual(["message m1"]);
    expect(run(receiver, 20)).toEqual(["6 nak 2,3"]);
    expect(give(receiver, 21, nak("ncf", [2, 3]), text(3, { kind: "rdata" }))).toEqual([]);
    expect(give(receiver, 22, text(2, { kind: "rdata" }))).toEqual([
      "message m2",
      "message m3",
      "message m4",
    ]);
    expect(run(receiver, 10_000)).toEqual([]);
    expect(receiver.heldBytes).toBe(0);
  });

  test("across the wrap of sequence numbers too", () => {
    const receiver = makeReceiver();
    give(
      receiver,
      0,
      spm(0, -4, { trail: 0xffff_fffc }),
      text(0xffff_fffd, { trail: 0xffff_fffd }),
    );
    give(receiver, 0, text(1, { trail: 0xffff_fffd }));
    expect(run(receiver, 20)).toEqual(["6 nak 4294967294,4294967295,0"]);
    const repairs = [0, 0xffff_ffff, 0xffff_fffe].map((sequence) =>
      text(sequence, { kind: "rdata", trail: 0xffff_fffd }),
    );
    expect(give(receiver, 21, ...repairs)).toEqual(
      [0xffff_fffe, 0xffff_ffff, 0, 1].map((sequence) => `message m${sequence}`),
    );
  });

  test("at the end is found by an SPM", () => {
    const receiver = makeReceiver();
    give(receiver, 0, text(1), spm(0, 3));
    expect(run(receiver, 20)).toEqual(["6 nak 2,3"]);
    expect(give(receiver, 21, text(2), text(3))).toEqual(["message m2", "message m3"]);
  });

  test("is not learnt from an NCF for what nobody has heard of", () => {
    const receiver = makeReceiver();
    give(receiver, 0, text(1), spm(0, 1), nak("ncf", [2, 3, 900, 0xffff_ffff]));
    expect(run(receiver, 5_000)).toEqual([]);
    expect(give(receiver, 5_000, text(2))).toEqual(["message m2"]);
  });

  test("is not asked for if another receiver does, or the source confirms", () => {
    const receiver = makeReceiver();
    give(receiver, 0, spm(0, 0), text(1), text(4), nak("nak", [2]), nak("ncf", [3]));
    expect(run(receiver, 49)).toEqual([]);
  });

  test("of more than 63 there are several NAKs", () => {
    const receiver = makeReceiver();
    give(receiver, 0, spm(0, 0), text(1), text(72));
    receiver.wake(6);
    expect(packetsOf(receiver.drain())).toMatchObject([
      { kind: "nak", sequences: range(2, 65), to: "group" },
      { kind: "nak", sequences: range(65, 72), to: "group" },
    ]);
  });

  test("of ours is asked for in the group, and after three rounds without an answer by unicast too", () => {
    const receiver = makeReceiver();
    give(receiver, 0, spm(0, 0), text(1), text(3));
    expect(run(receiver, 240)).toEqual([
      "6 nak 2",
      "61 nak 2",
      "117 nak 2",
      "172 nak 2",
      "172 nak 2 to 10.0.0.1",
      "228 nak 2",
      "228 nak 2 to 10.0.0.1",
    ]);
  });

  test("a source of libzmq's that has confirmed is nudged every 2 ms until all has come", () => {
    const receiver = makeReceiver();
    const tsi = foreignTsi;
    give(receiver, 0, spm(0, 0, { tsi }), text(1, { tsi }), text(4, { tsi }));
    expect(run(receiver, 20)).toEqual(["11 nak 2,3 to 10.0.0.1"]);
    give(receiver, 21, nak("ncf", [2, 3], { tsi }));
    expect(run(receiver, 26)).toEqual(["23 nak 2 to 10.0.0.1", "25 nak 2 to 10.0.0.1"]);
    give(receiver, 26, text(2, { tsi, kind: "rdata" }), text(3, { tsi, kind: "rdata" }));
    expect(run(receiver, 1_000)).toEqual([]);
  });

  test("of the same source twice, packets count once", () => {
    const receiver = makeReceiver();
    expect(
      give(receiver, 0, spm(0, 0), text(1), text(1), text(3), text(3), text(1, { kind: "rdata" })),
    ).toEqual(["message m1"]);
    expect(give(receiver, 1, text(2), text(2), text(3))).toEqual(["message m2", "message m3"]);
  });
});

describe("closing sources", () => {
  test("a source has finished when all of it has come", () => {
    const receiver = makeReceiver();
    expect(give(receiver, 0, text(1), spm(0, 1, { fin: true }))).toEqual([
      "message m1",
      "finished",
    ]);
    expect(give(receiver, 1, spm(1, 1, { fin: true }), spm(2, 1, { fin: true }))).toEqual([]);
  });

  test("what is missing comes first", () => {
    const receiver = makeReceiver();
    expect(give(receiver, 0, text(1), spm(0, 2, { fin: true }))).toEqual(["message m1"]);
    expect(give(receiver, 9, text(2, { kind: "rdata" }))).toEqual(["message m2", "finished"]);
  });

  test("or is given up, as the last packet of a closing libzmq, which may never be sent", () => {
    const receiver = makeReceiver();
    const tsi = foreignTsi;
    give(receiver, 0, text(1, { tsi }), spm(0, 2, { tsi, fin: true }));
    const lines = run(receiver, 60_000).filter((line) => !line.includes("nak"));
    expect(lines.map((line) => line.replace(/^\d+ /, ""))).toEqual([
      "gap unanswered 1",
      "finished",
    ]);
  });

  test("a forged end is forgotten when the source goes on", () => {
    const receiver = makeReceiver();
    give(receiver, 0, text(1), spm(0, 1), spm(1, 3, { fin: true }), spm(2, 1));
    expect(give(receiver, 1, text(2), text(3), text(4))).toEqual([
      "message m2",
      "message m3",
      "message m4",
    ]);
  });
});

describe("sources are told apart", () => {
  test("by all of the TSI: libzmq's GSI is the same in each process", () => {
    const receiver = makeReceiver();
    const [one, other] = [foreignTsi, { ...foreignTsi, port: 5 }];
    const payloads = payloadsOf([["a".repeat(30)]], 22);
    const [first = new Uint8Array(0), second = new Uint8Array(0)] = payloads;
    give(receiver, 0, data(0, first, { tsi: one }));
    expect(give(receiver, 0, texts(0, ["b"], { tsi: other }))).toEqual(["message b"]);
    expect(give(receiver, 0, data(1, second, { tsi: one }))).toEqual([`message ${"a".repeat(30)}`]);
  });

  test("many are followed, up to a bound; those of which no message has come go first", () => {
    const receiver = makeReceiver({ sourcesMax: 3 });
    give(receiver, 0, text(1));
    for (let index = 0; index < 1_000; index += 1) {
      give(receiver, index, spm(0, 0, { tsi: { gsi: makeGsi(100 + index), port: index } }));
    }
    expect([receiver.sourceCount, receiver.counts.evictedSources]).toEqual([3, 998]);
    expect(give(receiver, 1_001, text(2))).toEqual(["message m2"]);
  });

  test("the memory for all is shared, and the one that holds most gives way", () => {
    const receiver = makeReceiver({ heldBytesMax: 3_000 });
    const tsi = { gsi: makeGsi(8), port: 1 };
    give(receiver, 0, spm(0, 0), text(2), spm(0, 0, { tsi }));
    const lines: string[] = [];
    for (let sequence = 2; sequence < 20; sequence += 1) {
      lines.push(...give(receiver, 1, texts(sequence, ["x".repeat(500)], { tsi })));
      expect(receiver.heldBytes).toBeLessThanOrEqual(3_000);
    }
    expect(lines.filter((line) => line.startsWith("gap"))).toEqual(["gap overrun 1"]);
    expect(give(receiver, 2, text(1))).toEqual(["message m1", "message m2"]);
  });
});

describe("a window that is too small for what the source sends meanwhile", () => {
  test("slides on, and only what is before it is given up", () => {
    const receiver = makeReceiver({ packetsMax: 10 });
    give(receiver, 0, spm(0, -1));
    const lines = give(receiver, 0, ...range(1, 14).map((sequence) => text(sequence)));
    expect(lines).toEqual([
      "gap overrun 1",
      ...range(1, 13).map((sequence) => `message m${sequence}`),
      "message m13",
    ]);
  });

  test("a source far ahead is believed when it says so three times, by data or by SPMs", () => {
    const receiver = makeReceiver({ packetsMax: 10 });
    expect(give(receiver, 0, text(1), text(501), text(500), text(502))).toEqual([
      "message m1",
      "gap jump 498",
      "message m500",
      "message m501",
      "message m502",
    ]);
    for (const nowMs of [100, 200, 300, 400])
      expect(give(receiver, nowMs, spm(nowMs, 900))).toEqual([]);
    expect(give(receiver, 700, spm(700, 900))).toEqual(["gap jump 398"]);
    expect(give(receiver, 800, text(901))).toEqual(["message m901"]);
  });
});

test("10,000 gaps close one after the other, each with the next message or two", () => {
  const receiver = makeReceiver({ packetsMax: 65_536 });
  give(receiver, 0, spm(0, -1));
  for (let sequence = 1; sequence < 20_000; sequence += 2) {
    receiver.receive({ bytes: text(sequence), from: sourceAddress }, 0);
  }
  expect(run(receiver, 30).length).toBeGreaterThan(40);
  for (let sequence = 0; sequence < 20_000; sequence += 2) {
    receiver.receive({ bytes: text(sequence, { kind: "rdata" }), from: sourceAddress }, 40);
    expect(receiver.deadlineMs).toBeGreaterThan(30);
  }
  expect(messagesOf(receiver.drain())).toHaveLength(20_000);
  expect(receiver.heldBytes).toBe(0);
});

describe("laws", () => {
  const packet = fc.record({
    kind: fc.constantFrom("odata", "odata", "rdata", "spm", "nak", "ncf", "spmr", "fin"),
    source: fc.nat(2),
    sequence: fc.oneof(fc.nat(60), fc.nat(60), fc.nat(0xffff_ffff)),
    other: fc.oneof(fc.nat(60), fc.nat(60), fc.nat(0xffff_ffff)),
    payload: fc.oneof(
      fc.constantFrom(...payloadsOf([["a"], ["b".repeat(30)], ["c", "", "d"]], 20)),
      fc.uint8Array({ maxLength: 30 }),
    ),
    afterMs: fc.double({ min: 0, max: 300, noNaN: true }),
  });

  test("whatever comes: deadlines lie ahead, to wake early changes nothing, memory has its bound", () => {
    const limits = {
      packetsMax: 50,
      bytesMax: 2_000,
      heldBytesMax: 3_000,
      sourcesMax: 2,
      messageBytesMax: 100,
      partsMax: 4,
    };
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 80 }),
        fc.double({ min: 0, max: 1e11, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (packets, startMs, dice) => {
          const receiver = makeReceiver(limits, { random: () => dice.next().value });
          let nowMs = startMs;
          for (const { kind, source, sequence, other, payload, afterMs } of packets) {
            const untilMs = nowMs + afterMs;
            for (let dueMs = receiver.deadlineMs; dueMs !== undefined && dueMs <= untilMs; ) {
              nowMs = Math.max(nowMs, dueMs);
              receiver.wake(nowMs);
              dueMs = receiver.deadlineMs;
              if (dueMs !== undefined) expect(dueMs).toBeGreaterThan(nowMs);
            }
            nowMs = untilMs;
            receiver.drain();
            const deadlineBefore = receiver.deadlineMs;
            receiver.wake(nowMs);
            expect([receiver.drain(), receiver.deadlineMs]).toEqual([[], deadlineBefore]);
            const tsi = { gsi: source === 0 ? foreignTsi.gsi : makeGsi(1), port: source };
            const isFin = kind === "fin";
            const bytes =
              kind === "spm" || isFin
                ? spm(other, sequence, {
                    tsi,
                    trail: sequence % 2 === 0 ? sequence : 0,
                    fin: isFin,
                  })
                : kind === "spmr"
                  ? writeSpmr({ kind, tsi, port })
                  : kind === "nak" || kind === "ncf"
                    ? writeNak({ kind, tsi, port, sequences: [sequence, other], nla: group, group })
                    : data(sequence, payload, {
                        tsi,
                        kind: kind === "rdata" ? "rdata" : "odata",
                        trail: Math.min(sequence, other),
                      });
            receiver.receive({ bytes, from: sourceAddress }, nowMs);
            expect(receiver.heldBytes).toBeLessThanOrEqual(3_000);
            expect(receiver.sourceCount).toBeLessThanOrEqual(2);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
