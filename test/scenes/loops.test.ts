/** Plexuses of ours that more than one way leads between: each message is heard once, and no storm. */
import { describe, expect, test } from "vitest";
import { everyone, type LinkKind, Scene } from "./scene.ts";

const count = 20;

describe.each<{ readonly links: readonly LinkKind[]; readonly crossingsMax: number }>([
  // Two pairs between the same two are one segment by themselves.
  { links: ["pair", "pair"], crossingsMax: 1 },
  { links: ["pair", "pubsub"], crossingsMax: 3 },
  { links: ["pubsub", "pubsub"], crossingsMax: 3 },
  { links: ["pair", "pubsub", "pair", "pubsub"], crossingsMax: 8 },
])("two plexuses joined by $links", ({ links, crossingsMax }) => {
  test("each message is heard once on either side, and crosses at most $crossingsMax times", async () => {
    await using scene = new Scene();
    const [left, right] = [scene.member("left"), scene.member("right")];
    for (const kind of links) await scene.link(kind, left, right);
    await scene.ready();
    const texts = [];
    for (let index = 0; index < count; index += 1) {
      for (const { name, plexus, text } of [left, right]) {
        await plexus.transmit(text, `${index} of ${name}`);
        texts.push(`${index} of ${name}`);
      }
    }
    await scene.settle();
    expect(scene.heard).toEqual(everyone(["left", "right"], texts));
    const sides = [left, right].map(({ plexus }) => plexus.stats());
    const sent = sides.reduce((sum, stats) => sum + stats.sent, 0);
    expect(sent).toBeLessThanOrEqual(crossingsMax * texts.length);
    // Everything that was sent was heard or was known for a copy.
    const copies = sides.reduce((sum, { dropped }) => sum + (dropped.duplicate ?? 0), 0);
    expect(copies).toBe(sent - texts.length);
    const reasons = sides.flatMap(({ dropped }) => Object.keys(dropped));
    expect(reasons.filter((reason) => reason !== "duplicate")).toEqual([]);
  });
});

describe("three plexuses in a ring of pub/sub", () => {
  test("with one ganglion each, which never repeats what it received, the third hears nothing", async () => {
    await using scene = new Scene();
    const members = ["a", "b", "c"].map((name) => scene.member(name));
    const nodes = await Promise.all(members.map((member) => scene.node(member)));
    for (const [index, node] of nodes.entries()) {
      scene.listen(node, nodes[(index + 2) % 3] ?? node);
    }
    await scene.ready();
    const [a] = members;
    await a?.plexus.transmit(a.text, "ale");
    await scene.settle();
    expect(scene.heard).toEqual(["a ale", "b ale"]);
  });

  test("with one ganglion each, of which each listens to both others, each hears each once", async () => {
    await using scene = new Scene();
    const members = ["a", "b", "c"].map((name) => scene.member(name));
    const nodes = await Promise.all(members.map((member) => scene.node(member)));
    for (const listener of nodes) {
      for (const node of nodes) if (node !== listener) scene.listen(listener, node);
    }
    await scene.ready();
    for (const { name, plexus, text } of members) await plexus.transmit(text, name);
    await scene.settle();
    expect(scene.heard).toEqual(everyone(["a", "b", "c"], ["a", "b", "c"]));
    for (const node of nodes) expect(node.stats()).toMatchObject({ sent: 2, received: 2 });
  });

  test.each([3, 4])("with two ganglia each, %d of them relay to all, each once", async (size) => {
    await using scene = new Scene();
    const members = Array.from({ length: size }, (_, index) => scene.member(`${index}`));
    for (const [index, member] of members.entries()) {
      await scene.pubsub(member, members[(index + 1) % size] ?? member);
    }
    await scene.ready();
    for (const { name, plexus, text } of members) await plexus.transmit(text, `of ${name}`);
    await scene.settle();
    const names = members.map(({ name }) => name);
    expect(scene.heard).toEqual(everyone(names));
    // Each message goes out by both ways, and on each way to where the two meet.
    const sent = members.reduce((sum, { plexus }) => sum + plexus.stats().sent, 0);
    expect(sent).toBeLessThanOrEqual(size * (size + 1));
  });
});

describe("pub/sub with itself as a peer", () => {
  test("in a plexus: what is transmitted is heard once, and no copy comes back", async () => {
    await using scene = new Scene();
    const [here, there] = [scene.member("here"), scene.member("there")];
    const [near] = await scene.pubsub(here, there);
    scene.listen(near, near);
    await scene.ready();
    await here.plexus.transmit(here.text, "ale");
    await there.plexus.transmit(there.text, "stout");
    await scene.settle();
    expect(scene.heard).toEqual(everyone(["here", "there"], ["ale", "stout"]));
    expect(near.stats()).toMatchObject({ sent: 1, received: 1 });
    expect(here.plexus.stats().dropped).toEqual({});
  });

  test("of which several copies come, as it has itself for a peer in two ganglia", async () => {
    await using scene = new Scene();
    const here = scene.member("here");
    const [one, other] = [await scene.node(here), await scene.node(here)];
    for (const listener of [one, other]) {
      for (const publisher of [one, other]) scene.listen(listener, publisher);
    }
    await scene.ready();
    await here.plexus.transmit(here.text, "ale");
    await scene.settle();
    expect(scene.heard).toEqual(["here ale"]);
    expect(here.plexus.stats()).toMatchObject({ sent: 2, dropped: { duplicate: 2 } });
  });
});
