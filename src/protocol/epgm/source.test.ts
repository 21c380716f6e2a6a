import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Capture, capture, hexOf } from "../../../test/epgm/captures.ts";
import {
  foreignTsi,
  linesOf,
  makeSource,
  nak,
  otherAddress,
  ownTsi,
  packetsOf,
  port,
  startedSource,
} from "../../../test/epgm/ends.ts";
import { parseIp } from "../ip.ts";
import { readPacket } from "./packet-reader.ts";
import { writeNak, writeSpmr } from "./packet-writer.ts";
import type { EpgmSource } from "./source.ts";
import { WindowPool } from "./window-pool.ts";

function message(...parts: readonly string[]): Uint8Array[] {
  return parts.map((part) => Buffer.from(part));
}

/** Wakes a source whenever it wants to be, until `untilMs`. @returns What it does, with the time. */
function run(source: EpgmSource, untilMs: number, fromMs = 0): string[] {
  const lines = linesOf(source.drain()).map((line) => `${fromMs} ${line}`);
  for (;;) {
    const nowMs = source.deadlineMs;
    if (nowMs === undefined || nowMs > untilMs) return lines;
    source.wake(nowMs);
    expect(source.deadlineMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(nowMs);
    for (const line of linesOf(source.drain())) lines.push(`${Math.round(nowMs)} ${line}`);
  }
}

test("to receivers that are not ours an SPM goes before data, but not more often than each 10 ms", () => {
  const source = startedSource();
  source.setForeign(true);
  const kindsAt = (nowMs: number): string => {
    sendEach(source, 2, nowMs);
    return packetsOf(source.drain())
      .map(({ kind }) => kind)
      .join(" ");
  };
  expect(kindsAt(9)).toBe("odata odata");
  expect(kindsAt(10)).toBe("spm odata odata");
  expect(kindsAt(19)).toBe("odata odata");
  expect(kindsAt(20)).toBe("spm odata odata");
  source.setForeign(false);
  expect(kindsAt(40)).toBe("odata odata");
});

/** Sends messages, one a packet. */
function sendEach(source: EpgmSource, count: number, nowMs = 0): void {
  for (let index = 0; index < count; index += 1) {
    source.send(message(`m${index}`));
    source.flush(nowMs);
  }
}

function receive(source: EpgmSource, bytes: Uint8Array, nowMs: number): string[] {
  source.receive({ bytes, from: otherAddress }, nowMs);
  return linesOf(source.drain());
}

function spmr(tsi = ownTsi): Uint8Array {
  return writeSpmr({ kind: "spmr", tsi, port });
}

describe("golden: a life of libzmq 4.3.4's publisher", () => {
  function sourceOf({ packets, group, port: udpPort }: Capture): EpgmSource {
    const first = readPacket(packets[0]?.bytes ?? new Uint8Array(0));
    if (first.kind !== "spm") throw new Error(first.kind);
    return makeSource({
      tsi: first.tsi,
      nla: first.nla,
      port: udpPort,
      group: parseIp(group) ?? new Uint8Array(4),
    });
  }

  test.each([
    { name: "pub-lifecycle" as const, sendMs: 500, closeMs: 2_509, parts: ["topic", "hello"] },
    { name: "idle-timers" as const, sendMs: 34_000, closeMs: 45_999, parts: ["one"] },
  ])("$name: the same packets, byte for byte", ({ name, sendMs, closeMs, parts }) => {
    const recorded = capture(name);
    const source = sourceOf(recorded);
    const sent: string[] = [];
    const wakeUntil = (untilMs: number) => {
      while ((source.deadlineMs ?? untilMs + 1) <= untilMs)
        source.wake(source.deadlineMs ?? untilMs);
      for (const output of source.drain())
        if (output.kind === "send") sent.push(hexOf(output.bytes));
    };
    source.start(0);
    wakeUntil(sendMs);
    source.send(message(...parts));
    source.flush(sendMs);
    wakeUntil(closeMs);
    source.close(closeMs);
    wakeUntil(closeMs);
    expect(sent).toEqual(recorded.packets.map(({ bytes }) => hexOf(bytes)));
  });

  test("repair: the same NCF and repairs to the same NAK", () => {
    const { packets, group, port: udpPort } = capture("repair");
    const [firstData] = packets.map(({ bytes }) => readPacket(bytes));
    if (firstData?.kind !== "odata") throw new Error(firstData?.kind);
    const source = startedSource({
      tsi: firstData.tsi,
      nla: Uint8Array.of(127, 0, 0, 1),
      group: parseIp(group) ?? new Uint8Array(4),
      port: udpPort,
    });
    for (let index = 0; index < 10; index += 1) {
      source.send(message(`m${index}`));
      source.flush(0);
    }
    source.drain();
    const [list] = packets.filter(({ type }) => type === "NAK");
    source.receive({ bytes: list?.bytes ?? new Uint8Array(0), from: otherAddress }, 1);
    const answers = source
      .drain()
      .flatMap((output) => (output.kind === "send" ? [output.bytes] : []));
    const recorded = packets
      .filter(({ type }) => type === "RDATA")
      .map(({ bytes }) => hexOf(bytes));
    expect(answers.slice(1).map(hexOf)).toEqual(recorded);
    expect(
      linesOf([{ kind: "send", bytes: answers[0] ?? new Uint8Array(0), to: "group" }]),
    ).toEqual(["ncf 3,4,5"]);
  });
});

describe("SPMs", () => {
  test("three at the start, of an empty window, numbered from 0", () => {
    const source = makeSource();
    expect(source.deadlineMs).toBeUndefined();
    source.start(0);
    source.start(0);
    expect(linesOf(source.drain())).toEqual(["spm 0 0..-1", "spm 1 0..-1", "spm 2 0..-1"]);
    expect(source.deadlineMs).toBe(30_000);
  });

  test("a repair begins the series of heartbeats anew", () => {
    const source = startedSource();
    sendEach(source, 1);
    run(source, 250);
    expect(receive(source, nak("nak", [0]), 250)).toEqual(["ncf 0", "rdata 0"]);
    expect(run(source, 460, 250)).toEqual(["350 spm 5 0..0", "450 spm 6 0..0"]);
  });

  test("an SPMR is answered at once, a flood of them every 10 ms", () => {
    const source = startedSource();
    expect(receive(source, spmr(), 50)).toEqual(["spm 3 0..-1"]);
    for (let nowMs = 51; nowMs < 60; nowMs += 1) expect(receive(source, spmr(), nowMs)).toEqual([]);
    expect(run(source, 100, 59)).toEqual(["60 spm 4 0..-1"]);
    expect(receive(source, spmr(foreignTsi), 200)).toEqual([]);
  });
});

describe("data", () => {
  test("messages of one tick share packets", () => {
    const source = startedSource();
    for (const text of ["a", "b", "c"]) source.send(message(text));
    expect(source.queuedBytes).toBe(9);
    source.flush(0);
    expect(linesOf(source.drain())).toEqual(["odata 0"]);
    expect(source.queuedBytes).toBe(0);
  });

  test("the rate holds, and nothing is sent early", () => {
    const source = startedSource({ bitsPerSecond: 1_000_000 });
    source.send([new Uint8Array(200_000)]);
    const lines = run(source, 100_000).filter((line) => line.includes("odata"));
    expect(lines).toHaveLength(Math.ceil(200_010 / 1_426));
    // 96,000 bytes go at once, of the rest 125 a millisecond.
    expect(Number(lines.at(-1)?.split(" ")[0])).toBeCloseTo((141 * 1_480 - 96_000) / 125, -2);
  });

  test("the queue has a bound, and says when it has room again", () => {
    const source = startedSource({ bitsPerSecond: 1_000_000, queueBytesMax: 1_000 });
    for (let index = 0; index < 64; index += 1) {
      source.send([new Uint8Array(1_400)]);
      source.flush(0);
    }
    source.drain();
    expect(source.send([new Uint8Array(100_000)])).toBe(true);
    expect(source.send(message("a"))).toBe(false);
    expect(source.takes()).toBe(false);
    const lines = run(source, 100_000, 0);
    expect(lines.filter((line) => line.endsWith("room"))).toHaveLength(1);
    expect(source.send(message("a"))).toBe(true);
  });

  test("sequence numbers wrap, and repairs with them", () => {
    const window = { bytesMax: 2 ** 20, packetsMax: 2, ageMsMax: 10_000 };
    const source = startedSource({ window, firstSequence: 0xffff_fffe });
    sendEach(source, 3);
    expect(packetsOf(source.drain())).toMatchObject([
      { sequence: 0xffff_fffe, trail: 0xffff_fffe },
      { sequence: 0xffff_ffff, trail: 0xffff_fffe },
      { sequence: 0, trail: 0xffff_fffe },
    ]);
    expect(receive(source, nak("nak", [0xffff_ffff, 0]), 1)).toEqual([
      "ncf 4294967295,0",
      "rdata 4294967295",
      "rdata 0",
    ]);
    expect(receive(source, spmr(), 50)).toEqual(["spm 3 -1..0"]);
  });
});

describe("NAKs", () => {
  test("RFC 3208, section 5: confirmed at once, then repaired, the repair with the trail of now", () => {
    const source = startedSource({
      window: { bytesMax: 2 ** 20, packetsMax: 4, ageMsMax: 10_000 },
    });
    sendEach(source, 6);
    source.drain();
    source.receive({ bytes: nak("nak", [5, 3]), from: otherAddress }, 1);
    expect(packetsOf(source.drain())).toMatchObject([
      { kind: "ncf", sequences: [5, 3] },
      { kind: "rdata", sequence: 5, trail: 2 },
      { kind: "rdata", sequence: 3, trail: 2 },
    ]);
    expect(source.counts).toEqual({ packets: 6, repairs: 2, unrepairable: 0, malformed: 0 });
  });

  test("for what has gone, or was never sent, an SPM says what there is", () => {
    const source = startedSource({
      window: { bytesMax: 2 ** 20, packetsMax: 4, ageMsMax: 10_000 },
    });
    sendEach(source, 6);
    source.drain();
    expect(receive(source, nak("nak", [0, 1, 4, 9]), 50)).toEqual([
      "ncf 4",
      "spm 3 2..5",
      "rdata 4",
    ]);
    expect(source.counts).toMatchObject({ unrepairable: 2 });
  });

  test("of another source, or port, are not answered", () => {
    const source = startedSource();
    sendEach(source, 2);
    source.drain();
    expect(receive(source, nak("nak", [0], { tsi: foreignTsi }), 1)).toEqual([]);
    expect(receive(source, nak("nak", [0], { tsi: { ...ownTsi, port: 9 } }), 1)).toEqual([]);
    const wrongPort = writeNak({
      kind: "nak",
      tsi: ownTsi,
      port: port + 1,
      sequences: [0],
      nla: otherAddress,
      group: otherAddress,
    });
    expect(receive(source, wrongPort, 1)).toEqual([]);
    expect(receive(source, Uint8Array.of(1, 2, 3), 1)).toEqual([]);
    expect(source.counts.malformed).toBe(1);
  });

  test("the same NAK again within 10 ms changes nothing", () => {
    const source = startedSource();
    sendEach(source, 3);
    source.drain();
    expect(receive(source, nak("nak", [1]), 1)).toEqual(["ncf 1", "rdata 1"]);
    expect(receive(source, nak("nak", [1]), 2)).toEqual([]);
    expect(receive(source, nak("nak", [1, 2]), 10)).toEqual(["ncf 2", "rdata 2"]);
    expect(receive(source, nak("nak", [1]), 11)).toEqual(["ncf 1", "rdata 1"]);
  });

  test("repairs and new data take turns when the rate allows only one", () => {
    const source = startedSource({ bitsPerSecond: 1_000_000 });
    for (let index = 0; index < 80; index += 1) {
      source.send([new Uint8Array(1_400)]);
      source.flush(0);
    }
    source.drain();
    source.receive({ bytes: nak("nak", [0, 1, 2, 3]), from: otherAddress }, 1);
    const lines = run(source, 100, 1).filter((line) => line.includes("data"));
    expect(lines.slice(0, 6).map((line) => line.split(" ").slice(1).join(" "))).toEqual([
      "rdata 0",
      "odata 65",
      "rdata 1",
      "odata 66",
      "rdata 2",
      "odata 67",
    ]);
  });

  test("a flood of them costs a flow half of its rate at most", () => {
    const source = startedSource({ bitsPerSecond: 8_000_000 });
    let dataCount = 0;
    for (let nowMs = 0; nowMs < 200; nowMs += 1) {
      source.send([new Uint8Array(4_000)]);
      source.flush(nowMs);
      for (let flood = 0; flood < 20; flood += 1) {
        const first = (flood * 63) % 200;
        const list = Array.from({ length: 63 }, (_, index) => first + index);
        source.receive({ bytes: nak("nak", list), from: otherAddress }, nowMs);
      }
      dataCount += packetsOf(source.drain()).filter(({ kind }) => kind === "odata").length;
    }
    // In 200 ms go 200,000 bytes and the burst; a packet costs 1,480.
    expect(dataCount).toBeGreaterThan(0.9 * ((200_000 + 96_000) / 2 / 1_480));
  });

  test("a flood of them delays what another misses by no more than its turn", () => {
    const source = startedSource({ bitsPerSecond: 100_000_000 });
    const [flooder, receiver] = [Uint8Array.of(10, 0, 0, 66), Uint8Array.of(10, 0, 0, 7)];
    const latenciesMs: number[] = [];
    let missing: { readonly sequence: number; readonly sinceMs: number } | undefined;
    let sent = 0;
    for (let nowMs = 0; nowMs < 20_000; nowMs += 1) {
      source.send([new Uint8Array(1_000)]);
      source.flush(nowMs);
      for (let flood = 0; flood < 3; flood += 1) {
        const first = Math.max(0, sent - 1 - ((nowMs * 3 + flood) % 60) * 63);
        const list = Array.from({ length: 63 }, (_, index) => first + index);
        source.receive({ bytes: nak("nak", list), from: flooder }, nowMs);
      }
      for (const packet of packetsOf(source.drain())) {
        if (packet.kind === "odata") sent = packet.sequence + 1;
        if (packet.kind !== "rdata" || packet.sequence !== missing?.sequence) continue;
        latenciesMs.push(nowMs - missing.sinceMs);
        missing = undefined;
      }
      if (nowMs % 100 !== 50) continue;
      missing ??= { sequence: sent - 20, sinceMs: nowMs };
      source.receive({ bytes: nak("nak", [missing.sequence]), from: receiver }, nowMs);
    }
    expect(latenciesMs.length).toBeGreaterThan(190);
    expect(Math.max(...latenciesMs)).toBeLessThan(110);
    expect(source.bitsPerSecond).toBe(100_000_000);
  });

  test("more than 5 % of them halve the rate", () => {
    const source = startedSource({ bitsPerSecond: 100_000_000 });
    for (let nowMs = 0; nowMs <= 260; nowMs += 1) {
      source.send(message("m"));
      source.flush(nowMs);
      if (nowMs % 10 === 0)
        source.receive({ bytes: nak("nak", [nowMs]), from: otherAddress }, nowMs);
    }
    expect(source.bitsPerSecond).toBe(50_000_000);
  });

  test("a repair is a copy: what was sent first may still wait in a socket", () => {
    const source = startedSource();
    sendEach(source, 1);
    const [first] = source.drain();
    const before = first?.kind === "send" ? hexOf(first.bytes) : "";
    receive(source, nak("nak", [0]), 1);
    expect(first?.kind === "send" ? hexOf(first.bytes) : "").toBe(before);
  });
});

test("packets that are too old leave the pool of an idle source", () => {
  const pool = new WindowPool(2 ** 20);
  const window = { bytesMax: 2 ** 20, packetsMax: 100, ageMsMax: 250 };
  const source = startedSource({ pool, window });
  sendEach(source, 5);
  run(source, 299);
  expect(pool.packetCount).toBe(5);
  expect(run(source, 300)).toEqual(["300 spm 5 5..4"]);
  expect([pool.packetCount, pool.bytes]).toEqual([0, 0]);
});

describe("closing", () => {
  test("the queue is sent first, then three SPMs with FIN; NAKs are answered for the grace time", () => {
    const source = startedSource({ bitsPerSecond: 1_000_000, graceMs: 1_000 });
    source.send([new Uint8Array(100_000)]);
    source.close(0);
    source.close(0);
    expect(source.state).toBe("draining");
    expect(source.send(message("late"))).toBe(false);
    const lines = run(source, 100);
    const last = lines.at(-4)?.split(" ") ?? [];
    expect(last[1]).toBe("odata");
    expect(lines.slice(-3).map((line) => line.slice(line.indexOf("spm")))).toEqual([
      "spm 3 0..70 fin",
      "spm 4 0..70 fin",
      "spm 5 0..70 fin",
    ]);
    expect(source.state).toBe("grace");
    expect(receive(source, nak("nak", [70]), 150)).toEqual(["ncf 70", "rdata 70"]);
    expect(receive(source, spmr(), 160)).toEqual(["spm 6 0..70 fin"]);
    expect(run(source, 5_000, 160).at(-1)).toMatch(/closed$/);
    expect([source.state, source.deadlineMs]).toEqual(["closed", undefined]);
    expect(receive(source, nak("nak", [70]), 5_000)).toEqual([]);
  });

  test("the SPMs with FIN come again during the grace time, for those that heard nothing just then", () => {
    const source = startedSource({ graceMs: 1_000 });
    sendEach(source, 1);
    run(source, 3_000);
    source.close(3_000);
    expect(run(source, 5_000, 3_000).map((line) => line.split(" ")[0])).toEqual(
      [3_000, 3_000, 3_000, 3_100, 3_200, 3_300, 3_400, 3_500, 4_000].map(String),
    );
  });

  test("one that never started just ends", () => {
    const source = makeSource();
    source.close(0);
    expect(linesOf(source.drain())).toEqual(["closed"]);
  });

  test("at once, it gives back what has not been sent to its end, and its pool", () => {
    const pool = new WindowPool(2 ** 20);
    const source = startedSource({ pool, bitsPerSecond: 12_000 });
    const messages = Array.from({ length: 80 }, (_, index) => [
      new Uint8Array(2_000).fill(index),
      new Uint8Array(0),
      new Uint8Array(index),
    ]);
    for (const parts of messages) expect(source.send(parts)).toBe(true);
    source.flush(0);
    source.drain();
    const left = source.abandon(0);
    const spms = packetsOf(source.drain());
    expect(spms.map((packet) => packet.kind === "spm" && packet.fin)).toEqual([true, true, true]);
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(80);
    expect(left).toEqual(messages.slice(-left.length));
    expect([source.state, source.queuedBytes, pool.packetCount]).toEqual(["closed", 0, 0]);
    expect(source.abandon(0)).toEqual([]);
  });

  test("what it kept leaves the pool", () => {
    const pool = new WindowPool(2 ** 20);
    const source = startedSource({ pool, graceMs: 0 });
    sendEach(source, 10);
    expect(pool.packetCount).toBe(10);
    source.close(0);
    run(source, 10);
    expect([source.state, pool.bytes, pool.packetCount]).toEqual(["closed", 0, 0]);
  });
});

describe("laws", () => {
  const act = fc.record({
    kind: fc.constantFrom("send", "send", "flush", "nak", "spmr", "wake early", "close", "foreign"),
    byteCount: fc.integer({ min: 0, max: 5_000 }),
    sequence: fc.nat(40),
    afterMs: fc.double({ min: 0, max: 400, noNaN: true }),
  });

  test("after a wake at the deadline the next one lies ahead; to wake early changes nothing", () => {
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 60 }),
        fc.double({ min: 0, max: 1e11, noNaN: true }),
        fc.double({ min: 12_000, max: 1e9, noNaN: true }),
        (acts, startMs, bitsPerSecond) => {
          const source = startedSource({ bitsPerSecond, graceMs: 500 }, startMs);
          let nowMs = startMs;
          const wakeUntil = (untilMs: number) => {
            for (let dueMs = source.deadlineMs; dueMs !== undefined && dueMs <= untilMs; ) {
              nowMs = Math.max(nowMs, dueMs);
              source.wake(nowMs);
              dueMs = source.deadlineMs;
              if (dueMs !== undefined) expect(dueMs).toBeGreaterThan(nowMs);
            }
            nowMs = untilMs;
          };
          for (const { kind, byteCount, sequence, afterMs } of acts) {
            wakeUntil(nowMs + afterMs);
            if (kind === "send") source.send([new Uint8Array(byteCount)]);
            else if (kind === "flush") source.flush(nowMs);
            else if (kind === "close") source.close(nowMs);
            else if (kind === "foreign") source.setForeign(byteCount % 2 === 0);
            else if (kind === "wake early") {
              source.flush(nowMs);
              source.drain();
              const { deadlineMs, state } = source;
              source.wake(nowMs);
              expect(source.drain()).toEqual([]);
              expect([source.deadlineMs, source.state]).toEqual([deadlineMs, state]);
            } else {
              const bytes = kind === "nak" ? nak("nak", [sequence, sequence + 1]) : spmr();
              source.receive({ bytes, from: otherAddress }, nowMs);
            }
            source.drain();
          }
          wakeUntil(nowMs + 100_000);
        },
      ),
    );
  });
});
