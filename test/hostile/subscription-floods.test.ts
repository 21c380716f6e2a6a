/** Subscribers that ask for more than a publisher can keep in mind, or change their mind all the time. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringCodec } from "../../src/codec/string.ts";
import { Namespace } from "../../src/namespace.ts";
import { Neuron } from "../../src/neuron.ts";
import { until } from "../../src/testing/until.ts";
import { usedBytes } from "../support/memory.ts";
import type { WirePeer } from "../zmtp/endpoints.ts";
import { cancel, ping, subscribe } from "./frames.ts";
import { type Friend, Scene, Stage, Text } from "./scene.ts";

/** Those want it only who want everything. */
const Probe = new Neuron("Probe", new Namespace("dev.plexo.test"), stringCodec);
const pong = "040504504f4e47";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

async function publisher(subscriptionsMax?: number): Promise<{ scene: Scene; friend: Friend }> {
  const options = subscriptionsMax === undefined ? {} : { subscriptionsMax };
  const scene = await Scene.listening(stage, "pubsub", "tcp", options);
  return { scene, friend: await scene.friend() };
}

/** Whether a message was sent to anybody. */
function isWanted({ victim }: Scene, neuron: Neuron<string>): boolean {
  const { sent, dropped } = victim.stats();
  void victim.transmit(neuron, "");
  const after = victim.stats();
  return after.sent > sent && after.dropped.unclaimed === dropped.unclaimed;
}

async function whyGivenUp({ incidents }: Scene, peer: WirePeer): Promise<string> {
  await peer.ended;
  peer.socket.destroy();
  return (await incidents.next("connection-failed")).message;
}

describe("a subscriber is given up, and the others are not disturbed, when it asks for", () => {
  test("one topic more than it may", async () => {
    const { scene, friend } = await publisher(1_000);
    const peer = await scene.inTraffic();
    peer.send(subscribe(""));
    for (let count = 1; count < 1_000; count++) peer.send(subscribe(`dev.${count}`));
    await scene.victim.ready(Text, { receivers: 2 });
    await friend.exchange();
    peer.send(subscribe("dev.1000"));
    expect(await whyGivenUp(scene, peer)).toMatch(
      /1001 subscriptions of one subscriber, at most 1000 taken/,
    );
    await friend.exchange();
  });

  test("longer prefixes than it may", async () => {
    const { scene, friend } = await publisher();
    const peer = await scene.inTraffic();
    for (let count = 0; count < 600; count++) peer.send(subscribe(`${count}`.padStart(8_000, "x")));
    expect(await whyGivenUp(scene, peer)).toMatch(
      /subscriptions of \d+ bytes together of one subscriber, at most 4194304/,
    );
    await friend.exchange();
  });

  test("a prefix of more than 8 KiB", async () => {
    const { scene, friend } = await publisher();
    const peer = await scene.inTraffic();
    peer.send(subscribe("x".repeat(8_192)));
    expect(await whyGivenUp(scene, peer)).toMatch(
      /command frame of 8202 bytes, at most 8192 taken$/,
    );
    await friend.exchange();
  });
});

test("nothing is left of what those have asked for that are gone", async () => {
  const { scene, friend } = await publisher();
  const flood = async (who: string): Promise<void> => {
    const peer = await scene.inTraffic();
    for (let count = 0; count < 10_000; count++) peer.send(subscribe(`${who}.${count}`));
    peer.send(subscribe(""));
    await scene.victim.ready(Text, { receivers: 2 });
    peer.socket.destroy();
    await until("it is gone", () => !isWanted(scene, Probe));
  };
  await flood("first");
  const before = await usedBytes();
  for (const who of ["second", "third", "fourth"]) await flood(who);
  expect((await usedBytes()) - before).toBeLessThan(2_000_000);
  await friend.exchange();
});

test("one that changes its mind without end takes no memory, and is answered in its turn", async () => {
  const { scene, friend } = await publisher();
  const peer = await scene.inTraffic();
  const round = Array.from(
    { length: 5_000 },
    (_, count) => subscribe(`a.${count}`) + cancel(`a.${count}`),
  );
  const churn = async (): Promise<void> => {
    peer.send(round.join("") + ping());
    await friend.exchange();
    expect(await peer.receive(pong.length / 2)).toBe(pong);
  };
  await churn();
  const before = await usedBytes();
  for (let count = 0; count < 3; count++) await churn();
  expect((await usedBytes()) - before).toBeLessThan(2_000_000);
});
