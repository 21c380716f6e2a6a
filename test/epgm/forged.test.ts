/** Forged packets, from a socket of their own, beside a flow that is none of theirs. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import {
  dataPayloadAt,
  writeDataHead,
  writeNak,
  writeSpm,
} from "../../src/protocol/epgm/packet-writer.ts";
import type { Tsi } from "../../src/protocol/epgm/tsi.ts";
import { parseIp } from "../../src/protocol/ip.ts";
import { freeUdpPort, openOnLoopback, someGroup } from "../support/multicast.ts";

const messageCount = 3_000;
const utf8 = new TextEncoder();

/** Another address of this host, so that it is another one who asks. */
const forgerAddress = "127.0.0.66";

test("jumps, repairs nobody asked for, floods of NAKs and made-up sources leave a flow as it is", async () => {
  const port = await freeUdpPort();
  const group = someGroup();
  const [sender, receiver] = [await openOnLoopback(port), await openOnLoopback(port)];
  onTestFinished(async () => {
    await Promise.all([sender.close(), receiver.close()]);
  });
  const got: string[] = [];
  const gaps: string[] = [];
  let source = "";
  let isComplete: () => void = () => {};
  const complete = new Promise<void>((resolve) => {
    isComplete = resolve;
  });
  await receiver.join(group, {
    message: ([text], from) => {
      if (from !== source) return;
      got.push(new TextDecoder().decode(text));
      if (got.length === messageCount) isComplete();
    },
    gap: (gap) => {
      if (gap.source === source) gaps.push(gap.reason);
    },
  });
  const channel = await sender.join(group);
  await channel.openSource();
  source = channel.source ?? "";
  const forger = await forge(tsiOf(source), { group, port });
  for (let index = 0; index < messageCount; index += 1) {
    const sentCount = channel.sent?.packets ?? 0;
    if (index % 10 === 9 && sentCount > 20) await forger.sendAll(index, sentCount - 20);
    await channel.send([utf8.encode(`${index} ${"x".repeat(500)}`)]);
  }
  await complete;
  expect(got.map((text) => Number(text.split(" ")[0]))).toEqual(
    Array.from({ length: messageCount }, (_, index) => index),
  );
  expect(gaps).toEqual([]);
});

function tsiOf(source: string): Tsi {
  const [gsi = "", sourcePort = ""] = source.split(".");
  return { gsi: Number.parseInt(gsi, 16), port: Number(sourcePort) };
}

interface Forger {
  /**
   * One packet of each kind, another with each number.
   * @param past The sequence number of a packet that has come long ago.
   */
  sendAll(index: number, past: number): Promise<void>;
}

/** Sends as if it were the source `tsi`, one of its receivers, or somebody new. */
async function forge(
  tsi: Tsi,
  { group, port }: { readonly group: string; readonly port: number },
): Promise<Forger> {
  const socket = createSocket("udp4");
  socket.bind(0, forgerAddress);
  await once(socket, "listening");
  socket.setMulticastInterface("127.0.0.1");
  onTestFinished(() => {
    socket.close();
  });
  const addresses = { nla: bytesOf("127.0.0.1"), group: bytesOf(group) };
  return {
    async sendAll(index, past) {
      const far = (index * 7_919_777 + 5_000_000) >>> 0;
      const sequences = Array.from({ length: 63 }, (_, each) => Math.max(0, past - each));
      const packets = [
        dataOf({ kind: "odata", tsi, sequence: far }, port),
        dataOf({ kind: "rdata", tsi, sequence: past }, port),
        dataOf({ kind: "odata", tsi: { gsi: index + 1, port: 1 }, sequence: 0 }, port),
        writeSpm({
          kind: "spm",
          tsi,
          port,
          sequence: far,
          trail: far,
          lead: far,
          fin: true,
          ...addresses,
        }),
        writeNak({ kind: "nak", tsi, port, sequences, ...addresses }),
        writeNak({ kind: "ncf", tsi, port, sequences: [far], ...addresses }),
      ];
      for (const packet of packets) await sendTo(socket, packet, group, port);
    },
  };
}

function dataOf(
  {
    kind,
    tsi,
    sequence,
  }: { readonly kind: "odata" | "rdata"; readonly tsi: Tsi; readonly sequence: number },
  port: number,
): Uint8Array {
  // One short message, which begins at once: offset 0, a frame of two bytes.
  const packet = new Uint8Array(dataPayloadAt + 6);
  packet.set([0, 0, 3, 0, 0x66, 0x67], dataPayloadAt);
  writeDataHead(packet, { kind, tsi, port, sequence, trail: sequence });
  return packet;
}

function bytesOf(address: string): Uint8Array {
  return parseIp(address) ?? new Uint8Array(4);
}

function sendTo(socket: Socket, packet: Uint8Array, group: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(packet, port, group, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}
