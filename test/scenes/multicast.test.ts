/** Plexuses that multicast joins, with other networks and with each other. */
import { describe, expect, test } from "vitest";
import type { MulticastGanglion } from "../../src/ganglion/multicast.ts";
import { until } from "../../src/testing/until.ts";
import { MulticastNodes } from "../support/multicast-nodes.ts";
import { textNeuron } from "../support/neurons.ts";
import { everyone, type Member, Scene } from "./scene.ts";

/** Joins each of them to one multicast network. Resolves when all hear all. */
async function onMulticast(...members: readonly Member[]): Promise<void> {
  const nodes = new MulticastNodes();
  const joined: MulticastGanglion[] = [];
  for (const { plexus } of members) {
    const node = await nodes.open();
    plexus.infuse(node);
    joined.push(node);
  }
  await nodes.meet(...joined);
  // Each wants it, or passes it on.
  const topic = textNeuron().name;
  await Promise.all(joined.map((node) => node.ready(topic, { receivers: joined.length - 1 })));
}

/** Each says some texts. Resolves when all have heard all of them. */
async function converse(scene: Scene, ...members: readonly Member[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    for (const { name, plexus, text } of members) {
      texts.push(`${index} of ${name}`);
      await plexus.transmit(text, `${index} of ${name}`);
    }
  }
  const names = members.map(({ name }) => name);
  await until("all have heard all", () => scene.heard.length >= names.length * texts.length);
  await scene.settle();
  return everyone(names, texts);
}

test("three that share a multicast network, two of them a pair as well: each message is heard once", async () => {
  await using scene = new Scene();
  const [left, right, far] = ["left", "right", "far"].map((name) => scene.member(name));
  if (left === undefined || right === undefined || far === undefined) throw new Error("three");
  await scene.pair(left, right);
  await onMulticast(left, right, far);
  await scene.ready();
  const expected = await converse(scene, left, right, far);
  // What came by both ways was known for a copy, and nothing was dropped for another reason.
  await until("the copies are counted", () =>
    [left, right].every(({ plexus }) => (plexus.stats().dropped.duplicate ?? 0) > 0),
  );
  expect(scene.heard).toEqual(expected);
  const reasons = [left, right, far].flatMap(({ plexus }) => Object.keys(plexus.stats().dropped));
  expect(new Set(reasons)).toEqual(new Set(["duplicate"]));
});

describe("a bridge between multicast and a pair", () => {
  test.each(["its neuron", "a pattern"])("passes on what it has adapted by %s", async (how) => {
    await using scene = new Scene();
    const [near, far] = [scene.member("near"), scene.member("far")];
    const bridge = scene.stranger("bridge");
    await bridge.plexus.adapt(how === "a pattern" ? "dev.>" : bridge.text);
    await scene.pair(bridge, far);
    await onMulticast(near, bridge);
    await scene.ready();
    expect(await converse(scene, near, far)).toEqual(scene.heard);
    expect(bridge.text.codec).toMatchObject({ encoded: 0, decoded: 0 });
    expect(bridge.plexus.stats()).toMatchObject({ received: 40, sent: 40, dropped: {} });
  });

  test("two bridges between the same networks: each message is heard once", async () => {
    await using scene = new Scene();
    const [near, far] = [scene.member("near"), scene.member("far")];
    const bridges = [await scene.bridge("one"), await scene.bridge("other")] as const;
    for (const bridge of bridges) await scene.pubsub(bridge, far);
    await onMulticast(near, ...bridges);
    await scene.ready();
    expect(await converse(scene, near, far)).toEqual(scene.heard);
  });
});
