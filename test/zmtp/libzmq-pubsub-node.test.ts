/** A pub/sub node of ours among sockets of libzmq, as npm's `zeromq` has it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Publisher, Subscriber, XPublisher, XSubscriber } from "zeromq";
import { bytesCodec } from "../../src/codec/bytes.ts";
import { stringCodec } from "../../src/codec/string.ts";
import { Namespace } from "../../src/namespace.ts";
import { Neuron } from "../../src/neuron.ts";
import { Plexus } from "../../src/plexus.ts";
import { until } from "../../src/testing/until.ts";
import { first, incidentsOf } from "../support/pairs.ts";
import { addressOf, collect, PubSubNodes } from "../support/pubsub-nodes.ts";
import { bound, connect, Ends, received } from "./ends.ts";
import type { Mailbox } from "./mailbox.ts";

const namespace = new Namespace("dev.plexo.test");
const Text = new Neuron("str", namespace, stringCodec);
const Blob = new Neuron("Blob", namespace, bytesCodec);

let ends: Ends;
let nodes: PubSubNodes;

beforeEach(() => {
  ends = new Ends();
  nodes = new PubSubNodes();
});

afterEach(async () => {
  ends.close();
  await nodes.close();
});

/** A socket that has asked for these prefixes, and what it receives. */
async function subscribed(
  kind: "SUB" | "XSUB",
  publisher: Parameters<typeof addressOf>[0],
  ...prefixes: readonly string[]
): Promise<Mailbox<string[]>> {
  const socket = ends.keep(
    kind === "SUB" ? new Subscriber({ linger: 0 }) : new XSubscriber({ linger: 0 }),
  );
  const messages = received(socket);
  connect(socket, addressOf(publisher));
  if (socket instanceof Subscriber) socket.subscribe(...prefixes);
  else for (const prefix of prefixes) await socket.send(`\x01${prefix}`);
  return messages;
}

describe.each(["SUB", "XSUB"] as const)("to a %s", (kind) => {
  test("two frames are sent, short or long, also while one of ours gets ids", async () => {
    const publisher = await nodes.publisher();
    const { values } = await collect(await nodes.listener([publisher]), Blob);
    const messages = await subscribed(kind, publisher, Blob.name);
    await publisher.ready(Blob, { receivers: 2 });
    for (const byteCount of [0, 1, 255, 256, 16_383, 16_384, 1_000_000]) {
      await publisher.transmit(Blob, new Uint8Array(byteCount).fill(0x61));
      const frames = await messages.take();
      expect(frames.map(({ length }) => length)).toEqual([Blob.name.length, byteCount]);
      expect(frames[0]).toBe(Blob.name);
      expect(/^a*$/.test(frames[1] ?? "")).toBe(true);
    }
    await publisher.flush();
    expect(values).toHaveLength(7);
    expect(publisher.stats()).toMatchObject({ sent: 14, dropped: {} });
  });

  test("goes what it asked for, by a prefix or by none", async () => {
    const publisher = await nodes.publisher();
    const some = await subscribed(kind, publisher, "dev.plexo.test.str");
    const all = await subscribed(kind, publisher, "");
    await publisher.ready(Text, { receivers: 2 });
    await publisher.transmitRaw("dev.other", new TextEncoder().encode("other"));
    await publisher.transmit(Text, "text");
    expect(await some.take()).toEqual([Text.name, "text"]);
    expect([await all.take(), await all.take()]).toEqual([
      ["dev.other", "other"],
      [Text.name, "text"],
    ]);
  });

  test("flush() waits for it, and it counts as a receiver until it is gone", async () => {
    const publisher = await nodes.publisher();
    const messages = await subscribed(kind, publisher, Text.name);
    await publisher.ready(Text);
    for (let index = 0; index < 1_000; index++) await publisher.transmit(Text, `${index}`);
    await publisher.flush();
    for (let index = 0; index < 1_000; index++) {
      expect(await messages.take()).toEqual([Text.name, `${index}`]);
    }
    incidentsOf(publisher);
    ends.close();
    await until("it is gone", () => {
      void publisher.transmit(Text, "is anybody there?");
      return publisher.stats().dropped.unclaimed !== undefined;
    });
  });
});

describe("from an XPUB, which tells what it is asked for", () => {
  async function met(): Promise<{
    readonly pub: XPublisher;
    readonly node: Awaited<ReturnType<PubSubNodes["publisher"]>>;
  }> {
    const pub = ends.keep(new XPublisher({ linger: 0 }));
    const node = await nodes.publisher({ peers: [await bound(pub)] });
    return { pub, node };
  }

  async function asked(pub: XPublisher): Promise<string> {
    const [frame] = await pub.receive();
    return `${frame?.[0]} ${frame?.subarray(1).toString("latin1")}`;
  }

  test("comes what somebody wants, and it is asked for nothing else", async () => {
    const { pub, node } = await met();
    const reactants = [node.reactRaw("dev.a.*.X", () => {}), node.reactRaw("dev.a.>", () => {})];
    const arrives = first(node, Text);
    expect([await asked(pub), await asked(pub)]).toEqual(["1 dev.a.", `1 ${Text.name}`]);
    await pub.send([Text.name, "h\u00e9"]);
    expect(await arrives).toBe("h\u00e9");
    expect(await asked(pub)).toBe(`0 ${Text.name}`);
    for (const subscription of reactants) subscription.unsubscribe();
    expect(await asked(pub)).toBe("0 dev.a.");
    expect(node.stats()).toMatchObject({ received: 1, delivered: 1, dropped: {} });
  });

  test("messages have no id, so the same again is no copy; others are malformed, or unclaimed", async () => {
    const { pub, node } = await met();
    const incidents = incidentsOf(node);
    const texts: string[] = [];
    const ids: unknown[] = [];
    node.react(Text, (text, { id }) => {
      texts.push(text);
      ids.push(id);
    });
    await asked(pub);
    await pub.send(Text.name);
    await pub.send([Text.name, "with", "x".repeat(17)]);
    await pub.send([`${Text.name}-not`, "asked for"]);
    for (const text of ["same", "same"]) await pub.send([Text.name, text]);
    await until("both are there", () => texts.length === 2);
    expect([texts, ids]).toEqual([
      ["same", "same"],
      [undefined, undefined],
    ]);
    expect(node.stats().dropped).toEqual({ malformed: 2, unclaimed: 1 });
    expect(incidents.of("dropped")).toHaveLength(3);
  });

  test("Subscription.ready resolves, and what is published from then on comes", async () => {
    const { pub, node } = await met();
    const texts: string[] = [];
    await node.react(Text, (text) => void texts.push(text)).ready;
    await asked(pub);
    await pub.send([Text.name, "comes"]);
    await until("it is there", () => texts.length === 1);
    expect(texts).toEqual(["comes"]);
  });
});

test("a PUB that starts anew at its port is asked again", async () => {
  const before = new Publisher({ linger: 0 });
  const address = await bound(before);
  const node = await nodes.publisher({ peers: [address] });
  incidentsOf(node);
  const texts = new Set<string>();
  node.react(Text, (text) => void texts.add(text));
  const publish = async (pub: Publisher, text: string): Promise<void> => {
    // A PUB does not tell what it knows: until the first arrives, all may be dropped.
    while (!texts.has(text)) await pub.send([Text.name, text]);
  };
  await publish(before, "before");
  before.close();
  await until("it is gone", () => node.peerCount === 0);
  const after = ends.keep(new Publisher({ linger: 0 }));
  await bound(after, address);
  await publish(after, "after");
  expect([...texts]).toEqual(["before", "after"]);
});

test("a plexus passes on from an XPUB to a SUB, two frames as they came", async () => {
  const pub = ends.keep(new XPublisher({ linger: 0 }));
  const input = await nodes.publisher({ peers: [await bound(pub)] });
  const output = await nodes.publisher();
  await nodes.keep(new Plexus({ ganglia: [input, output] })).adapt(Text);
  const messages = await subscribed("SUB", output, "");
  await output.ready(Text);
  await pub.receive();
  await pub.send([Text.name, "passed on"]);
  expect(await messages.take()).toEqual([Text.name, "passed on"]);
});
