/** Peers that stop reading: what waits for them is bounded, and nobody else is held up. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bytesCodec } from "../../src/codec/bytes.ts";
import { TransportError } from "../../src/errors.ts";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import type { Incident } from "../../src/incident.ts";
import { Namespace } from "../../src/namespace.ts";
import { Neuron } from "../../src/neuron.ts";
import { turn, until } from "../../src/testing/until.ts";
import { usedBytes } from "../support/memory.ts";
import { countOf, incidentsOf } from "../support/pairs.ts";
import type { WirePeer } from "../zmtp/endpoints.ts";
import { greeting31 } from "../zmtp/recorder.ts";
import { ping, ready, subscribe } from "./frames.ts";
import { type Friend, type Options, receiveHandshake, Scene, Stage, Text } from "./scene.ts";

const mebibyte = 1024 * 1024;
const Bytes = new Neuron("Bytes", new Namespace("dev.plexo.test"), bytesCodec);

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

/** Takes part, and from then on reads nothing. */
async function slowReader(scene: Scene, readyFrame?: string): Promise<WirePeer> {
  const peer = await scene.inTraffic(readyFrame);
  peer.socket.pause();
  if (scene.kind === "pubsub") {
    peer.send(subscribe(""));
    await scene.victim.ready(Bytes);
  }
  return peer;
}

/** Sends messages of so many bytes until one is dropped. @returns How many it has sent. */
async function fill(scene: Scene, byteCount: number): Promise<number> {
  const dropped = (): number => scene.victim.stats().dropped["queue-full"] ?? 0;
  for (let count = 1; ; count++) {
    await scene.victim.transmitRaw(Bytes, new Uint8Array(byteCount));
    if (dropped() > 0) return count;
    if (count % 10 === 0) await turn();
  }
}

describe("a publisher whose subscriber does not read", () => {
  const policy = "drop-newest";

  async function withFriend(options: Options = {}): Promise<{ scene: Scene; friend: Friend }> {
    const scene = await Scene.listening(stage, "pubsub", "tcp", options);
    return { scene, friend: await scene.friend() };
  }

  test("holds a thousand messages for it, and serves the others", async () => {
    const { scene, friend } = await withFriend();
    await slowReader(scene);
    await scene.victim.ready(Text, { receivers: 2 });
    await fill(scene, 10_000);
    expect(scene.victim.stats().queueDepth).toBe(1_000);
    for (let round = 0; round < 5; round++) await friend.exchange();
    expect(scene.victim.stats().queueDepth).toBeLessThanOrEqual(1_000);
    expect(scene.victim.peerCount).toBe(0);
  });

  test("holds 16 MiB for it where the messages are long", async () => {
    const { scene, friend } = await withFriend();
    await slowReader(scene);
    const before = await usedBytes();
    await fill(scene, mebibyte);
    for (let count = 0; count < 50; count++) {
      await scene.victim.transmitRaw(Bytes, new Uint8Array(mebibyte));
    }
    expect(scene.victim.stats().queueDepth).toBeLessThanOrEqual(16);
    expect((await usedBytes()) - before).toBeLessThan(24 * mebibyte);
    await friend.exchange();
  });

  test("holds no more for each of twenty, and serves the others", async () => {
    const { scene, friend } = await withFriend({ queue: { limit: 10, policy } });
    for (let count = 0; count < 20; count++) await slowReader(scene);
    await scene.victim.ready(Text, { receivers: 21 });
    const before = await usedBytes();
    for (let round = 0; round < 200; round++) {
      await scene.victim.transmitRaw(Bytes, new Uint8Array(100_000));
      await turn();
    }
    expect(scene.victim.stats().queueDepth).toBe(200);
    expect((await usedBytes()) - before).toBeLessThan(20 * 2 * mebibyte);
    for (let round = 0; round < 5; round++) await friend.exchange();
  });

  test("tells by ration what it drops, and by its end all of it", async () => {
    const { scene } = await withFriend({ queue: { limit: 1, policy } });
    await slowReader(scene);
    await fill(scene, 100_000);
    for (let count = 0; count < 10_000; count++)
      await scene.victim.transmitRaw(Bytes, new Uint8Array(1));
    const told = (): readonly Incident[] =>
      scene.incidents.of("dropped").filter(({ reason }) => reason === "queue-full");
    expect(told()).toHaveLength(20);
    await scene.victim.close();
    expect(told()).toHaveLength(21);
    expect(countOf(told())).toBe(scene.victim.stats().dropped["queue-full"]);
  });

  test("closes in its linger time, and counts all that it was not rid of", async () => {
    const { scene } = await withFriend({ queue: { limit: 10, policy }, lingerMs: 100 });
    await slowReader(scene, ready("SUB", "x.y"));
    const count = await fill(scene, 100_000);
    await scene.victim.close();
    const { sent, dropped } = scene.victim.stats();
    expect(sent).toBe(count);
    expect(dropped).toEqual({
      "queue-full": 1,
      closed: 10,
      unconfirmed: count - 11,
    });
  });

  test("gives it up by the heartbeat if it is one of ours, and counts what was for it", async () => {
    const heartbeat = { intervalMs: 20, timeoutMs: 200 };
    const { scene, friend } = await withFriend({ queue: { limit: 10, policy }, heartbeat });
    await slowReader(scene, ready("SUB", "x.y"));
    const count = await fill(scene, 100_000);
    const { message } = await scene.incidents.next("connection-failed");
    expect(message).toMatch(/nothing came from the peer for \d+ ms/);
    expect(scene.victim.stats().dropped).toEqual({
      "queue-full": 1,
      closed: 10,
      unconfirmed: count - 11,
    });
    await friend.exchange();
  });

  test("gives it up if it wants answers to PINGs all the same", async () => {
    const { scene, friend } = await withFriend({ queue: { limit: 10, policy } });
    const peer = await slowReader(scene);
    await fill(scene, 100_000);
    peer.send(ping(new Uint8Array(16)).repeat(1_100));
    const { message } = await scene.incidents.next("connection-failed");
    expect(message).toMatch(/sends PINGs and reads no answers: 1000 wait, no more are taken$/);
    await friend.exchange();
  });
});

describe("a pair whose peer does not read", () => {
  test("holds as many messages as its queue has places; the next peer gets them", async () => {
    const scene = await Scene.listening(stage, "pair", "tcp", { queue: { limit: 20 } });
    const peer = await slowReader(scene, ready("PAIR", "x.y"));
    const texts: string[] = [];
    const text = "x".repeat(100_000);
    for (let isTaken = true; isTaken; await turn()) {
      const next = scene.newText() + text;
      isTaken = await scene.victim.transmit(Text, next, { timeoutMs: 20 }).then(
        () => true,
        (cause: unknown) => !(cause instanceof TransportError),
      );
      if (isTaken) texts.push(next);
    }
    expect(scene.victim.stats()).toMatchObject({ queueDepth: 20, dropped: { "timed-out": 1 } });
    peer.socket.destroy();
    const friend = await scene.friend();
    await until("the friend has what waited", () => friend.texts.length >= 20);
    expect(friend.texts).toEqual(texts.slice(-20));
    expect(scene.victim.stats()).toMatchObject({
      queueDepth: 0,
      dropped: { "timed-out": 1, unconfirmed: texts.length - 20 },
    });
    await friend.exchange();
  });
});

describe("a subscriber whose publisher does not read", () => {
  test("gives it up when its subscriptions have become too many to wait for it", async () => {
    const { wire, address } = await stage.wireListener();
    const node = stage.keep(new PubSubGanglion({ peers: [address] }));
    const incidents = incidentsOf(node);
    const peer = await wire.peers.take();
    peer.send(greeting31 + ready("PUB"));
    await receiveHandshake(peer);
    peer.socket.pause();
    const longTopic = `dev.plexo.${"x".repeat(220)}.bytes`;
    for (let round = 0; incidents.of("connection-failed").length === 0; round++) {
      for (let count = 0; count < 2_000; count++) node.reactRaw(longTopic, () => {}).unsubscribe();
      await turn();
      expect(round).toBeLessThan(100);
    }
    expect(incidents.of("connection-failed")[0]?.message).toMatch(
      /the publisher does not read: over 8388608 bytes of subscriptions wait$/,
    );
  });
});
