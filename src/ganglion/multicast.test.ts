import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { incidentsAt, MulticastNodes } from "../../test/support/multicast-nodes.ts";
import { jsonCodec } from "../codec/json.ts";
import { EpgmNode } from "../epgm/node.ts";
import { ClosedError, ConsensusError, TransportError, UsageError } from "../errors.ts";
import { Namespace } from "../namespace.ts";
import { Neuron } from "../neuron.ts";
import { until } from "../testing/until.ts";
import { MulticastGanglion } from "./multicast.ts";
import { openGanglion } from "./open.ts";

const namespace = new Namespace("dev.plexo.test");
const Count = new Neuron("Count", namespace, jsonCodec<number>());

describe("options", () => {
  test.each([
    [{ network: "10.0.0.0/8" }, /"10\.0\.0\.0\/8" is not a multicast network/],
    [{ heartbeatIntervalMs: 5 }, /heartbeatIntervalMs is 5, it must be .* from 10 to 3600000/],
    [{ messageBytesMax: 0 }, /messageBytesMax/],
    [{ segment: "" }, /segment/],
  ])("%j is refused at the call", (options, message) => {
    expect(() => new MulticastGanglion(options)).toThrow(UsageError);
    expect(() => new MulticastGanglion(options)).toThrow(message);
  });

  test("one that does not exist is refused, with the one that was meant", () => {
    const options = { netwrok: "239.255.0.0/16" } as object;
    expect(() => new MulticastGanglion(options)).toThrow(/netwrok.*network/);
  });
});

describe("where it cannot open", () => {
  test.each([
    [
      { interface: "no-such" },
      UsageError,
      /no interface "no-such" with an IPv4 address; there are/,
    ],
    [{ port: 70_000 }, UsageError, /port is 70000; give a whole number from 1 to 65535/],
    [{ groupKey: new Uint8Array(8) }, UsageError, /groupKey has 8 bytes; .* at least 32/],
  ])("%j: all calls that need it say why", async (options, kind, message) => {
    const node = new MulticastNodes().make(options);
    const incidents = incidentsAt(node);
    await expect(node.opened).rejects.toBeInstanceOf(kind);
    await expect(node.opened).rejects.toThrow(message);
    await expect(node.transmit(Count, 1)).rejects.toThrow(message);
    await expect(node.adapt(Count)).rejects.toThrow(message);
    await expect(node.ready(Count)).rejects.toThrow(message);
    await expect(node.react(Count, () => {}).ready).rejects.toThrow(message);
    expect(incidents.map(({ kind: what }) => what)).toEqual(["transmit-failed"]);
  });

  test("and nobody asks, it is an incident", async () => {
    const node = new MulticastNodes().make({ interface: "no-such" });
    const incidents = incidentsAt(node);
    await until("it is told", () => incidents.length > 0);
    expect(incidents[0]).toMatchObject({ kind: "connection-failed", ganglion: node.name });
    expect(incidents[0]?.message).toContain("no-such");
  });

  test("because a program has the port for itself, it says so", async () => {
    const nodes = new MulticastNodes();
    const selfish = createSocket("udp4");
    onTestFinished(() => void selfish.close());
    selfish.bind(nodes.port, "0.0.0.0");
    await once(selfish, "listening");
    const node = nodes.make();
    await expect(node.opened).rejects.toBeInstanceOf(TransportError);
    await expect(node.opened).rejects.toThrow(/another program has this port .* another port/);
  });
});

describe("the network as it is seen", () => {
  test("two nodes hear each other and hold the same addresses; a watcher is told", async () => {
    const nodes = new MulticastNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    let changes = 0;
    const stopWatching = one.watch(() => {
      changes += 1;
    });
    await nodes.meet(one, other);
    await other.adapt(Count);
    await until("both have the address", () => one.assignments.length === 1);
    expect(one.assignments).toEqual(other.assignments);
    expect(one.assignments[0]).toMatchObject({ topic: Count.name, epoch: 0n, legacy: false });
    expect(one.assignments[0]?.address).toMatch(/^239\.255\.\d+\.\d+$/);
    expect(one.peers[0]).toMatchObject({ legacy: false, voter: true, heartbeatIntervalMs: 1_000 });
    expect(changes).toBeGreaterThan(0);
    stopWatching();
    changes = 0;
    await other.close();
    await until("it is known to have gone", () => one.peers.length === 0);
    expect(changes).toBe(0);
  });

  test("50 types at once have an address each", async () => {
    const nodes = new MulticastNodes();
    const [sender, receiver] = [await nodes.open(), await nodes.open()];
    await nodes.meet(sender, receiver);
    const topics = Array.from({ length: 50 }, (_, index) => `${namespace.path}.T${index}.json`);
    const got = new Set<string>();
    const reacting = topics.map((topic) => receiver.reactRaw(topic, () => void got.add(topic)));
    await Promise.all(reacting.map(({ ready }) => ready));
    await Promise.all(topics.map((topic) => sender.transmitRaw(topic, Uint8Array.of(1))));
    await until("each has arrived", () => got.size === topics.length);
    const addresses = sender.assignments.map(({ address }) => address);
    expect(new Set(addresses).size).toBe(topics.length);
  });
});

describe("adapt", () => {
  test("resolves when the type has an address", async () => {
    const node = await new MulticastNodes().open();
    await node.adapt(Count);
    expect(node.assignments.map(({ topic }) => topic)).toEqual([Count.name]);
  });

  test("rejects where none is agreed on in time", async () => {
    const node = new MulticastNodes().make({ sendTimeoutMs: 1 });
    await expect(node.adapt(Count)).rejects.toBeInstanceOf(ConsensusError);
    await expect(node.adapt(Count)).rejects.toThrow(/no address was agreed on for .*Count.* 1 ms/);
  });

  test("ends with its signal, and with the node", async () => {
    const node = new MulticastNodes().make();
    const controller = new AbortController();
    const why = new Error("no longer wanted");
    const aborted = node.adapt(Count, { signal: controller.signal });
    controller.abort(why);
    await expect(aborted).rejects.toBe(why);
    const [closed] = await Promise.allSettled([node.adapt(Count), node.close()]);
    expect(closed).toMatchObject({ reason: expect.any(ClosedError) as unknown });
  });
});

describe("ready", () => {
  test("refuses by its promise, never at the call", async () => {
    const node = new MulticastNodes().make({ ignored: [Count] });
    for (const target of ["a..b", Count, 7 as unknown as string]) {
      await expect(node.ready(target)).rejects.toBeInstanceOf(UsageError);
    }
  });

  test("counts who listens by a pattern too", async () => {
    const nodes = new MulticastNodes();
    const [sender, receiver] = [await nodes.open(), await nodes.open()];
    await receiver.reactRaw("dev.plexo.>", () => {}).ready;
    await sender.ready(Count, { receivers: 1 });
    await receiver.close();
    let isReady = false;
    void sender.ready(Count, { receivers: 1 }).then(
      () => {
        isReady = true;
      },
      () => {},
    );
    await until("it is known to have gone", () => sender.peers.length === 0);
    expect(isReady).toBe(false);
  });
});

describe("close", () => {
  test("what waits for an address goes out first", async () => {
    const nodes = new MulticastNodes();
    const receiver = await nodes.open();
    const got: number[] = [];
    await receiver.react(Count, (count) => void got.push(count)).ready;
    const sender = nodes.make();
    const sent = [1, 2, 3].map((count) => sender.transmit(Count, count));
    await sender.close();
    await Promise.all(sent);
    await until("all have arrived", () => got.length === 3);
    expect(sender.stats()).toMatchObject({ sent: 3, dropped: {} });
  });

  test("with no time to linger what waits for an address is dropped, counted and told", async () => {
    const node = new MulticastNodes().make();
    const incidents = incidentsAt(node);
    await node.transmit(Count, 1);
    await node.close({ lingerMs: 0 });
    expect(node.stats().dropped).toEqual({ closed: 1 });
    expect(incidents).toMatchObject([{ kind: "dropped", reason: "closed", topic: Count.name }]);
  });

  test("a node that nobody listens to waits for nobody", async () => {
    const node = await new MulticastNodes().open({ graceMs: 600_000 });
    await node.react(Count, () => {}).ready;
    await node.transmit(Count, 1);
    await expect(node.close()).resolves.toBeUndefined();
  });
});

test("unref: nothing keeps the process, whatever is opened later; ref: the sockets do", async () => {
  const nodes = new MulticastNodes();
  await until("those of other tests are gone", () => socketCount() === 0);
  const node = nodes.make();
  node.unref();
  await node.opened;
  await node.react(Count, () => {}).ready;
  await node.transmit(Count, 1);
  await node.adapt(new Neuron("Other", namespace, jsonCodec<number>()));
  await until("none is being opened any more", () => node.isDrained && socketCount() === 0);
  node.ref();
  expect(socketCount()).toBeGreaterThan(0);
});

function socketCount(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "UDPWrap").length;
}

describe("what others send", () => {
  test.each([
    [
      "a control message that is none",
      0,
      ["dev.plexo.PlexoHeartbeat.capnp", "x"],
      /PlexoHeartbeat/,
    ],
    [
      "of one frame",
      0,
      ["dev.plexo.PlexoHeartbeat.capnp"],
      /a control message of 1 frames, it has 2/,
    ],
    [
      "of another topic",
      0,
      ["a.B.json", "x"],
      /another topic among those of dev\.plexo\.PlexoHeart/,
    ],
  ])("%s is counted and told", async (_, offset, frames, message) => {
    const nodes = new MulticastNodes();
    const node = await nodes.open();
    const incidents = incidentsAt(node);
    const stranger = await EpgmNode.open({ port: nodes.port, interface: "127.0.0.1", graceMs: 0 });
    onTestFinished(() => stranger.close());
    const channel = await stranger.join(`239.255.0.${offset}`);
    await channel.send(frames.map((frame) => new TextEncoder().encode(frame)));
    await until("it is told", () => incidents.length > 0);
    expect(incidents[0]).toMatchObject({ kind: "dropped", reason: "malformed" });
    expect(incidents[0]?.message).toMatch(message);
    expect(node.stats().dropped).toEqual({ malformed: 1 });
  });

  test("a datagram that is no packet is counted and told", async () => {
    const nodes = new MulticastNodes();
    const node = await nodes.open();
    const incidents = incidentsAt(node);
    const socket = createSocket("udp4");
    onTestFinished(() => void socket.close());
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    socket.setMulticastInterface("127.0.0.1");
    socket.send("no packet", nodes.port, "239.255.0.0");
    await until("it is told", () => incidents.length > 0);
    expect(incidents[0]?.message).toMatch(/a datagram is no packet of EPGM: short/);
    expect(node.stats().dropped).toEqual({ malformed: 1 });
  });
});

describe("a group key", () => {
  const groupKey = new Uint8Array(32).fill(7);

  test("those who have it talk; who has none, or another, hears nothing and is told", async () => {
    const nodes = new MulticastNodes();
    const [sender, receiver] = [await nodes.open({ groupKey }), await nodes.open({ groupKey })];
    const without = await nodes.open();
    const wrong = await nodes.open({ groupKey: new Uint8Array(32).fill(8) });
    const [ofWithout, ofWrong, ofSender] = [without, wrong, sender].map(incidentsAt);
    await nodes.meet(sender, receiver);
    const got: string[] = [];
    for (const [name, node] of Object.entries({ receiver, without, wrong })) {
      await node.react(Count, (count) => void got.push(`${name} ${count}`)).ready;
    }
    await sender.ready(Count, { receivers: 1 });
    await sender.transmit(Count, 1);
    await until("it has arrived", () => got.length > 0);
    await until("all are told", () => [ofWithout, ofWrong, ofSender].every((each) => each?.length));
    expect(got).toEqual(["receiver 1"]);
    expect([sender, without, wrong].map(({ peers }) => peers.length)).toEqual([1, 0, 0]);
    expect(without.stats().dropped.malformed).toBeGreaterThan(0);
    expect(wrong.stats().dropped.malformed).toBeGreaterThan(0);
    expect(ofWithout?.[0]?.message).toMatch(/encrypted with a group key, and this node has none/);
    expect(ofWrong?.some(({ message }) => /not encrypted with this node's/.test(message))).toBe(
      true,
    );
    expect(ofSender?.some(({ message }) => /is not encrypted, though/.test(message))).toBe(true);
  });
});

describe("openGanglion", () => {
  test("takes all from the URL, and the key from its file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plexo-key-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "group.key");
    writeFileSync(file, "07".repeat(32), { mode: 0o600 });
    const nodes = new MulticastNodes();
    const place = `multicast://239.255.0.0/16:${nodes.port}`;
    const url = `${place}?interface=127.0.0.1&key=${file}&segment=cellar`;
    await using sender = await openGanglion(url, { graceMs: 50, lingerMs: 100 });
    const receiver = await nodes.open({ groupKey: new Uint8Array(32).fill(7) });
    expect(sender.segment).toBe("cellar");
    // lo, or as the system calls it.
    expect(sender.name).toContain(`${place}?interface=lo`);
    const got: number[] = [];
    await receiver.react(Count, (count) => void got.push(count)).ready;
    await sender.ready(Count, { receivers: 1 });
    await sender.transmit(Count, 1);
    await until("it has arrived", () => got.length === 1);
    chmodSync(file, 0o644);
    await expect(openGanglion(url)).rejects.toThrow(/others may use the key file/);
  });

  test.each([
    ["multicast://239.0.0.0", {}, /239\.0\.0\.0 is no network with a prefix/],
    ["multicast://10.0.0.0/8", {}, /"10\.0\.0\.0\/8" is not a multicast network/],
    ["multicast://?interface=no-such", {}, /no interface "no-such"/],
    ["multicast://", { bitsPerSecnd: 1 }, /bitsPerSecnd.*bitsPerSecond/],
    ["multicast://", { port: 1 }, /port/],
  ])("%s with %j is refused", async (url, given, message) => {
    // As from JavaScript.
    const options: object = given;
    await expect(openGanglion(url, options)).rejects.toBeInstanceOf(UsageError);
    await expect(openGanglion(url, options)).rejects.toThrow(message);
  });
});
