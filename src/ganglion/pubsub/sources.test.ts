/** What a node asks its publishers for, and takes from them: seen by a publisher that writes down. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeGate, outcomeOf } from "../../../test/support/notebook.ts";
import { incidentsOf } from "../../../test/support/pairs.ts";
import { anyPort, PubSubNodes } from "../../../test/support/pubsub-nodes.ts";
import { type Accepted, WireListener, type WirePeer } from "../../../test/zmtp/endpoints.ts";
import { Ends } from "../../../test/zmtp/ends.ts";
import { greeting31, hexOf, textHex } from "../../../test/zmtp/recorder.ts";
import { stringCodec } from "../../codec/string.ts";
import type { StreamAddress } from "../../io/address.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import { Plexus } from "../../plexus.ts";
import { encodeCommand } from "../../protocol/zmtp/command.ts";
import { encodeMetadata } from "../../protocol/zmtp/metadata.ts";
import { until } from "../../testing/until.ts";
import { topicBytesMax } from "../../topic.ts";
import type { Ganglion } from "../ganglion.ts";
import { PairGanglion } from "../pair.ts";
import { PubSubGanglion, type PubSubOptions } from "../pubsub.ts";

const plexo = { version: "1", instanceId: "plexus.other" };
const Text = new Neuron("str", new Namespace("dev.plexo.test"), stringCodec);

let nodes: PubSubNodes;
let ends: Ends;
let markCount: number;

beforeEach(() => {
  nodes = new PubSubNodes();
  ends = new Ends();
  markCount = 0;
});

afterEach(async () => {
  await nodes.close();
  ends.close();
});

/** A publisher that is not ours, unless it says so. */
async function publisher(options: { readonly plexo?: typeof plexo } = {}): Promise<StreamAddress> {
  return (await ends.listening({ socketType: "PUB", ...options })).address;
}

function listenerTo(...peers: readonly StreamAddress[]): PubSubGanglion {
  return listenerWith({ peers });
}

function listenerWith(options: PubSubOptions): PubSubGanglion {
  return nodes.keep(new PubSubGanglion({ retryMinMs: 1, retryMaxMs: 10, ...options }));
}

/** A node that listens to a publisher, whose end of the connection this is. */
async function joined(
  options: PubSubOptions = {},
): Promise<{ readonly node: PubSubGanglion; readonly end: Accepted }> {
  const node = listenerWith({ peers: [await publisher()], ...options });
  return { node, end: await accepted() };
}

async function accepted(): Promise<Accepted> {
  const end = await ends.next();
  expect(await end.events.take()).toBe("ready SUB");
  return end;
}

/** What is asked of a publisher next, in text. */
async function asked(end: Accepted): Promise<string> {
  const [kind, hex = ""] = (await end.events.take()).split(" ");
  return `${kind} ${Buffer.from(hex, "hex").toString("latin1")}`.trim();
}

/** All that was asked and not looked at yet: up to one more subscription, which is made for that. */
async function askedInAll(node: Ganglion, end: Accepted): Promise<string[]> {
  const last = `mark.${markCount++}`;
  node.reactRaw(last, () => {});
  const all: string[] = [];
  for (let next = await asked(end); next !== `subscribe ${last}`; next = await asked(end)) {
    all.push(next);
  }
  return all;
}

function send(end: Accepted, ...frames: readonly string[]): void {
  end.send(...frames.map((frame) => new TextEncoder().encode(frame)));
}

/** A bare socket that listens as a publisher would, and answers nothing. */
async function mutePublisher(): Promise<{
  readonly address: StreamAddress;
  readonly next: () => Promise<WirePeer>;
}> {
  const wire = nodes.keep(new WireListener());
  return { address: await wire.listen(), next: () => wire.peers.take() };
}

const readyOfPub = hexOf(encodeCommand("READY", encodeMetadata("PUB", undefined)));

describe("what is asked for", () => {
  test("nothing, until somebody wants it; once, however many do; and no more, once nobody does", async () => {
    const { node, end } = await joined();
    await node.adapt(Text);
    const reactants = [node.react(Text, () => {}), node.reactRaw(Text, () => {})];
    expect(await askedInAll(node, end)).toEqual([`subscribe ${Text.name}`]);
    reactants[0]?.unsubscribe();
    expect(await askedInAll(node, end)).toEqual([]);
    for (const subscription of reactants) subscription.unsubscribe();
    expect(await askedInAll(node, end)).toEqual([`cancel ${Text.name}`]);
    node.react(Text, () => {});
    expect(await askedInAll(node, end)).toEqual([`subscribe ${Text.name}`]);
  });

  test("the prefix that all topics of a pattern have", async () => {
    const { node, end } = await joined();
    for (const pattern of ["dev.a.*.X", "dev.b.>", "*.c", ">"]) node.reactRaw(pattern, () => {});
    expect(await askedInAll(node, end)).toEqual([
      "subscribe dev.a.",
      "subscribe dev.b.",
      "subscribe",
    ]);
  });

  test("a prefix once, though several targets have it, until none does", async () => {
    const { node, end } = await joined();
    const first = node.reactRaw("dev.a.*", () => {});
    const second = node.reactRaw("dev.a.>", () => {});
    first.unsubscribe();
    expect(await askedInAll(node, end)).toEqual(["subscribe dev.a."]);
    second.unsubscribe();
    expect(await askedInAll(node, end)).toEqual(["cancel dev.a."]);
  });

  test("by each connection that is made, what is wanted then", async () => {
    const { node, end } = await joined();
    node.reactRaw("dev.a", () => {});
    node.reactRaw("dev.b", () => {}).unsubscribe();
    node.reactRaw("dev.c.>", () => {});
    await askedInAll(node, end);
    end.connection.destroy();
    const again = await accepted();
    expect([await asked(again), await asked(again), await asked(again)]).toEqual([
      "subscribe dev.a",
      "subscribe dev.c.",
      "subscribe mark.0",
    ]);
    expect(await askedInAll(node, again)).toEqual([]);
  });

  test("of every publisher, those that are added later too", async () => {
    const { node, end } = await joined();
    const subscription = node.reactRaw("dev.a", () => {});
    node.addPeer(await publisher());
    const late = await accepted();
    expect([await asked(end), await asked(late)]).toEqual(["subscribe dev.a", "subscribe dev.a"]);
    subscription.unsubscribe();
    expect([await asked(end), await asked(late)]).toEqual(["cancel dev.a", "cancel dev.a"]);
  });

  test("RFC 23 (3.0): of a publisher that speaks no more than that, by messages", async () => {
    const { address, next } = await mutePublisher();
    const node = listenerWith({ peers: [address], lingerMs: 0 });
    const peer = await next();
    peer.send(greeting31.replace("7f0301", "7f0300") + readyOfPub);
    await until("it is ready", () => node.peerCount === 1);
    await peer.receive(64);
    const ready = await peer.receive(2);
    await peer.receive(Number.parseInt(ready.slice(2), 16));
    node.reactRaw("dev.a", () => {}).unsubscribe();
    expect(await peer.receive(16)).toBe(`000601${textHex("dev.a")}000600${textHex("dev.a")}`);
  });
});

describe("what is asked for in a plexus", () => {
  test("what it wants, until it wants it no longer", async () => {
    const { node, end } = await joined();
    const plexus = nodes.keep(new Plexus({ ganglia: [node] }));
    await plexus.adapt(Text);
    const reactants = [plexus.react(Text, () => {}), plexus.reactRaw("dev.a.>", () => {})];
    expect(await askedInAll(plexus, end)).toEqual([`subscribe ${Text.name}`, "subscribe dev.a."]);
    for (const subscription of reactants) subscription.unsubscribe();
    expect(await askedInAll(plexus, end)).toEqual([`cancel ${Text.name}`, "cancel dev.a."]);
  });

  test("what the node's own reactants and the plexus want, until neither does", async () => {
    const { node, end } = await joined();
    const plexus = nodes.keep(new Plexus({ ganglia: [node] }));
    const [here, above] = [node.react(Text, () => {}), plexus.react(Text, () => {})];
    here.unsubscribe();
    expect(await askedInAll(node, end)).toEqual([`subscribe ${Text.name}`]);
    above.unsubscribe();
    expect(await askedInAll(node, end)).toEqual([`cancel ${Text.name}`]);
  });

  test("what it knows, once it is a bridge, and no longer when it is none", async () => {
    const { node, end } = await joined();
    const plexus = nodes.keep(new Plexus({ ganglia: [node] }));
    await plexus.adapt(Text);
    const pair = new PairGanglion({ bind: anyPort });
    plexus.infuse(pair);
    expect(await askedInAll(plexus, end)).toEqual([`subscribe ${Text.name}`]);
    await pair.close();
    expect((await askedInAll(plexus, end)).filter((each) => each.includes("str"))).toEqual([
      `cancel ${Text.name}`,
    ]);
  });
});

describe("what arrives", () => {
  test("a topic that merely begins with a wanted one, or matches no pattern, is counted unclaimed", async () => {
    const { node, end } = await joined();
    const incidents = incidentsOf(node);
    const topics: string[] = [];
    node.reactRaw("dev.a", (_, { topic }) => void topics.push(topic));
    node.reactRaw("dev.b.*.X", (_, { topic }) => void topics.push(topic));
    for (const topic of ["dev.ab", "dev.a.b", "dev.b.c.Y", "dev.b.X", "dev.a", "dev.b.c.X"]) {
      send(end, topic, "payload");
    }
    await until("the last is there", () => topics.length === 2);
    expect(topics).toEqual(["dev.a", "dev.b.c.X"]);
    expect(node.stats()).toMatchObject({ received: 6, delivered: 2, dropped: { unclaimed: 4 } });
    expect(incidents.of("dropped").map(({ reason, topic }) => [reason, topic])).toEqual([
      ["unclaimed", "dev.ab"],
      ["unclaimed", "dev.a.b"],
      ["unclaimed", "dev.b.c.Y"],
      ["unclaimed", "dev.b.X"],
    ]);
  });

  test("what two of them on one host send that is malformed is told of each", async () => {
    const node = listenerTo(await publisher(), await publisher());
    const incidents = incidentsOf(node);
    for (const end of [await accepted(), await accepted()]) {
      for (let count = 0; count < 30; count++) send(end, "alone");
    }
    await until("all have come", () => node.stats().received === 60);
    const ports = incidents.of("dropped").map(({ remote }) => remote);
    expect([ports.length, new Set(ports).size]).toEqual([40, 2]);
  });

  test("messages of one frame, or of three from another publisher, and topics that are none, are malformed", async () => {
    const { node, end } = await joined();
    const incidents = incidentsOf(node);
    const texts: string[] = [];
    node.react(Text, (text) => void texts.push(text));
    send(end, "alone");
    send(end, Text.name, "with an id?", "x".repeat(17));
    send(end, "dev..empty", "part");
    end.send(Uint8Array.of(0xff), Uint8Array.of(0));
    send(end, Text.name, "good");
    await until("the last is there", () => texts.length > 0);
    expect([texts, node.stats().received, node.stats().dropped]).toEqual([
      ["good"],
      5,
      { malformed: 4 },
    ]);
    expect(incidents.of("dropped").map(({ reason }) => reason)).toEqual(Array(4).fill("malformed"));
  });

  test("a message beyond messageBytesMax ends that connection, and nothing else", async () => {
    const { node, end } = await joined({ messageBytesMax: 1_000 });
    const incidents = incidentsOf(node);
    const texts: string[] = [];
    node.react(Text, (text) => void texts.push(text));
    send(end, Text.name, "x".repeat(1_000));
    send(end, Text.name, "x".repeat(1_001));
    expect((await incidents.next("connection-failed")).message).toContain("1001");
    const again = await accepted();
    send(again, Text.name, "good");
    await until("the last is there", () => texts.length > 1);
    expect(texts).toEqual(["x".repeat(1_000), "good"]);
  });

  test("a topic may be longer than messageBytesMax, which is about what is sent of it", async () => {
    const { node, end } = await joined({ messageBytesMax: 10 });
    const topic = "x".repeat(topicBytesMax);
    const payloads: number[] = [];
    node.reactRaw(topic, ({ length }) => void payloads.push(length));
    send(end, topic, "0123456789");
    await until("it is there", () => payloads.length > 0);
    expect(payloads).toEqual([10]);
  });

  test("a slow reactant holds up the publisher that it is slow for, and no other", async () => {
    const node = listenerTo(await publisher());
    const slow = await accepted();
    node.addPeer(await publisher());
    const other = await accepted();
    const gate = makeGate();
    const got: string[] = [];
    const queue = { limit: 1 };
    node.reactRaw("dev.slow", async () => gate.opened, { queue });
    node.reactRaw("dev.a", (_, { topic }) => void got.push(topic));
    for (let count = 0; count < 3; count++) send(slow, "dev.slow", "");
    send(slow, "dev.a", "behind");
    await until("it is full", () => node.stats().received === 3);
    send(other, "dev.a", "not behind");
    await until("the other one is heard", () => got.length === 1);
    expect(node.stats().received).toBe(4);
    gate.open();
    await until("both are heard", () => got.length === 2);
  });
});

describe("Subscription.ready", () => {
  test("without a publisher there is nobody to wait for", async () => {
    await expect(listenerTo().react(Text, () => {}).ready).resolves.toBeUndefined();
  });

  test("a publisher that is not there is not waited for", async () => {
    const gone = await ends.listening({ socketType: "PUB" });
    await gone.close();
    const node = listenerTo(gone.address);
    const incidents = incidentsOf(node);
    await node.react(Text, () => {}).ready;
    expect(incidents.of("connection-failed")).toHaveLength(1);
  });

  test("nor is one whose handshake fails", async () => {
    const { address } = await ends.listening({ socketType: "PAIR" });
    const node = listenerTo(address);
    const incidents = incidentsOf(node);
    await node.react(Text, () => {}).ready;
    expect(incidents.of("connection-failed")).toHaveLength(1);
  });

  test("resolves when every publisher has answered what was sent behind the subscription", async () => {
    const node = listenerTo(await publisher());
    const prompt = await accepted();
    node.addPeer(await publisher());
    const late = await accepted();
    late.connection.pause();
    const { ready } = node.react(Text, () => {});
    expect([await asked(prompt), await asked(prompt)]).toEqual([`subscribe ${Text.name}`, "ping"]);
    expect(await outcomeOf(ready)).toBe("pending");
    late.connection.resume();
    await ready;
    expect([await asked(late), await asked(late)]).toEqual([`subscribe ${Text.name}`, "ping"]);
  });

  test("one PING is enough for all who ask at once, and none is sent where nobody asks", async () => {
    const { node, end } = await joined();
    const topics = Array.from({ length: 100 }, (_, index) => `dev.a${index}`);
    const subscriptions = topics.map((topic) => node.reactRaw(topic, () => {}));
    await Promise.all(subscriptions.map(({ ready }) => ready));
    expect(await askedInAll(node, end)).toEqual([
      ...topics.map((topic) => `subscribe ${topic}`),
      "ping",
    ]);
  });

  test("of a publisher that is being connected to it is waited for", async () => {
    const { address, next } = await mutePublisher();
    const node = listenerTo(address);
    const peer = await next();
    const { ready } = node.react(Text, () => {});
    expect(await outcomeOf(ready)).toBe("pending");
    peer.socket.destroy();
    node.on("incident", () => {});
    await ready;
  });

  test.each([
    ["before the handshake", ""],
    ["after it", greeting31 + readyOfPub],
  ])("one that is mute %s is waited for as long as a heartbeat would", async (_, said) => {
    const { address, next } = await mutePublisher();
    const node = listenerWith({
      peers: [address],
      heartbeat: { intervalMs: 1_000, timeoutMs: 30 },
      lingerMs: 0,
    });
    (await next()).send(said);
    if (said !== "") await until("it is ready", () => node.peerCount === 1);
    const { ready } = node.react(Text, () => {});
    expect(await outcomeOf(ready)).toBe("pending");
    await ready;
  });

  test("a publisher of ours that is mute is given up by the heartbeat, and not waited for then", async () => {
    const { address, next } = await mutePublisher();
    const node = listenerWith({
      peers: [address],
      heartbeat: { intervalMs: 20, timeoutMs: 20 },
      lingerMs: 0,
    });
    const incidents = incidentsOf(node);
    const peer = await next();
    peer.send(greeting31 + hexOf(encodeCommand("READY", encodeMetadata("PUB", plexo))));
    await until("it is ready", () => node.peerCount === 1);
    const { ready } = node.react(Text, () => {});
    expect((await incidents.next("connection-failed")).message).toContain("nothing came");
    await ready;
  });

  test("close() ends it", async () => {
    const { address, next } = await mutePublisher();
    const node = listenerTo(address);
    await next();
    const { ready } = node.react(Text, () => {});
    expect(await outcomeOf(ready)).toBe("pending");
    await node.close();
    await ready;
  });
});
