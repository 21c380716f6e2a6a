/** Ends: a source and a receiver as the tests of EPGM make them, and packets to give to them. */
import type { PgmPacket } from "../../src/protocol/epgm/packet.ts";
import { readPacket } from "../../src/protocol/epgm/packet-reader.ts";
import {
  dataPayloadAt,
  writeDataHead,
  writeNak,
  writeSpm,
} from "../../src/protocol/epgm/packet-writer.ts";
import {
  EpgmReceiver,
  type ReceiverLimits,
  type ReceiverOptions,
  type ReceiverOutput,
} from "../../src/protocol/epgm/receiver.ts";
import {
  EpgmSource,
  type SourceOptions,
  type SourceOutput,
} from "../../src/protocol/epgm/source.ts";
import { StreamWriter } from "../../src/protocol/epgm/stream-writer.ts";
import { makeGsi, type Tsi } from "../../src/protocol/epgm/tsi.ts";
import { WindowPool } from "../../src/protocol/epgm/window-pool.ts";

export const port = 5560;
export const group: Uint8Array = Uint8Array.of(239, 255, 0, 40);
export const sourceAddress: Uint8Array = Uint8Array.of(10, 0, 0, 1);
export const otherAddress: Uint8Array = Uint8Array.of(10, 0, 0, 2);
export const ownTsi: Tsi = { gsi: makeGsi(7), port: 4_321 };
export const foreignTsi: Tsi = { gsi: 0xb7c6d1bc038a, port: 4_321 };

export function makeSource(options: Partial<SourceOptions> = {}, nowMs = 0): EpgmSource {
  return new EpgmSource(
    {
      tsi: ownTsi,
      port,
      nla: sourceAddress,
      group,
      bitsPerSecond: 100_000_000,
      payloadBytesMax: 1_428,
      queueBytesMax: 2 ** 20,
      pool: new WindowPool(2 ** 26),
      window: { bytesMax: 2 ** 26, packetsMax: 2 ** 20, ageMsMax: 10_000 },
      graceMs: 1_000,
      ...options,
    },
    nowMs,
  );
}

/** One that has started, with its SPMs already taken away. */
export function startedSource(options: Partial<SourceOptions> = {}, nowMs = 0): EpgmSource {
  const source = makeSource(options, nowMs);
  source.start(nowMs);
  source.drain();
  return source;
}

export function makeReceiver(
  limits: Partial<ReceiverLimits> = {},
  options: Partial<ReceiverOptions> = {},
): EpgmReceiver {
  return new EpgmReceiver({
    port,
    group,
    random: () => 0.5,
    ownGsi: undefined,
    limits: {
      packetsMax: 1_000,
      bytesMax: 2 ** 24,
      heldBytesMax: 2 ** 24,
      messageBytesMax: 2 ** 20,
      partsMax: 64,
      sourcesMax: 16,
      ...limits,
    },
    ...options,
  });
}

interface DataOptions {
  readonly tsi?: Tsi;
  readonly trail?: number;
  readonly kind?: "odata" | "rdata";
}

/** A data packet with a payload. */
export function data(
  sequence: number,
  payload: Uint8Array,
  { tsi = ownTsi, trail = 0, kind = "odata" }: DataOptions = {},
): Uint8Array {
  const packet = new Uint8Array(dataPayloadAt + payload.length);
  packet.set(payload, dataPayloadAt);
  writeDataHead(packet, { kind, tsi, port, sequence, trail });
  return packet;
}

/** A data packet with whole messages, of one part each. */
export function texts(
  sequence: number,
  messages: readonly string[],
  options: DataOptions = {},
): Uint8Array {
  const [payload = new Uint8Array(0)] = payloadsOf(messages.map((message) => [message]));
  return data(sequence, payload, options);
}

export function spm(
  sequence: number,
  lead: number,
  { tsi = ownTsi, trail = 0, fin = false, nla = sourceAddress } = {},
): Uint8Array {
  return writeSpm({ kind: "spm", tsi, port, sequence, trail, lead: lead >>> 0, nla, fin });
}

export function nak(
  kind: "nak" | "ncf",
  sequences: readonly number[],
  { tsi = ownTsi, nla = sourceAddress } = {},
): Uint8Array {
  return writeNak({ kind, tsi, port, sequences, nla, group });
}

/** The payloads that hold messages, as a source of ours cuts them. */
export function payloadsOf(
  messages: readonly (readonly string[])[],
  payloadBytesMax = 1_428,
): Uint8Array[] {
  const writer = new StreamWriter(payloadBytesMax);
  for (const parts of messages) writer.push(parts.map((part) => Buffer.from(part)));
  const payloads: Uint8Array[] = [];
  while (!writer.isEmpty) {
    const payload = new Uint8Array(writer.nextPayloadBytes);
    writer.writePayload(payload, 0);
    payloads.push(payload);
  }
  return payloads;
}

/** What is sent, as packets; where to it goes stands before those that go to one host. */
export function packetsOf(
  outputs: readonly (SourceOutput | ReceiverOutput)[],
): (PgmPacket & { readonly to: string })[] {
  return outputs.flatMap((output) => {
    if (output.kind !== "send") return [];
    const packet = readPacket(output.bytes);
    if (packet.kind === "malformed") throw new Error(`we sent a packet that is ${packet.reason}`);
    return [{ ...packet, to: output.to === "group" ? "group" : output.to.join(".") }];
  });
}

/** Gives datagrams, and returns what comes of them. */
export function give(
  receiver: EpgmReceiver,
  nowMs: number,
  ...datagrams: readonly Uint8Array[]
): string[] {
  for (const bytes of datagrams) receiver.receive({ bytes, from: sourceAddress }, nowMs);
  return linesOf(receiver.drain());
}

/** Wakes it whenever it wants to be, until `untilMs`. @returns What it does, with the time. */
export function run(receiver: EpgmReceiver, untilMs: number): string[] {
  const lines: string[] = [];
  for (;;) {
    const nowMs = receiver.deadlineMs;
    if (nowMs === undefined || nowMs > untilMs) return lines;
    receiver.wake(nowMs);
    const dueMs = receiver.deadlineMs ?? Number.POSITIVE_INFINITY;
    if (dueMs <= nowMs) throw new Error(`woken at ${nowMs} ms it wants to be woken at ${dueMs} ms`);
    for (const line of linesOf(receiver.drain())) lines.push(`${Math.round(nowMs)} ${line}`);
  }
}

export function text(sequence: number, options: DataOptions = {}): Uint8Array {
  return texts(sequence, [`m${sequence}`], options);
}

export function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/** In one line each: what is sent, messages by their parts, gaps. */
export function linesOf(outputs: readonly (SourceOutput | ReceiverOutput)[]): string[] {
  return outputs.map((output) => {
    switch (output.kind) {
      case "send":
        return packetsOf([output]).map(lineOf).join();
      case "message":
        return `message ${output.parts.map((part) => Buffer.from(part).toString()).join("|")}`;
      case "gap":
        return `gap ${output.reason} ${output.packetCount}`;
      default:
        return output.kind;
    }
  });
}

/** The messages among what was put out, each with its parts joined. */
export function messagesOf(outputs: readonly ReceiverOutput[]): string[] {
  return outputs.flatMap((output) =>
    output.kind === "message"
      ? [output.parts.map((part) => Buffer.from(part).toString("latin1")).join("|")]
      : [],
  );
}

function lineOf(packet: PgmPacket & { readonly to: string }): string {
  const to = packet.to === "group" ? "" : ` to ${packet.to}`;
  switch (packet.kind) {
    case "spm": {
      const lead = packet.lead | 0;
      return `spm ${packet.sequence} ${packet.trail | 0}..${lead}${packet.fin ? " fin" : ""}${to}`;
    }
    case "odata":
    case "rdata":
      return `${packet.kind} ${packet.sequence}${to}`;
    case "nak":
    case "ncf":
      return `${packet.kind} ${packet.sequences.join(",")}${to}`;
    default:
      return `${packet.kind}${to}`;
  }
}
