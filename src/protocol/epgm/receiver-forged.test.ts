import { expect, test } from "vitest";
import {
  foreignTsi,
  give,
  group,
  linesOf,
  makeReceiver,
  nak,
  otherAddress,
  range,
  run,
  spm,
  text,
} from "../../../test/epgm/ends.ts";
import type { EpgmReceiver } from "./receiver.ts";
import { makeGsi } from "./tsi.ts";

const flow = (receiver: EpgmReceiver, first: number, end: number, nowMs: number) =>
  give(receiver, nowMs, ...range(first, end).map((sequence) => text(sequence))).filter(
    (line) => !line.startsWith("nak"),
  );
const wanted = (first: number, end: number) =>
  range(first, end).map((sequence) => `message m${sequence}`);

test("forged: data with an absurd sequence number, one or several between others, change nothing", () => {
  const receiver = makeReceiver();
  flow(receiver, 0, 3, 0);
  for (const forged of [5_000_000, 0x8000_0003, 0xffff_fff0, 70_000, 70_001]) {
    expect(give(receiver, 1, text(forged))).toEqual([]);
  }
  expect(flow(receiver, 3, 9, 2)).toEqual(wanted(3, 9));
  expect(run(receiver, 5_000)).toEqual(["25 spmr"]);
});

test("forged: if enough of them move the window, the source's next packets move it back", () => {
  const receiver = makeReceiver();
  flow(receiver, 0, 3, 0);
  expect(give(receiver, 1, ...[90_000, 90_001, 90_002].map((sequence) => text(sequence)))).toEqual([
    "gap jump 89997",
    "message m90000",
    "message m90001",
    "message m90002",
  ]);
  expect(flow(receiver, 3, 9, 2)).toEqual(["gap jump 0", ...wanted(3, 9)]);
});

test("forged: a session that a forger began elsewhere becomes the source's own", () => {
  const near = makeReceiver();
  give(near, 0, text(900));
  const lines: string[] = [];
  for (let nowMs = 0; nowMs < 1_000; nowMs += 20) {
    lines.push(...give(near, nowMs, text(100 + nowMs / 20)).filter((line) => line !== "spmr"));
  }
  expect(lines.slice(0, 2)).toEqual(["gap jump 0", "message m123"]);
  expect(lines.at(-1)).toBe("message m149");
  const idle = makeReceiver();
  give(idle, 0, text(900));
  for (const nowMs of [100, 200, 300, 400, 500, 1_800]) {
    expect(give(idle, nowMs, spm(nowMs, 99))).toEqual(nowMs < 600 ? [] : ["gap jump 0"]);
  }
  expect(give(idle, 2_000, text(100))).toEqual(["message m100"]);
});

test("forged: data a little ahead: the gap before them is none when the source's SPM says so", () => {
  const receiver = makeReceiver();
  flow(receiver, 0, 3, 0);
  give(receiver, 0, spm(0, 2));
  give(receiver, 1, text(900));
  expect(run(receiver, 8)).toHaveLength(15);
  expect(give(receiver, 10, spm(1, 2))).toEqual([]);
  expect(run(receiver, 10_000)).toEqual([]);
  expect(flow(receiver, 3, 9, 10_001)).toEqual(wanted(3, 9));
});

test("forged: an SPM with an absurd lead or trail", () => {
  const receiver = makeReceiver();
  flow(receiver, 0, 3, 0);
  give(receiver, 0, spm(0, 2), text(4));
  give(receiver, 1, spm(1, 5_000_000, { trail: 4_000_000 }), spm(1, 2, { trail: 999 }));
  expect(flow(receiver, 3, 6, 2)).toEqual(wanted(3, 6));
  give(receiver, 3, spm(2, 800));
  expect(flow(receiver, 6, 9, 4)).toEqual(wanted(6, 9));
  expect(give(receiver, 5, spm(3, 8))).toEqual([]);
  expect(run(receiver, 60_000)).toEqual([]);
});

test("forged: an SPM with a number far too high silences the source's own only for three of them", () => {
  const receiver = makeReceiver();
  flow(receiver, 0, 3, 0);
  give(receiver, 0, spm(5, 2), spm(0x7000_0000, 2, { nla: otherAddress }));
  give(receiver, 1, spm(6, 4), spm(7, 4), spm(8, 4));
  expect(run(receiver, 24)).toEqual([]);
  give(receiver, 24, spm(9, 4));
  expect(run(receiver, 40)).toEqual(["30 nak 3,4"]);
});

test("forged: data whose trail is behind itself, which cannot be", () => {
  const receiver = makeReceiver();
  give(receiver, 0, spm(0, -1), text(1));
  expect(give(receiver, 1, text(2, { trail: 3 }))).toEqual([]);
  expect(flow(receiver, 0, 1, 2)).toEqual(["message m0", "message m1"]);
});

test("forged: the same far packet again and again is one place to be believed, and its message comes once", () => {
  const receiver = makeReceiver({ packetsMax: 50 });
  give(receiver, 0, text(1), spm(0, 1));
  const lines = give(receiver, 1, ...[500, 500, 500, 500, 501].map((sequence) => text(sequence)));
  expect(lines).toEqual(["gap jump 498", "message m500", "message m501"]);
  expect(give(receiver, 2, text(702), text(660), text(700), text(701))).toEqual([
    "gap jump 158",
    "message m660",
  ]);
  expect(receiver.heldBytes).toBeGreaterThan(0);
});

test("forged: one packet that skips thousands costs nothing; three that agree are believed", () => {
  const receiver = makeReceiver({ packetsMax: 65_536 });
  give(receiver, 0, spm(0, 0), text(1), text(10_000));
  expect([receiver.heldBytes, run(receiver, 50)]).toEqual([0, []]);
  expect(give(receiver, 60, text(2))).toEqual(["message m2"]);
  give(receiver, 61, text(5_003), text(5_005), text(5_004));
  expect(run(receiver, 70)).toHaveLength(16);
  const repairs = range(3, 5_003).map((sequence) => text(sequence, { kind: "rdata" }));
  expect(give(receiver, 71, ...repairs)).toEqual(wanted(3, 5_006));
});

test("forged: repairs nobody asked for, of long ago or of what was never sent", () => {
  const receiver = makeReceiver();
  flow(receiver, 100, 103, 0);
  const forged = range(0, 99).map((sequence) => text(sequence, { kind: "rdata" }));
  expect(give(receiver, 1, ...forged)).toEqual([]);
  expect(
    give(receiver, 2, ...range(9_000, 9_099).map((sequence) => text(sequence, { kind: "rdata" }))),
  ).toEqual([]);
  expect(flow(receiver, 103, 106, 3)).toEqual(wanted(103, 106));
});

test("forged: NAKs and NCFs without end do not keep a receiver from asking", () => {
  const receiver = makeReceiver();
  give(receiver, 0, spm(0, 0), text(1), text(3));
  const lines: string[] = [];
  for (let nowMs = 0; nowMs < 600; nowMs += 1) {
    lines.push(...give(receiver, nowMs, nak("nak", [2]), nak("ncf", [2])));
    receiver.wake(nowMs);
    lines.push(...linesOf(receiver.drain()));
  }
  expect(lines.filter((line) => line === "nak 2").length).toBeGreaterThan(1);
});

test("forged: an address that is no host's is not believed", () => {
  for (const nla of [group, Uint8Array.of(0, 0, 0, 0), Uint8Array.of(255, 255, 255, 255)]) {
    const receiver = makeReceiver();
    const tsi = foreignTsi;
    give(receiver, 0, spm(0, 0, { tsi, nla }), text(1, { tsi }), text(3, { tsi }));
    expect(run(receiver, 20)).toEqual(["11 nak 2 to 10.0.0.1"]);
  }
});

test("forged: sessions without end leave no memory behind", () => {
  const receiver = makeReceiver({ heldBytesMax: 2 ** 17 });
  for (let index = 0; index < 1_000; index += 1) {
    const tsi = { gsi: makeGsi(index), port: 1 };
    give(receiver, index, text(1, { tsi }), text(900, { tsi }));
    expect(receiver.heldBytes).toBeLessThanOrEqual(2 ** 17);
  }
  expect(receiver.sourceCount).toBe(16);
  receiver.close();
  expect([receiver.sourceCount, receiver.heldBytes, receiver.deadlineMs]).toEqual([
    0,
    0,
    undefined,
  ]);
  expect(give(receiver, 6_000, text(2))).toEqual([]);
});
