/** Who gets what, and how often, in a plexus of ours with networks at it. */
import { describe, expect, test } from "vitest";
import { InprocGanglion } from "../../src/ganglion/inproc.ts";
import { everyone, type LinkKind, Scene } from "./scene.ts";

const kinds: readonly LinkKind[] = ["pair", "pubsub"];

describe.each(kinds)("a plexus with one network, by %s", (kind) => {
  test("what is transmitted here is heard here once and there once", async () => {
    await using scene = new Scene();
    const [here, there] = [scene.member("here"), scene.member("there")];
    const [near] = await scene.link(kind, here, there);
    await scene.ready();
    await here.plexus.transmit(here.text, "ale");
    await scene.settle();
    expect(scene.heard).toEqual(["here ale", "there ale"]);
    expect(near.stats()).toMatchObject({ sent: 1, received: 0 });
  });

  test("what comes in is heard once, and nothing goes back", async () => {
    await using scene = new Scene();
    const [here, there] = [scene.member("here"), scene.member("there")];
    const [near] = await scene.link(kind, here, there);
    await scene.ready();
    await there.plexus.transmit(there.text, "ale");
    await scene.settle();
    expect(scene.heard).toEqual(["here ale", "there ale"]);
    expect(near.stats()).toMatchObject({ sent: 0, received: 1 });
  });
});

describe.each([
  [["pair", "pubsub"]],
  [["pubsub", "pair"]],
  [["pair", "pair", "pair"]],
  [["pubsub", "pubsub", "pubsub"]],
  [["pair", "pubsub", "pair", "pubsub"]],
] as const)("a plexus with several networks, by %s", (links) => {
  test("what comes in by one goes to each other one once, and never back", async () => {
    await using scene = new Scene();
    const middle = scene.member("middle");
    const beyond = links.map((_, index) => scene.member(`${index}`));
    const nears = [];
    for (const [index, there] of beyond.entries()) {
      const [near] = await scene.link(links[index] ?? "pair", middle, there);
      nears.push(near);
    }
    await scene.ready();
    for (const { name, plexus, text } of beyond) await plexus.transmit(text, `of ${name}`);
    await scene.settle();
    const names = beyond.map(({ name }) => name);
    const texts = names.map((name) => `of ${name}`);
    expect(scene.heard).toEqual(everyone(["middle", ...names], texts));
    // Each gets what the others have sent.
    for (const near of nears) {
      expect(near.stats()).toMatchObject({ sent: links.length - 1, received: 1, dropped: {} });
    }
    expect(middle.incidents).toEqual([]);
  });

  test("what is transmitted in it goes to each once", async () => {
    await using scene = new Scene();
    const middle = scene.member("middle");
    const beyond = links.map((_, index) => scene.member(`${index}`));
    for (const [index, there] of beyond.entries()) {
      await scene.link(links[index] ?? "pair", middle, there);
    }
    await scene.ready();
    await middle.plexus.transmit(middle.text, "ale");
    await scene.settle();
    const names = beyond.map(({ name }) => name);
    expect(scene.heard).toEqual(everyone(["middle", ...names], ["ale"]));
    expect(middle.plexus.stats()).toMatchObject({ sent: links.length, dropped: {} });
  });
});

test.each([1, 2, 3, 10])(
  "in-process ganglia with listeners, %d of them: each hears each message once",
  async (count) => {
    await using scene = new Scene();
    const [here, there] = [scene.member("here"), scene.member("there")];
    const ganglia = Array.from({ length: count }, (_, index) => {
      const ganglion = new InprocGanglion();
      here.plexus.infuse(ganglion);
      scene.hear(`${index}`, ganglion, here.text);
      return ganglion;
    });
    await scene.pair(here, there);
    await scene.ready();
    await here.plexus.transmit(here.text, "of here");
    for (const [index, each] of ganglia.entries()) await each.transmit(here.text, `of ${index}`);
    await there.plexus.transmit(there.text, "of there");
    await scene.settle();
    const names = ["here", "there", ...ganglia.map((_, index) => `${index}`)];
    expect(scene.heard).toEqual(everyone(names));
  },
);

test("a plexus in a plexus: those inside and outside and beyond either hear each message once", async () => {
  await using scene = new Scene();
  const [outer, inner] = [scene.member("outer"), scene.member("inner")];
  outer.plexus.infuse(inner.plexus);
  const [beyondInner, beyondOuter] = [scene.member("beyond inner"), scene.member("beyond outer")];
  await scene.pair(inner, beyondInner);
  await scene.pubsub(outer, beyondOuter);
  await scene.ready();
  const all = [outer, inner, beyondInner, beyondOuter];
  for (const { name, plexus, text } of all) await plexus.transmit(text, `of ${name}`);
  await scene.settle();
  const names = all.map(({ name }) => name);
  expect(scene.heard).toEqual(everyone(names));
});

test("a network that comes later takes part in what is known by then, in both directions", async () => {
  await using scene = new Scene();
  const [early, middle] = [scene.member("early"), scene.member("middle")];
  const late = scene.member("late");
  await scene.pubsub(early, middle);
  await scene.ready();
  await early.plexus.transmit(early.text, "1");
  await scene.settle();
  await scene.pair(middle, late);
  await scene.ready();
  await early.plexus.transmit(early.text, "2");
  await late.plexus.transmit(late.text, "3");
  await scene.settle();
  expect(scene.heard).toEqual(
    [
      ...everyone(["early", "middle"], ["1"]),
      ...everyone(["early", "late", "middle"], ["2", "3"]),
    ].sort(),
  );
});
