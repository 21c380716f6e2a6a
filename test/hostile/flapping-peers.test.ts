/** Peers that come and go all the time, or let others come and turn them away at once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PairGanglion } from "../../src/ganglion/pair.ts";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import { until } from "../../src/testing/until.ts";
import { incidentsOf } from "../support/pairs.ts";
import { Relay } from "../support/relay.ts";
import type { WirePeer } from "../zmtp/endpoints.ts";
import { greeting31 } from "../zmtp/recorder.ts";
import { ready, subscribe } from "./frames.ts";
import { type Friend, receiveHandshake, Scene, Stage, socketCount, Text } from "./scene.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

describe.each([
  ["a pair that connects", "PAIR"],
  ["a node that listens to a publisher", "PUB"],
] as const)("%s to a peer that", (_, peerType) => {
  const waits = { retryMinMs: 8, retryMaxMs: 64 };
  const attemptCount = 7;

  /** Lets a ganglion connect so often, with an answer to each. @returns How long that took. */
  async function attempts(answer: (peer: WirePeer) => unknown): Promise<number> {
    const { wire, address } = await stage.wireListener();
    const startMs = performance.now();
    const victim = stage.keep(
      peerType === "PAIR"
        ? new PairGanglion({ ...waits, connect: address })
        : new PubSubGanglion({ ...waits, peers: [address] }),
    );
    const incidents = incidentsOf(victim);
    for (let count = 1; count < attemptCount; count++) await answer(await wire.peers.take());
    await wire.peers.take();
    expect(incidents.of("connection-failed").length).toBeLessThanOrEqual(1);
    return performance.now() - startMs;
  }

  /** The least that the waits may be: half of 8 ms, doubling up to half of 64 ms. */
  const growing = 4 + 8 + 16 + 32 + 32 + 32;

  test("ends each connection at once waits longer each time", async () => {
    expect(await attempts(({ socket }) => socket.end())).toBeGreaterThanOrEqual(growing);
  });

  test("resets each connection at once waits longer each time", async () => {
    const reset = ({ socket }: WirePeer): unknown => socket.resetAndDestroy();
    expect(await attempts(reset)).toBeGreaterThanOrEqual(growing);
  });

  test("ends each connection after the greeting waits longer each time", async () => {
    const leave = async (peer: WirePeer): Promise<void> => {
      peer.send(greeting31);
      await peer.receive(greeting31.length / 2);
      peer.socket.end();
    };
    expect(await attempts(leave)).toBeGreaterThanOrEqual(growing);
  });

  test("ends each connection after the handshake does not run in circles", async () => {
    const leave = async (peer: WirePeer): Promise<void> => {
      peer.send(greeting31 + ready(peerType));
      await receiveHandshake(peer);
      peer.socket.end();
    };
    // How long a connection lasts is not for this test to say; the first waits there are always.
    expect(await attempts(leave)).toBeGreaterThanOrEqual((attemptCount - 1) * 4);
  });
});

test("thirty subscribers that lose their publisher again and again all come back, and nothing is left over", async () => {
  const scene = await Scene.listening(stage, "pubsub");
  const relay = stage.keep(await Relay.open());
  relay.target = scene.address;
  const friends: Friend[] = [];
  for (let count = 0; count < 30; count++) friends.push(await scene.friend({}, relay.address));
  const before = socketCount();
  for (let round = 0; round < 3; round++) {
    relay.cut();
    await until("the connections are gone", () =>
      friends.every(({ node }) => node.peerCount === 0),
    );
    await Promise.all(friends.map((friend) => friend.served()));
    await scene.victim.transmit(Text, `round ${round}`);
    await until("all have it", () => friends.every(({ texts }) => texts.length === round + 1));
  }
  await until("no socket is left over", () => socketCount() === before);
  expect(scene.victim.stats()).toMatchObject({ sent: 90, queueDepth: 0, dropped: {} });
});

test("a pair whose connection breaks again and again brings every message that waited, in order", async () => {
  const scene = await Scene.listening(stage, "pair");
  const relay = stage.keep(await Relay.open());
  relay.target = scene.address;
  const friend = await scene.friend({}, relay.address);
  for (let round = 0; round < 10; round++) {
    relay.cut();
    await until("it is gone", () => scene.victim.peerCount === 0 && friend.node.peerCount === 0);
    await friend.exchange();
    await Promise.all([scene.victim.flush(), friend.node.flush()]);
  }
  expect(scene.victim.stats()).toMatchObject({ sent: 200, received: 200, dropped: {} });
  expect(friend.node.stats()).toMatchObject({ sent: 200, received: 200, dropped: {} });
});

test("subscribers that come, subscribe and go at once disturb no other, and leave nothing", async () => {
  const scene = await Scene.listening(stage, "pubsub");
  const friend = await scene.friend();
  const before = socketCount();
  const words = Buffer.from(greeting31 + ready("SUB") + subscribe(""), "hex");
  for (let round = 0; round < 10; round++) {
    const crowd = await scene.crowd(20);
    for (const socket of crowd) socket.end(words);
    await friend.exchange();
    await until("they are gone", () => crowd.every(({ destroyed }) => destroyed));
  }
  await until("no socket is left over", () => socketCount() === before);
  await friend.exchange();
  expect(scene.incidents.of("connection-failed")).toEqual([]);
});
