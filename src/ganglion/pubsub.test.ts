import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { incidentsOf as allIncidentsOf, outcomeOf } from "../../test/support/notebook.ts";
import { incidentsOf } from "../../test/support/pairs.ts";
import { addressOf, anyPort, collect, PubSubNodes } from "../../test/support/pubsub-nodes.ts";
import { Relay } from "../../test/support/relay.ts";
import { SocketFolder } from "../../test/support/socket-folder.ts";
import { WireListener } from "../../test/zmtp/endpoints.ts";
import { bytesCodec } from "../codec/bytes.ts";
import { stringCodec } from "../codec/string.ts";
import { ClosedError, TransportError, UsageError } from "../errors.ts";
import { Namespace } from "../namespace.ts";
import { Neuron } from "../neuron.ts";
import { Plexus } from "../plexus.ts";
import { turn, until } from "../testing/until.ts";
import { PubSubGanglion, type PubSubOptions } from "./pubsub.ts";

const namespace = new Namespace("dev.plexo.test");
const Text = new Neuron("str", namespace, stringCodec);
const Blob = new Neuron("Blob", namespace, bytesCodec);

let nodes: PubSubNodes;

beforeEach(() => {
  nodes = new PubSubNodes();
});

afterEach(() => nodes.close());

describe("subscribers", () => {
  test("each of fifty gets every message, once and in order", async () => {
    const publisher = await nodes.publisher();
    const got = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const listener = await nodes.listener([publisher]);
        return (await collect(listener, Text)).values;
      }),
    );
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`);
    for (const text of texts) await publisher.transmit(Text, text);
    await publisher.flush();
    for (const values of got) expect(values).toEqual(texts);
    expect(publisher.stats()).toMatchObject({ sent: 1_000, bytesSent: 50 * 30, dropped: {} });
  });

  test("a message goes to those who want it, and to nobody else", async () => {
    const publisher = await nodes.publisher();
    const wants = await nodes.listener([publisher]);
    const other = await nodes.listener([publisher]);
    const { values } = await collect(wants, Text);
    await collect(other, Blob);
    await publisher.transmit(Text, "for one");
    await publisher.flush();
    expect([values, publisher.stats().sent, other.stats().received]).toEqual([["for one"], 1, 0]);
  });

  test("payloads that are copied, and those sent from where they are, arrive whole and in order", async () => {
    const publisher = await nodes.publisher();
    const { values } = await collect(await nodes.listener([publisher]), Blob);
    const payloads = [0, 1, 255, 256, 16_383, 16_384, 65_536, 1_000_003].map((byteCount, seed) =>
      new Uint8Array(byteCount).map((_, index) => (7 * index + seed) % 256),
    );
    for (const payload of payloads) await publisher.transmit(Blob, payload);
    await publisher.flush();
    expect(values.map((value) => value.length)).toEqual(payloads.map(({ length }) => length));
    expect(
      values.every((value, index) => Buffer.from(value).equals(payloads[index] ?? value)),
    ).toBe(true);
  });

  test("a message beyond messageBytesMax is refused to its sender, and one of just so many is not", async () => {
    const publisher = await nodes.publisher({ messageBytesMax: 1_000 });
    const listener = await nodes.listener([publisher], { messageBytesMax: 1_000 });
    const { values } = await collect(listener, Text);
    allIncidentsOf(publisher);
    await expect(publisher.transmit(Text, "x".repeat(1_001))).rejects.toThrow(
      /^a message of 1001 bytes of dev\.plexo\.test\.str\.string_UTF-8, at most 1000 are sent/,
    );
    await publisher.transmit(Text, "x".repeat(1_000));
    await publisher.flush();
    expect([values.length, listener.stats().dropped, publisher.stats().sent]).toEqual([1, {}, 1]);
  });

  test("one that unsubscribes gets nothing more, and the others go on", async () => {
    const publisher = await nodes.publisher();
    const leaving = await nodes.listener([publisher]);
    const { values, subscription } = await collect(leaving, Text);
    const staying = await collect(await nodes.listener([publisher]), Text);
    await publisher.transmit(Text, "both");
    await publisher.flush();
    subscription.unsubscribe();
    await collect(leaving, Blob);
    await publisher.transmit(Text, "one");
    await publisher.flush();
    expect([values, staying.values]).toEqual([["both"], ["both", "one"]]);
    expect([publisher.stats().sent, leaving.stats().received]).toEqual([3, 1]);
  });
});

describe("peers", () => {
  test("one that is added later is told what is wanted, and heard", async () => {
    const [early, late] = [await nodes.publisher(), await nodes.publisher()];
    const listener = await nodes.listener([early]);
    const { values } = await collect(listener, Text);
    listener.addPeer(addressOf(late));
    await late.ready(Text);
    await early.transmit(Text, "early");
    await early.flush();
    await late.transmit(Text, "late");
    await late.flush();
    expect([values, listener.peerCount]).toEqual([["early", "late"], 2]);
  });

  test("one that is removed is not heard any more, and may be added again", async () => {
    const [staying, leaving] = [await nodes.publisher(), await nodes.publisher()];
    const listener = await nodes.listener([staying, leaving]);
    const { values } = await collect(listener, Text);
    await listener.removePeer(addressOf(leaving));
    expect(listener.peerCount).toBe(1);
    await untilNobodyWants(leaving);
    allIncidentsOf(leaving);
    await leaving.transmit(Text, "for nobody");
    await staying.transmit(Text, "stays");
    await staying.flush();
    listener.addPeer(addressOf(leaving));
    await leaving.ready(Text);
    await leaving.transmit(Text, "again");
    await leaving.flush();
    expect(values).toEqual(["stays", "again"]);
    expect(leaving.stats()).toMatchObject({ sent: 2, dropped: { unclaimed: 1 } });
  });

  test("to add one twice, and to remove one that is none, is refused by name", async () => {
    const publisher = await nodes.publisher();
    const listener = await nodes.listener([publisher]);
    const address = addressOf(publisher);
    const name = `127.0.0.1:${address.port}`;
    expect(() => listener.addPeer(address)).toThrow(`${name} is a peer already`);
    const elsewhere = { host: "127.0.0.1", port: 1 };
    await expect(listener.removePeer(elsewhere)).rejects.toThrow(
      `127.0.0.1:1 is no peer; there are: ${name}`,
    );
    await expect(listener.removePeer(elsewhere)).rejects.toBeInstanceOf(UsageError);
    await listener.removePeer(address);
    await expect(listener.removePeer(address)).rejects.toThrow("there are: none");
  });

  test("options that name one twice are refused before anything is connected", async () => {
    const publisher = await nodes.publisher();
    const incidents = allIncidentsOf(publisher);
    const address = addressOf(publisher);
    const sockets = socketCount();
    expect(() => new PubSubGanglion({ peers: [address, address] })).toThrow(UsageError);
    expect(() => new PubSubGanglion({ peers: [address, anyPort] })).toThrow(UsageError);
    expect([socketCount(), incidents]).toEqual([sockets, []]);
  });

  test("one that is not there yet is tried until it is; that it is not is told once", async () => {
    const relay = nodes.keep(await Relay.open());
    const listener = nodes.keep(
      new PubSubGanglion({ peers: [relay.address], retryMinMs: 1, retryMaxMs: 1 }),
    );
    const incidents = incidentsOf(listener);
    const { values } = await collect(listener, Text);
    await incidents.next("connection-failed");
    const publisher = await nodes.publisher();
    relay.target = addressOf(publisher);
    await publisher.ready(Text);
    await publisher.transmit(Text, "at last");
    await publisher.flush();
    expect(values).toEqual(["at last"]);
    expect(incidents.of("connection-failed")).toHaveLength(1);
  });

  test("one that starts anew at its port is asked again for what is wanted, and only that", async () => {
    const before = await nodes.publisher();
    const address = addressOf(before);
    const listener = await nodes.listener([before]);
    allIncidentsOf(listener);
    const { values } = await collect(listener, Text);
    const { subscription } = await collect(listener, Blob);
    await before.transmit(Text, "before");
    await before.close();
    subscription.unsubscribe();
    const after = await nodes.publisher({ bind: address });
    const incidents = allIncidentsOf(after);
    await after.ready(Text);
    await after.transmit(Text, "after");
    await after.transmit(Blob, new Uint8Array(1));
    await after.flush();
    expect([values, listener.peerCount]).toEqual([["before", "after"], 1]);
    expect(incidents).toMatchObject([{ reason: "unclaimed", topic: Blob.name }]);
  });

  test("a node that is its own peer does not hear itself, and has no subscriber in itself", async () => {
    const node = await nodes.publisher();
    const incidents = allIncidentsOf(node);
    node.addPeer(addressOf(node));
    const { values } = await collect(node, Text);
    await until("it has met itself", () => node.peerCount === 1);
    const listener = await nodes.listener([node]);
    const other = await collect(listener, Text);
    await node.transmit(Text, "to the other");
    await node.flush();
    expect([values, other.values]).toEqual([[], ["to the other"]]);
    expect(await hasReceivers(node, 2)).toBe(false);
    expect([node.stats().sent, node.stats().dropped, incidents]).toEqual([1, {}, []]);
  });

  test("one can be removed while it is being connected to, or shakes hands", async () => {
    const listener = nodes.keep(new PubSubGanglion());
    const incidents = allIncidentsOf(listener);
    const [early, mute] = [nodes.keep(new WireListener()), nodes.keep(new WireListener())];
    const addresses = [await early.listen(), await mute.listen()] as const;
    for (const address of addresses) listener.addPeer(address);
    await listener.removePeer(addresses[0]);
    const peer = await mute.peers.take();
    await peer.receive(10);
    await listener.removePeer(addresses[1]);
    await peer.ended;
    expect([listener.peerCount, incidents]).toEqual([0, []]);
  });

  test("close() leaves no connection to one that was removed just before", async () => {
    const relay = nodes.keep(await Relay.open());
    const publisher = await nodes.publisher();
    relay.target = addressOf(publisher);
    const listener = nodes.keep(new PubSubGanglion({ peers: [relay.address], lingerMs: 50 }));
    await collect(listener, Text);
    allIncidentsOf(publisher);
    relay.stall();
    const removed = listener.removePeer(relay.address);
    const closed = listener.close().then(() => "closed");
    expect(await Promise.race([closed, removed.then(() => "removed")])).toBe("removed");
    await closed;
  });
});

describe("readiness", () => {
  test("counts the subscribers of a neuron", async () => {
    const publisher = await nodes.publisher();
    const listeners = [];
    for (let count = 0; count < 3; count++) listeners.push(await nodes.listener([publisher]));
    const three = publisher.ready(Text, { receivers: 3 });
    const one = publisher.ready(Text);
    await collect(listeners[0] as PubSubGanglion, Text);
    await one;
    await collect(listeners[1] as PubSubGanglion, Text);
    await collect(listeners[2] as PubSubGanglion, Blob);
    expect(await outcomeOf(three)).toBe("pending");
    const { subscription } = await collect(listeners[2] as PubSubGanglion, Text);
    await three;
    subscription.unsubscribe();
    await collect(listeners[2] as PubSubGanglion, Blob);
    expect([await hasReceivers(publisher, 2), await hasReceivers(publisher, 3)]).toEqual([
      true,
      false,
    ]);
  });

  test("a pattern counts for each of its topics, also for those that nobody has used yet", async () => {
    const publisher = await nodes.publisher();
    const listener = await nodes.listener([publisher]);
    await listener.reactRaw("dev.plexo.*.str.>", () => {}).ready;
    await publisher.ready(Text);
    await publisher.ready("dev.plexo.never.used");
    expect(await outcomeOf(publisher.ready("dev.plex.never.used"))).toBe("pending");
  });

  test("a subscriber that is lost does not count any more", async () => {
    const publisher = await nodes.publisher();
    const listener = await nodes.listener([publisher]);
    await collect(listener, Text);
    await publisher.ready(Text);
    await listener.close();
    await untilNobodyWants(publisher);
    expect(await hasReceivers(publisher, 0)).toBe(true);
  });

  test("of more subscribers than there may be is refused, as it would never come", async () => {
    const publisher = await nodes.publisher({ subscribersMax: 2 });
    expect(await outcomeOf(publisher.ready(Text, { receivers: 2 }))).toBe("pending");
    await expect(publisher.ready(Text, { receivers: 3 })).rejects.toThrow(
      /never has 3 receivers by pubsub:\/\/127\.0\.0\.1:\d+, but 2 at most$/,
    );
    const byDefault = await nodes.publisher();
    await expect(byDefault.ready(Text, { receivers: 1_025 })).rejects.toThrow("but 1024 at most");
  });

  test("waiting for it ends with close", async () => {
    const publisher = await nodes.publisher();
    const waiting = publisher.ready(Text);
    await publisher.close();
    await expect(waiting).rejects.toThrow(ClosedError);
  });
});

describe("a node that only listens", () => {
  test("says so to who sends by it, and counts nothing", async () => {
    const listener = await nodes.listener([await nodes.publisher()]);
    allIncidentsOf(listener);
    await expect(listener.transmit(Text, "")).rejects.toThrow(/only listens; give it an address/);
    await expect(listener.transmit(Text, "")).rejects.toBeInstanceOf(UsageError);
    await expect(listener.ready(Text)).rejects.toBeInstanceOf(UsageError);
    expect(listener.stats()).toMatchObject({ sent: 0, dropped: {} });
  });

  test("is passed over by its plexus, which waits for receivers of the others", async () => {
    const [before, after] = [await nodes.publisher(), await nodes.publisher()];
    const listener = new PubSubGanglion({ peers: [addressOf(before)] });
    const plexus = nodes.keep(new Plexus({ ganglia: [listener, after] }));
    const ready = plexus.ready(Text);
    expect(await outcomeOf(ready)).toBe("pending");
    const { values } = await collect(await nodes.listener([after]), Text);
    await ready;
    await plexus.ready(Text, { receivers: 1 });
    await plexus.transmit(Text, "passed on");
    await after.flush();
    expect([values, plexus.stats().dropped]).toEqual([["passed on"], {}]);
  });

  test("brings its plexus what others have to send", async () => {
    const [before, after] = [await nodes.publisher(), await nodes.publisher()];
    const { values } = await collect(await nodes.listener([after]), Text);
    const listener = await nodes.listener([before]);
    await nodes.keep(new Plexus({ ganglia: [listener, after] })).adapt(Text);
    await before.ready(Text);
    await before.transmit(Text, "passed on");
    await before.flush();
    await after.flush();
    expect(values).toEqual(["passed on"]);
  });

  test("alone in a plexus, however nested, it keeps nobody from being ready", async () => {
    const listener = new PubSubGanglion();
    const inner = new Plexus({ ganglia: [listener] });
    const outer = nodes.keep(new Plexus({ ganglia: [inner] }));
    const texts: string[] = [];
    outer.react(Text, (text) => void texts.push(text));
    await outer.ready(Text);
    await outer.ready(Text, { receivers: 1 });
    await outer.transmit(Text, "here");
    expect([texts, outer.stats().dropped, outer.stats().sent]).toEqual([["here"], {}, 0]);
  });
});

describe("opening and closing", () => {
  test("an address that is in use rejects `opened`, and whatever is sent", async () => {
    const publisher = await nodes.publisher();
    const second = nodes.keep(new PubSubGanglion({ bind: addressOf(publisher) }));
    allIncidentsOf(second);
    await expect(second.opened).rejects.toThrow(/EADDRINUSE/);
    await expect(second.transmit(Text, "")).rejects.toThrow(TransportError);
    await expect(second.ready(Text)).rejects.toThrow(TransportError);
    expect(second.stats()).toMatchObject({ sent: 0, bytesSent: 0, dropped: {} });
  });

  test("it has the port that the system chose in its address and its name", async () => {
    const node = new PubSubGanglion({ bind: anyPort });
    nodes.keep(node);
    expect(node.address).toEqual(anyPort);
    await node.opened;
    expect(node.name).toBe(`pubsub://127.0.0.1:${addressOf(node).port}`);
    expect(nodes.keep(new PubSubGanglion()).address).toBeUndefined();
  });

  test("at a path, it listens to others there and over TCP alike", async () => {
    const folder = new SocketFolder();
    nodes.keep({ close: () => folder.remove() });
    const there = await nodes.publisher({ bind: folder.at("there.sock") });
    const overTcp = await nodes.publisher();
    const node = await nodes.publisher({
      bind: folder.at("a b.sock"),
      peers: [addressOf(there), addressOf(overTcp)],
    });
    expect([node.name, node.address]).toEqual([
      `pubsub+ipc://${folder.path}/a%20b.sock`,
      folder.at("a b.sock"),
    ]);
    await until("it is connected", () => node.peerCount === 2);
    const { values } = await collect(node, Text);
    for (const publisher of [there, overTcp]) {
      await publisher.transmit(Text, publisher.name);
      await publisher.flush();
    }
    expect(values).toEqual([there.name, overTcp.name]);
    expect(() => node.addPeer(folder.at("there.sock"))).toThrow("is a peer already");
    await node.close();
    expect(folder.names).toEqual(["there.sock"]);
  });

  test.each<[string, PubSubOptions]>([
    ["bind", { bind: { host: "", port: 1 } }],
    ["a peer without a port", { peers: [anyPort] }],
    ["no subscriber", { subscribersMax: 0 }],
    ["no subscription", { subscriptionsMax: 0 }],
    ["no byte of subscriptions", { prefixBytesMax: 0 }],
    ["a queue of nothing", { queue: { limit: 0 } }],
    ["an unknown option", { subscribers: 3 } as PubSubOptions],
    ["no byte", { messageBytesMax: 0 }],
  ])("options that are unfit are refused by the constructor: %s", (_, options) => {
    expect(() => new PubSubGanglion(options)).toThrow(UsageError);
  });

  test("after close every call says so", async () => {
    const node = await nodes.publisher();
    await node.close();
    await node.close();
    await expect(node.transmit(Text, "")).rejects.toThrow(ClosedError);
    await expect(node.removePeer(anyPort)).rejects.toThrow(ClosedError);
    expect(() => node.addPeer({ host: "127.0.0.1", port: 1 })).toThrow(ClosedError);
    expect(() => node.react(Text, () => {})).toThrow(ClosedError);
  });

  test("closed while it opens it lets go of its address and of its peers", async () => {
    const wire = nodes.keep(new WireListener());
    const node = new PubSubGanglion({ bind: anyPort, peers: [await wire.listen()] });
    const met = wire.peers.take();
    await node.close();
    await expect(nodes.publisher({ bind: addressOf(node) })).resolves.toBeDefined();
    const { ended } = await Promise.race([met, turn().then(() => ({ ended: undefined }))]);
    await ended;
  });

  test("close while sending: each message is delivered, or counted", async () => {
    const publisher = await nodes.publisher();
    const listener = await nodes.listener([publisher]);
    const { values } = await collect(listener, Text);
    for (let index = 0; index < 5_000; index++) void publisher.transmit(Text, `${index}`);
    const closed = publisher.close();
    await expect(publisher.transmit(Text, "too late")).rejects.toThrow(ClosedError);
    await closed;
    await listener.close();
    expect(values.length + sum(publisher.stats().dropped)).toBe(5_000);
    expect(publisher.stats().sent).toBe(5_000);
  });

  test("it keeps the process alive unless unreferenced, with what comes later too", async () => {
    const [publisher, listener] = [await nodes.publisher(), await nodes.publisher()];
    expect([changeBy(() => publisher.unref()), changeBy(() => listener.unref())]).toEqual([-1, -1]);
    listener.addPeer(addressOf(publisher));
    await until("they are joined", () => listener.peerCount === 1);
    await collect(listener, Text);
    await publisher.ready(Text);
    expect([changeBy(() => publisher.unref()), changeBy(() => listener.unref())]).toEqual([0, 0]);
    expect([changeBy(() => publisher.ref()), changeBy(() => listener.ref())]).toEqual([2, 2]);
  });
});

/** By how much an act changes the number of sockets that keep the process alive. */
function changeBy(act: () => void): number {
  const before = socketCount();
  act();
  return socketCount() - before;
}

/** Sockets that keep the process alive. */
function socketCount(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Pipe)/.test(name)).length;
}

async function hasReceivers(node: PubSubGanglion, receivers: number): Promise<boolean> {
  return (await outcomeOf(node.ready(Text, { receivers }))) === "resolved";
}

async function untilNobodyWants(node: PubSubGanglion): Promise<void> {
  while (await hasReceivers(node, 1)) await turn();
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
