/** Plexuses joined by pub/sub: by several ways, and in rings. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { incidentsOf } from "../../../test/support/notebook.ts";
import { addressOf, anyPort, PubSubNodes } from "../../../test/support/pubsub-nodes.ts";
import { stringCodec } from "../../codec/string.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import { Plexus } from "../../plexus.ts";
import { turn } from "../../testing/until.ts";
import { PairGanglion } from "../pair.ts";
import { PubSubGanglion } from "../pubsub.ts";

const Text = new Neuron("str", new Namespace("dev.plexo.test"), stringCodec);

let nodes: PubSubNodes;

beforeEach(() => {
  nodes = new PubSubNodes();
});

afterEach(() => nodes.close());

/** A plexus with what its reactant has got. */
class Member {
  readonly texts: string[] = [];
  readonly plexus: Plexus;
  readonly #ganglia: readonly (PubSubGanglion | PairGanglion)[];

  constructor(...ganglia: readonly (PubSubGanglion | PairGanglion)[]) {
    this.#ganglia = ganglia;
    this.plexus = nodes.keep(new Plexus({ ganglia }));
    incidentsOf(this.plexus);
  }

  /** Resolves when all publishers that it hears know so. */
  listen(): Promise<void> {
    return this.plexus.react(Text, (text) => void this.texts.push(text)).ready;
  }

  async flush(): Promise<void> {
    for (const ganglion of this.#ganglia) await ganglion.flush();
  }

  get duplicates(): number {
    return this.plexus.stats().dropped.duplicate ?? 0;
  }
}

/** Waits until nothing moves any more. */
async function settled(...members: readonly Member[]): Promise<void> {
  const counts = (): string => JSON.stringify(members.map(({ plexus }) => plexus.stats()));
  for (let before = ""; before !== counts(); await turn()) {
    before = counts();
    for (const member of members) await member.flush();
  }
}

/** Two nodes, each of which listens to the other. */
async function joined(segment?: string): Promise<[PubSubGanglion, PubSubGanglion]> {
  const label = segment === undefined ? {} : { segment };
  const one = await nodes.publisher(label);
  const other = await nodes.publisher({ ...label, peers: [addressOf(one)] });
  one.addPeer(addressOf(other));
  return [one, other];
}

async function pair(segment?: string): Promise<[PairGanglion, PairGanglion]> {
  const label = segment === undefined ? {} : { segment };
  const bound = new PairGanglion({ ...label, bind: anyPort });
  await bound.opened;
  return [bound, new PairGanglion({ ...label, connect: bound.address })];
}

describe("two plexuses joined by two links", () => {
  const links = {
    "a pair and pub/sub": async () => [await pair(), await joined()] as const,
    "two times pub/sub": async () => [await joined(), await joined()] as const,
  };

  test.each(Object.entries(links))("%s: each message arrives once, both ways", async (_, open) => {
    const [first, second] = await open();
    const left = new Member(first[0], second[0]);
    const right = new Member(first[1], second[1]);
    await Promise.all([
      left.plexus.ready(Text),
      right.plexus.ready(Text),
      left.listen(),
      right.listen(),
    ]);
    for (let index = 0; index < 50; index++) {
      await left.plexus.transmit(Text, `left ${index}`);
      await right.plexus.transmit(Text, `right ${index}`);
    }
    await settled(left, right);
    expect(left.texts.filter((text) => text.startsWith("right"))).toHaveLength(50);
    expect(right.texts.filter((text) => text.startsWith("left"))).toHaveLength(50);
    expect([new Set(left.texts).size, left.texts.length]).toEqual([100, 100]);
    expect([new Set(right.texts).size, right.texts.length]).toEqual([100, 100]);
    expect(left.duplicates + right.duplicates).toBeGreaterThanOrEqual(100);
  });

  test("with one segment label each message goes by one of them only", async () => {
    const [first, second] = [await pair("cellar"), await joined("cellar")];
    const left = new Member(first[0], second[0]);
    const right = new Member(first[1], second[1]);
    await Promise.all([
      left.plexus.ready(Text),
      right.plexus.ready(Text),
      left.listen(),
      right.listen(),
    ]);
    for (let index = 0; index < 50; index++) await left.plexus.transmit(Text, `${index}`);
    await settled(left, right);
    expect(right.texts).toHaveLength(50);
    expect([left.plexus.stats().sent, right.plexus.stats().dropped]).toEqual([50, {}]);
  });
});

describe("a ring of three plexuses", () => {
  /** Each hears the one before it by one node, and is heard by the next by another. */
  async function ring(): Promise<readonly [Member, Member, Member]> {
    const outputs = [await nodes.publisher(), await nodes.publisher(), await nodes.publisher()];
    const member = (before: number, own: number): Member => {
      const [input, output] = [outputs[before], outputs[own]];
      if (input === undefined || output === undefined) throw new Error("no such node");
      return new Member(new PubSubGanglion({ peers: [addressOf(input)] }), output);
    };
    const members = [member(2, 0), member(0, 1), member(1, 2)] as const;
    await Promise.all(members.map((each) => each.listen()));
    await Promise.all(members.map(({ plexus }) => plexus.ready(Text)));
    return members;
  }

  test("what one sends goes round once: to each of the others, and dies where it came from", async () => {
    const [first, second, third] = await ring();
    for (let index = 0; index < 20; index++) await first.plexus.transmit(Text, `${index}`);
    await settled(first, second, third);
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`);
    expect([first.texts, second.texts, third.texts]).toEqual([texts, texts, texts]);
    expect([first.duplicates, second.duplicates, third.duplicates]).toEqual([20, 0, 0]);
    const sent = [first, second, third].map(({ plexus }) => plexus.stats().sent);
    expect(sent).toEqual([20, 20, 20]);
  });

  test("all at once: each gets what every other one sends, once", async () => {
    const members = await ring();
    for (let index = 0; index < 20; index++) {
      await Promise.all(members.map(({ plexus }, of) => plexus.transmit(Text, `${of} ${index}`)));
    }
    await settled(...members);
    for (const { texts, duplicates } of members) {
      expect([texts.length, new Set(texts).size, duplicates]).toEqual([60, 60, 20]);
    }
  });
});

test("three nodes that each listen to all others need no ring: nothing comes twice", async () => {
  const [a, b, c] = [await nodes.publisher(), await nodes.publisher(), await nodes.publisher()];
  for (const node of [a, b, c]) {
    for (const other of [a, b, c]) if (other !== node) node.addPeer(addressOf(other));
  }
  const members = [new Member(a), new Member(b), new Member(c)];
  await Promise.all(members.map((each) => each.listen()));
  await Promise.all([a, b, c].map((node) => node.ready(Text, { receivers: 2 })));
  await members[0]?.plexus.transmit(Text, "once");
  await settled(...members);
  expect(members.map(({ texts }) => texts)).toEqual([["once"], ["once"], ["once"]]);
  expect(members.map(({ duplicates }) => duplicates)).toEqual([0, 0, 0]);
});

test("what comes by two publishers, forwarded by both, is taken once, and the copy is counted", async () => {
  const source = await nodes.publisher();
  const bridges = [];
  for (let count = 0; count < 2; count++) {
    const output = await nodes.publisher();
    bridges.push(output);
    const bridge = new Member(new PubSubGanglion({ peers: [addressOf(source)] }), output);
    await bridge.plexus.adapt(Text);
  }
  const listener = await nodes.listener(bridges);
  incidentsOf(listener);
  const texts: string[] = [];
  await listener.react(Text, (text) => void texts.push(text)).ready;
  await source.ready(Text, { receivers: 2 });
  for (const bridge of bridges) await bridge.ready(Text);
  for (const text of ["a", "b"]) await source.transmit(Text, text);
  await source.flush();
  for (const bridge of bridges) await bridge.flush();
  expect([texts, listener.stats().received]).toEqual([["a", "b"], 4]);
  expect(listener.stats().dropped).toEqual({ duplicate: 2 });
});
