/** Peers that send without end what is cheap for them: messages that are none, commands, connections. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import type { DropReason, Incident } from "../../src/incident.ts";
import { until } from "../../src/testing/until.ts";
import { usedBytes } from "../support/memory.ts";
import { countOf, first, type IncidentLog, incidentsOf } from "../support/pairs.ts";
import type { WirePeer } from "../zmtp/endpoints.ts";
import { bytesOf, greeting31 } from "../zmtp/recorder.ts";
import { command, envelope, frame, ping, published, ready } from "./frames.ts";
import { type Node, receiveHandshake, Scene, Stage, Text } from "./scene.ts";

/** Malformed messages that are taken before the peer is given up. */
const surplusMax = 100;

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

interface Meeting {
  readonly victim: Node;
  readonly incidents: IncidentLog;
  /** In traffic with the victim. */
  readonly peer: WirePeer;
}

async function pair(): Promise<Meeting> {
  const scene = await Scene.listening(stage, "pair");
  return { victim: scene.victim, incidents: scene.incidents, peer: await scene.inTraffic() };
}

async function publisher(): Promise<Meeting> {
  const scene = await Scene.listening(stage, "pubsub");
  return { victim: scene.victim, incidents: scene.incidents, peer: await scene.inTraffic() };
}

/** The peer is a publisher that the victim listens to. */
async function subscriber(): Promise<Meeting> {
  const { wire, address } = await stage.wireListener();
  const victim = stage.keep(new PubSubGanglion({ peers: [address], retryMinMs: 1, lingerMs: 50 }));
  const peer = await wire.peers.take();
  peer.send(greeting31 + ready("PUB"));
  await receiveHandshake(peer);
  return { victim, incidents: incidentsOf(victim), peer };
}

function droppedAs(reason: DropReason, incidents: IncidentLog): readonly Incident[] {
  return incidents.of("dropped").filter((incident) => incident.reason === reason);
}

const malformed = [
  ["a pair", pair, "frames that are no envelope", "0000"],
  ["a pair", pair, "messages of two frames", frame("55", true) + frame("55")],
  ["a pair", pair, "topics with an empty part", envelope("a..b", "")],
  ["a pair", pair, "topics that clear the screen", envelope("a.\x1b[2J.b", "")],
  ["a pair", pair, "topics of 246 bytes", envelope("x".repeat(246), "")],
  ["a subscriber", subscriber, "messages of one frame", frame("55")],
  ["a subscriber", subscriber, "messages of four frames", frame("", true).repeat(3) + frame("")],
  ["a subscriber", subscriber, "empty topics", published("", "")],
  ["a subscriber", subscriber, "topics of 16 KiB", published("x".repeat(16_384), "")],
] as const;

test.each([
  ...malformed,
  ["a publisher", publisher, "messages that are no subscription", frame("55")] as const,
])("%s that gets hardly anything but %s gives the peer up", async (_who, meet, _what, message) => {
  const { victim, incidents, peer } = await meet();
  peer.send(message.repeat(surplusMax + 50));
  await peer.ended;
  peer.socket.destroy();
  const failure = await incidents.next("connection-failed");
  expect(failure.message).toMatch(
    /of 101 messages 101 were malformed: these may outnumber the others by 100$/,
  );
  expect(victim.stats()).toMatchObject({ received: 101, dropped: { malformed: 101 } });
  expect(droppedAs("malformed", incidents)).toHaveLength(20);
  await victim.close();
  expect(countOf(droppedAs("malformed", incidents))).toBe(101);
});

test.each(malformed)(
  "%s that gets %s between messages drops those only",
  async (who, meet, _what, message) => {
    const { victim, incidents, peer } = await meet();
    let count = 0;
    victim.react(Text, () => {
      count += 1;
    });
    const good = who === "a pair" ? envelope(Text.name, "") : published(Text.name, "");
    peer.send((message + good).repeat(surplusMax + 10));
    await until("all messages have come", () => count === surplusMax + 10);
    expect(victim.stats()).toMatchObject({ received: 220, dropped: { malformed: 110 } });
    expect(incidents.of("connection-failed")).toEqual([]);
  },
);

describe.each([
  ["a pair", pair, envelope],
  ["a subscriber", subscriber, published],
] as const)("%s", (_, meet, message) => {
  test("that gets messages of ever new types counts each, tells few, and keeps none in mind", async () => {
    const { victim, incidents, peer } = await meet();
    const flood = async (from: number): Promise<void> => {
      const topics = Array.from(
        { length: 2_000 },
        (_each, index) => `made.up.T${from + index}.json`,
      );
      peer.send(topics.map((topic) => message(topic, "")).join(""));
      await until("all are counted", () => victim.stats().dropped.unclaimed === from + 2_000);
    };
    await flood(0);
    const before = await usedBytes();
    await flood(2_000);
    expect((await usedBytes()) - before).toBeLessThan(1_000_000);
    expect(Object.keys(victim.stats().topics)).toEqual([]);
    expect(droppedAs("unclaimed", incidents).length).toBeLessThan(40);
    const arrives = first(victim, Text);
    peer.send(message(Text.name, "behind the flood"));
    expect(await arrives).toBe("behind the flood");
    await victim.close();
    expect(countOf(droppedAs("unclaimed", incidents))).toBe(4_000);
  });
});

describe.each([
  ["a pair", pair],
  ["a publisher", publisher],
  ["a subscriber", subscriber],
] as const)("%s", (_, meet) => {
  test("passes over commands that it does not know, however many", async () => {
    const { victim, peer } = await meet();
    peer.send(command("WHATEVER", bytesOf("00".repeat(100))).repeat(10_000) + ping());
    expect(await peer.receive(7)).toBe(command("PONG"));
    expect(victim.stats()).toMatchObject({ received: 0, dropped: {} });
  });

  test("answers each PING of a peer that reads the answers", async () => {
    const { peer } = await meet();
    const context = bytesOf("5a".repeat(16));
    peer.send(ping(context).repeat(10_000));
    const pong = command("PONG", context);
    expect(await peer.receive((10_000 * pong.length) / 2)).toBe(pong.repeat(10_000));
  });
});

test("a pair that serves a peer refuses all others, however many, and is not disturbed", async () => {
  const scene = await Scene.listening(stage, "pair");
  const friend = await scene.friend();
  const handshake = Buffer.from(greeting31 + ready("PAIR"), "hex");
  const surplusCount = 300;
  const surplus = await scene.crowd(surplusCount);
  for (const socket of surplus) socket.write(handshake);
  await friend.exchange();
  await until("all are refused", () => surplus.every(({ readableEnded }) => readableEnded));
  for (const socket of surplus) socket.destroy();
  await friend.exchange();
  expect(scene.incidents.of("peer-refused")).toHaveLength(20);
  expect(friend.incidents.of("connection-failed")).toEqual([]);
  await scene.victim.close();
  expect(countOf(scene.incidents.of("peer-refused"))).toBe(surplusCount);
  expect(scene.incidents.of("connection-lost")).toEqual([]);
});
