/** A plexus of ours that only forwards: it never looks into what passes. */
import { expect, test } from "vitest";
import { unfitBytes } from "../support/counting-codec.ts";
import { type Member, Scene } from "./scene.ts";

const long = "x".repeat(200_000);

/** Two ends, and between them a pair and a pub/sub that only the bridge joins. */
async function around(scene: Scene, bridge: Member): Promise<readonly [Member, Member]> {
  const [left, right] = [scene.member("left"), scene.member("right")];
  await scene.pair(left, bridge);
  await scene.pubsub(bridge, right);
  await scene.ready();
  return [left, right];
}

async function exchange(scene: Scene, left: Member, right: Member): Promise<void> {
  for (const text of ["1", long]) await left.plexus.transmit(left.text, text);
  for (const text of ["2", long]) await right.plexus.transmit(right.text, text);
  await scene.settle();
}

const heard = ["left", "right"].flatMap((name) =>
  ["1", "2", long, long].map((text) => `${name} ${text}`),
);

test("by a neuron that was adapted: nothing is decoded or encoded on the way", async () => {
  await using scene = new Scene();
  const bridge = await scene.bridge("bridge");
  const [left, right] = await around(scene, bridge);
  await exchange(scene, left, right);
  expect(scene.heard).toEqual(heard);
  expect(bridge.text.codec).toMatchObject({ encoded: 0, decoded: 0 });
  for (const { text } of [left, right])
    expect(text.codec).toMatchObject({ encoded: 2, decoded: 2 });
  expect(bridge.plexus.stats()).toMatchObject({ received: 4, sent: 4, delivered: 0, dropped: {} });
});

test("by a pattern: types that the bridge has never heard of pass as well", async () => {
  await using scene = new Scene();
  const bridge = scene.stranger("bridge");
  await bridge.plexus.adapt("dev.>");
  const [left, right] = await around(scene, bridge);
  await exchange(scene, left, right);
  expect(scene.heard).toEqual(heard);
  expect(bridge.plexus.stats()).toMatchObject({ received: 4, sent: 4, dropped: {} });
});

test("what nobody could decode passes as it came", async () => {
  await using scene = new Scene();
  const bridge = await scene.bridge("bridge");
  const [left, right] = await around(scene, bridge);
  const raw: string[] = [];
  right.plexus.reactRaw(right.text, (bytes) => void raw.push(bytes.join()));
  await left.plexus.transmitRaw(left.text, unfitBytes);
  await scene.settle();
  expect(raw).toEqual([unfitBytes.join()]);
  expect(bridge.text.codec.decoded).toBe(0);
  expect(bridge.incidents).toEqual([]);
});

test("it decodes once for all who react in it, and still forwards what came", async () => {
  await using scene = new Scene();
  const bridge = scene.member("bridge");
  scene.hear("bridge too", bridge.plexus, bridge.text);
  const [left, right] = await around(scene, bridge);
  await left.plexus.transmit(left.text, "ale");
  await scene.settle();
  expect(scene.heard).toEqual(["bridge ale", "bridge too ale", "left ale", "right ale"]);
  expect(bridge.text.codec).toMatchObject({ encoded: 0, decoded: 1 });
  expect(right.text.codec.decoded).toBe(1);
});

test("what is transmitted on it is encoded once for all networks", async () => {
  await using scene = new Scene();
  const bridge = scene.member("bridge");
  const [left, right] = await around(scene, bridge);
  await bridge.plexus.transmit(bridge.text, "ale");
  await scene.settle();
  expect(scene.heard).toEqual(["bridge ale", "left ale", "right ale"]);
  expect(bridge.text.codec).toMatchObject({ encoded: 1, decoded: 0 });
  for (const { text } of [left, right])
    expect(text.codec).toMatchObject({ encoded: 0, decoded: 1 });
});
