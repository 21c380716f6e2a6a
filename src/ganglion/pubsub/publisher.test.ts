/** What a node does for its subscribers: seen by subscribers that are bare ends of a connection. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BareSubscriber, plexo } from "../../../test/support/bare-subscriber.ts";
import { makeGate, outcomeOf } from "../../../test/support/notebook.ts";
import { incidentsOf } from "../../../test/support/pairs.ts";
import { addressOf, anyPort, collect, PubSubNodes } from "../../../test/support/pubsub-nodes.ts";
import { Relay } from "../../../test/support/relay.ts";
import { WirePeer } from "../../../test/zmtp/endpoints.ts";
import { Ends } from "../../../test/zmtp/ends.ts";
import { greeting31 } from "../../../test/zmtp/recorder.ts";
import { stringCodec } from "../../codec/string.ts";
import { WindowPool } from "../../identity.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import { SubscriptionIndex } from "../../protocol/zmtp/subscription-index.ts";
import { turn, until } from "../../testing/until.ts";
import { topicBytesMax } from "../../topic.ts";
import { PubSubGanglion } from "../pubsub.ts";
import { byReferenceBytesMin } from "../wire/link.ts";
import { Publisher } from "./publisher.ts";
import { PubSubSynapse } from "./synapse.ts";

const Text = new Neuron("str", new Namespace("dev.plexo.test"), stringCodec);

let nodes: PubSubNodes;
let ends: Ends;

beforeEach(() => {
  nodes = new PubSubNodes();
  ends = new Ends();
});

afterEach(async () => {
  vi.restoreAllMocks();
  ends.close();
  await nodes.close();
});

/** A bare socket, with what it sends first. */
async function wirePeer(publisher: PubSubGanglion, hex: string): Promise<WirePeer> {
  const peer = await WirePeer.connect(addressOf(publisher));
  nodes.keep({ close: () => peer.socket.destroy() });
  peer.send(hex);
  return peer;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

describe("what goes out", () => {
  test.each([
    ["copied", 3],
    ["sent from where it is", byReferenceBytesMin],
  ])("two frames, and to ours a third with the id: a payload that is %s", async (_, byteCount) => {
    const publisher = await nodes.publisher();
    const foreign = await BareSubscriber.of(publisher, ends);
    const ours = await BareSubscriber.of(publisher, ends, { plexo });
    for (const each of [foreign, ours]) each.subscribe(Text.name);
    await publisher.ready(Text, { receivers: 2 });
    const payloads = ["x".repeat(byteCount), "y".repeat(byteCount)];
    for (const payload of payloads) await publisher.transmit(Text, payload);
    const ids: (string | undefined)[] = [];
    for (const payload of payloads) {
      expect(await foreign.nextMessage()).toEqual([Text.name, payload]);
      const [topic, received, id] = await ours.nextMessage();
      expect([topic, received, id?.length]).toEqual([Text.name, payload, 17]);
      ids.push(id);
    }
    expect(ids[0]?.slice(0, 8)).toBe(ids[1]?.slice(0, 8));
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("everything, to one that asks for it", async () => {
    const publisher = await nodes.publisher();
    const subscriber = await BareSubscriber.of(publisher, ends);
    subscriber.subscribe("");
    await publisher.ready(Text);
    await publisher.transmit(Text, "text");
    await publisher.transmitRaw("dev.other", bytes("other"));
    expect(await subscriber.nextMessage()).toEqual([Text.name, "text"]);
    expect(await subscriber.nextMessage()).toEqual(["dev.other", "other"]);
  });

  test("each message once, however many of its prefixes match, and how often each was asked for", async () => {
    const publisher = await nodes.publisher();
    const subscriber = await BareSubscriber.of(publisher, ends);
    subscriber.subscribe("dev", "dev.", "dev", Text.name);
    await publisher.ready(Text, { receivers: 1 });
    await publisher.transmit(Text, "once");
    subscriber.cancel("dev", "dev.", Text.name);
    await publisher.flush();
    expect(await subscriber.nextMessage()).toEqual([Text.name, "once"]);
    expect(await outcomeOf(publisher.ready(Text))).toBe("pending");
    expect(publisher.stats()).toMatchObject({ sent: 1, dropped: {} });
  });
});

describe("a message that nobody wants", () => {
  test("is counted, and told 1, 1, 2, 4 … at a time; the rest when somebody gets one", async () => {
    const publisher = await nodes.publisher();
    const incidents = incidentsOf(publisher);
    const told = (): unknown[] => incidents.of("dropped").map(({ count }) => count);
    for (let index = 0; index < 7; index++) await publisher.transmit(Text, `${index}`);
    expect([publisher.stats().dropped, told()]).toEqual([{ unclaimed: 7 }, [1, 1, 2]]);
    const subscriber = await BareSubscriber.of(publisher, ends);
    subscriber.subscribe(Text.name);
    await publisher.ready(Text);
    await publisher.transmit(Text, "wanted");
    expect(told()).toEqual([1, 1, 2, 3]);
    subscriber.cancel(Text.name);
    await publisher.flush();
    for (let index = 0; index < 3; index++) await publisher.transmit(Text, `${index}`);
    expect(told()).toEqual([1, 1, 2, 3, 1, 1]);
    await publisher.close();
    expect(told()).toEqual([1, 1, 2, 3, 1, 1, 1]);
    expect(publisher.stats()).toMatchObject({ sent: 11, dropped: { unclaimed: 10 } });
    expect(incidents.of("dropped")[6]).toMatchObject({ reason: "unclaimed", topic: Text.name });
  });

  test("is told for each topic apart", async () => {
    const publisher = await nodes.publisher();
    const incidents = incidentsOf(publisher);
    for (const topic of ["dev.a", "dev.b", "dev.a", "dev.b"]) {
      await publisher.transmitRaw(topic, bytes(""));
    }
    expect(incidents.of("dropped").map(({ topic, count }) => [topic, count])).toEqual([
      ["dev.a", 1],
      ["dev.b", 1],
      ["dev.a", 1],
      ["dev.b", 1],
    ]);
  });
});

describe("sums", () => {
  test("what a subscriber of ours has not confirmed when its connection breaks is counted", async () => {
    const publisher = await nodes.publisher();
    const relay = nodes.keep(await Relay.open());
    relay.target = addressOf(publisher);
    const cutOff = nodes.keep(new PubSubGanglion({ peers: [relay.address], lingerMs: 0 }));
    incidentsOf(cutOff);
    const [before, staying] = [
      await collect(cutOff, Text),
      await collect(await nodes.listener([publisher]), Text),
    ];
    await publisher.transmit(Text, "confirmed");
    await publisher.flush();
    const incidents = incidentsOf(publisher);
    relay.stall();
    for (let index = 0; index < 7; index++) await publisher.transmit(Text, `${index}`);
    relay.target = undefined;
    relay.cut();
    expect(await incidents.next("dropped")).toMatchObject({ reason: "unconfirmed", count: 7 });
    await until("the other one has all", () => staying.values.length === 8);
    expect([before.values, publisher.stats().sent]).toEqual([["confirmed"], 16]);
    expect(publisher.stats().dropped).toEqual({ unconfirmed: 7 });
  });

  test("at close: sent is what was delivered, and what was dropped, over all nodes", async () => {
    const publisher = await nodes.publisher({ queue: { limit: 3 }, sendHighWaterBytes: 1_000 });
    const listeners = [];
    for (let count = 0; count < 4; count++) listeners.push(await nodes.listener([publisher]));
    for (const node of [publisher, ...listeners]) incidentsOf(node);
    const gate = makeGate();
    const queue = { limit: 2, policy: "drop-oldest" } as const;
    for (const [index, listener] of listeners.entries()) {
      await listener.react(Text, () => (index === 0 ? gate.opened : undefined), { queue }).ready;
    }
    for (let index = 0; index < 2_000; index++) {
      void publisher.transmit(Text, `${index}`.repeat(20));
      if (index % 500 === 0) await publisher.flush();
      if (index === 1_000) await listeners[1]?.close();
    }
    const closed = [publisher, ...listeners].map((node) => node.close());
    gate.open();
    await Promise.all(closed);
    const { sent, dropped } = publisher.stats();
    const delivered = listeners.map((each) => each.stats().delivered).reduce((a, b) => a + b);
    const lost = [dropped, ...listeners.map((each) => each.stats().dropped)].map(sum);
    expect(delivered + lost.reduce((a, b) => a + b)).toBe(sent);
    expect(dropped["queue-full"]).toBeGreaterThan(0);
  });
});

describe("what a subscriber may do", () => {
  test.each([
    ["subscription beyond subscriptionsMax", { subscriptionsMax: 2 }],
    ["byte beyond prefixBytesMax", { prefixBytesMax: 6 }],
  ])("one %s ends its connection only", async (_, limit) => {
    const publisher = await nodes.publisher(limit);
    const incidents = incidentsOf(publisher);
    const [modest, greedy] = [
      await BareSubscriber.of(publisher, ends),
      await BareSubscriber.of(publisher, ends),
    ];
    for (const each of [modest, greedy]) each.subscribe("dev", "the");
    await publisher.ready("dev.a", { receivers: 2 });
    greedy.subscribe("one");
    expect((await incidents.next("connection-failed")).message).toContain("of one subscriber");
    await publisher.ready("dev.a", { receivers: 1 });
    await publisher.transmitRaw("dev.a", bytes("still here"));
    expect(await modest.nextMessage()).toEqual(["dev.a", "still here"]);
    expect(publisher.stats().sent).toBe(1);
  });

  test("a subscriber beyond subscribersMax is not taken, which is told", async () => {
    const publisher = await nodes.publisher({ subscribersMax: 1 });
    const incidents = incidentsOf(publisher);
    const first = await BareSubscriber.of(publisher, ends);
    const surplus = await wirePeer(publisher, "");
    await surplus.ended;
    expect((await incidents.next("connection-failed")).message).toContain("there are 1");
    first.subscribe("");
    await publisher.ready(Text);
  });

  test("what it sends that is no subscription is counted as malformed, once for each message", async () => {
    const publisher = await nodes.publisher();
    const incidents = incidentsOf(publisher);
    const { end } = await BareSubscriber.of(publisher, ends);
    end.send(bytes("alone"));
    end.send(bytes("in"), bytes("three"), bytes("frames"));
    await incidents.next("dropped", 2);
    expect(incidents.of("dropped").map(({ reason }) => reason)).toEqual(["malformed", "malformed"]);
    expect(publisher.stats()).toMatchObject({ received: 2, dropped: { malformed: 2 } });
  });

  test("any number of subscriptions at once make those who wait for subscribers look but once", async () => {
    const publisher = await nodes.publisher();
    const ready = publisher.ready(Text);
    expect(await outcomeOf(ready)).toBe("pending");
    const match = vi.spyOn(SubscriptionIndex.prototype, "match");
    const subscriber = await BareSubscriber.of(publisher, ends);
    for (let count = 0; count < 2_000; count++) {
      subscriber.subscribe("dev");
      subscriber.cancel("dev");
    }
    subscriber.subscribe("dev");
    await ready;
    // Once for each chunk in which they come.
    expect(match.mock.calls.length).toBeLessThan(50);
  });
});

describe("a listener that wants very much", () => {
  test("is connected to publishers that take so much, at once and anew", async () => {
    const limits = { subscriptionsMax: 100_000, prefixBytesMax: 32 * 1024 * 1024 };
    const publisher = await nodes.publisher(limits);
    const relay = nodes.keep(await Relay.open());
    const listener = nodes.keep(new PubSubGanglion({ peers: [relay.address], retryMaxMs: 100 }));
    const incidents = incidentsOf(listener);
    const topics = Array.from({ length: 50_000 }, (_, index) =>
      `${index}`.padStart(topicBytesMax, "x"),
    );
    for (const topic of topics) listener.reactRaw(topic, () => {});
    await incidents.next("connection-failed");
    relay.target = addressOf(publisher);
    await publisher.ready(topics.at(-1) ?? "");
    relay.cut();
    await until("it has noticed", () => listener.peerCount === 0);
    await until("it is connected anew", () => listener.peerCount === 1);
    await listener.reactRaw("dev.a", () => {}).ready;
    await publisher.ready(topics.at(-1) ?? "");
    expect(
      incidents
        .of("connection-failed")
        .map(({ message }) => message)
        .join(),
    ).not.toContain("does not read");
  });
});

describe("10,000 topics", () => {
  test("who wants a message is found once for each topic and change of who wants what", async () => {
    const publisher = await nodes.publisher();
    const topics = Array.from({ length: 10_000 }, (_, index) => `dev.topic${index}`);
    const subscriber = await BareSubscriber.of(publisher, ends);
    subscriber.subscribe(...topics);
    await publisher.ready("dev.topic9999");
    const match = vi.spyOn(SubscriptionIndex.prototype, "match");
    const payload = bytes("");
    const publish = async (): Promise<number> => {
      match.mockClear();
      for (const topic of topics) await publisher.transmitRaw(topic, payload);
      return match.mock.calls.length;
    };
    expect([await publish(), await publish(), await publish()]).toEqual([10_000, 0, 0]);
    subscriber.cancel("dev.topic0");
    await publisher.flush();
    expect([await publish(), await publish()]).toEqual([10_000, 0]);
    // Asked for twice, and cancelled though it was not asked for, it is as before.
    subscriber.subscribe("dev.topic1");
    subscriber.cancel("dev.never");
    await publisher.flush();
    expect(await publish()).toBe(0);
    expect(publisher.stats().sent).toBe(60_000);
  });
});

describe("recipientsOf", () => {
  test("a topic that is not used any more does not keep a subscriber that is gone", async () => {
    const owner = {
      name: "the owner of its synapses",
      windows: new WindowPool(),
      report: () => {},
      subscribersChanged: () => {},
      malformed: () => {},
      failed: () => {},
      lost: () => {},
    };
    const queue = { limit: 1, policy: "drop-newest" } as const;
    const options = {
      queue,
      queueBytesMax: 1,
      limits: {},
      listener: { socketType: "PUB" },
    } as const;
    const publisher = new Publisher(options, owner);
    const address = await publisher.open(anyPort);
    nodes.keep({ close: () => publisher.close(0, Promise.resolve()) });
    const [idle, used] = [
      new PubSubSynapse("dev.idle", undefined, owner),
      new PubSubSynapse("dev.used", undefined, owner),
    ];
    const subscriber = await BareSubscriber.of({ name: "a publisher", address }, ends);
    subscriber.subscribe("dev");
    await until("it is known", () => publisher.recipientsOf(idle).length === 1);
    subscriber.destroy();
    await until("it is gone", () => publisher.recipientsOf(used).length === 0);
    expect(idle.recipients).toBeUndefined();
    expect(publisher.recipientsOf(idle)).toEqual([]);
  });
});

describe("close", () => {
  test("does not wait for a connection that has not shaken hands", async () => {
    const publisher = await nodes.publisher({ lingerMs: 1_000_000 });
    const peer = await wirePeer(publisher, greeting31);
    await peer.receive(64);
    await expect(publisher.close()).resolves.toBeUndefined();
    await peer.ended;
  });

  test("parts from its publishers also while a subscriber keeps it waiting", async () => {
    const publisher = await nodes.publisher();
    const peers = [addressOf(publisher)];
    const node = await nodes.publisher({ peers, lingerMs: 1_000_000 });
    await collect(node, Text);
    const mute = await BareSubscriber.of(node, ends, { plexo });
    mute.subscribe("dev");
    await node.ready(Text);
    mute.pause();
    const closed = node.close();
    while ((await outcomeOf(publisher.ready(Text))) === "resolved") await turn();
    expect(await outcomeOf(closed)).toBe("pending");
    mute.resume();
    await closed;
  });
});
