/** Several processes of one host that send to the same group and port: each can be asked for repairs. */
import { createSocket, type Socket, type SocketOptions } from "node:dgram";
import { type EpgmGap, openEpgm } from "plexo/epgm";
import { expect, onTestFinished, test, vi } from "vitest";
import { readPacket } from "../../src/protocol/epgm/packet-reader.ts";
import { writeNak } from "../../src/protocol/epgm/packet-writer.ts";
import { formatTsi, type Tsi } from "../../src/protocol/epgm/tsi.ts";
import { readParts } from "../interop/epgm/message.ts";
import { Participant } from "../interop/epgm/participant.ts";
import type { EpgmSettings } from "../interop/peers/ours/epgm-settings.ts";
import { freeUdpPort, someGroup } from "../support/multicast.ts";

/** Of a hundred datagrams that come to a socket of this process so many are passed over. */
const loss = vi.hoisted(() => ({ percent: 0, droppedCount: 0 }));

vi.mock("node:dgram", async (importOriginal) => {
  const actual = await importOriginal<typeof import("node:dgram")>();
  const lossy = (options: SocketOptions): Socket => {
    const socket = actual.createSocket(options);
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string, ...rest: unknown[]) => {
      if (event !== "message" || Math.random() * 100 >= loss.percent) return emit(event, ...rest);
      loss.droppedCount += 1;
      return true;
    };
    return socket;
  };
  return { ...actual, createSocket: lossy };
});

const address = "127.0.0.1";
const names = ["first", "second", "third"];
/** One of each hundred has 200 kB. */
const messageCount = 200;

test("what is lost of three processes is repaired, and all of each arrives, in order, once", async () => {
  const port = await freeUdpPort();
  const group = someGroup();
  const received = new Map<string, number[]>();
  const probed = new Set<string>();
  const gaps: EpgmGap[] = [];
  const node = await openEpgm({ interface: address, port });
  onTestFinished(() => node.close());
  const whole = new Promise<void>((resolve) => {
    void node.join(group, {
      message: (parts) => {
        const { topic, sender, index } = readParts(parts);
        if (topic === "probe") {
          probed.add(sender);
          return;
        }
        received.set(sender, [...(received.get(sender) ?? []), index]);
        const isWhole = names.every((name) => received.get(name)?.length === messageCount);
        if (isWhole) resolve();
      },
      gap: (gap) => gaps.push(gap),
    });
  });
  const senders = await started(group, port);
  while (probed.size < names.length) {
    for (const sender of senders) sender.tell({ probe: 0 });
    await new Promise(setImmediate);
  }
  loss.percent = 10;
  onTestFinished(() => {
    loss.percent = 0;
  });
  for (const sender of senders) sender.tell({ first: 0, count: messageCount });
  await whole;
  const all = Array.from({ length: messageCount }, (_, index) => index);
  for (const name of names) expect(received.get(name)).toEqual(all);
  expect(gaps).toEqual([]);
  expect(loss.droppedCount).toBeGreaterThan(0);
  loss.percent = 0;
  // They end by themselves: nothing is left open in them.
  await Promise.all(senders.map((sender) => sender.finish()));
});

test("a NAK that is sent to the host alone, as libzmq's are, is answered by the process it is for", async () => {
  const port = await freeUdpPort();
  const group = someGroup();
  const sources = new Map<string, Tsi>();
  const repaired = new Set<string>();
  const receiving = await rawReceiver(group, port);
  const answered = new Promise<void>((resolve) => {
    receiving.on("message", (bytes) => {
      const packet = readPacket(bytes);
      if (packet.kind === "odata") {
        sources.set(formatTsi(packet.tsi), packet.tsi);
        const nak = writeNak({
          kind: "nak",
          tsi: packet.tsi,
          port,
          sequences: [packet.sequence],
          nla: Uint8Array.of(127, 0, 0, 1),
          group: Uint8Array.from(group.split(".").map(Number)),
        });
        receiving.send(nak, port, address);
      } else if (packet.kind === "rdata") {
        repaired.add(formatTsi(packet.tsi));
        if (repaired.size === names.length) resolve();
      }
    });
  });
  const senders = await started(group, port);
  for (const sender of senders) sender.tell({ probe: 0 });
  await answered;
  expect(repaired).toEqual(new Set(sources.keys()));
  await Promise.all(senders.map((sender) => sender.finish()));
});

/** The three senders, which listen. */
async function started(group: string, port: number): Promise<readonly Participant[]> {
  const senders = names.map((name) => {
    const settings: EpgmSettings = {
      ...{ name, interface: address, group, port, partCount: 3 as const },
      ...{ kilobitsPerSecond: 100_000, recoveryMs: 10_000, foreign: false },
    };
    const file = "build/test/interop/peers/ours/epgm-sender.js";
    const command = [process.execPath, file, JSON.stringify(settings)] as const;
    const sender = new Participant("ours", settings, [...command]);
    onTestFinished(() => sender[Symbol.asyncDispose]());
    return sender;
  });
  await Promise.all(senders.map((sender) => sender.listening()));
  return senders;
}

function rawReceiver(group: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    onTestFinished(() => {
      socket.close();
    });
    socket.once("error", reject);
    socket.bind(port, group, () => {
      socket.addMembership(group, address);
      resolve(socket);
    });
  });
}
