import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { first, incidentsOf } from "../../test/support/pairs.ts";
import { Relay } from "../../test/support/relay.ts";
import { stringCodec } from "../codec/string.ts";
import { ClosedError, TransportError, UsageError } from "../errors.ts";
import { Namespace } from "../namespace.ts";
import { Neuron } from "../neuron.ts";
import { Plexus } from "../plexus.ts";
import { PairGanglion, type PairOptions } from "./pair.ts";

const loopback = { host: "127.0.0.1", port: 0 };
const Text = new Neuron("str", new Namespace("dev.plexo.test"), stringCodec);
const golden = new Map<string, string>(
  (
    JSON.parse(
      readFileSync(new URL("../../test/golden/wire-frames.json", import.meta.url), "utf8"),
    ) as { entries: { name: string; hex: string }[] }
  ).entries.map((entry) => [entry.name, entry.hex]),
);

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function openPair(options: PairOptions): Promise<PairGanglion> {
  const pair = new PairGanglion(options);
  opened.push(pair);
  await pair.opened;
  return pair;
}

/** A peer that is not ours: a bare socket that has written its greeting and READY. */
class ForeignPeer {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #look = (): void => {};

  constructor(socket: Socket, ready = golden.get("zmtp/PAIR/ready-from-pyplexo")) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#look();
    });
    socket.on("error", () => {});
    socket.write(hex(golden.get("zmtp/PAIR/greeting-from-pyplexo")));
    socket.write(hex(ready));
    opened.push({ close: () => socket.destroy() });
  }

  static async to(pair: PairGanglion): Promise<ForeignPeer> {
    const socket = connect(pair.address);
    await once(socket, "connect");
    return new ForeignPeer(socket);
  }

  /** Resolves with all that has come, once that is at least `byteCount` bytes. */
  received(byteCount: number): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (this.#received.length >= byteCount) resolve(this.#received);
      };
      this.#look();
    });
  }
}

function hex(text: string | undefined): Buffer {
  if (text === undefined) throw new Error("no such golden bytes");
  return Buffer.from(text, "hex");
}

const handshakeBytes = 64; // A greeting; READY follows, longer than a foreign one by X-Plexo.

describe("what goes to peers that are not ours", () => {
  test("the bytes of a message are those of the original", async () => {
    const pair = await openPair({ bind: loopback });
    const peer = await ForeignPeer.to(pair);
    await pair.ready(Text);
    await pair.transmit(Text, "h\u00e9");
    const message = hex(golden.get("zmtp/PAIR/message-from-pyplexo"));
    const readyBytes = (await peer.received(handshakeBytes + 2))[handshakeBytes + 1] ?? 0;
    const messageAt = handshakeBytes + 2 + readyBytes;
    const received = await peer.received(messageAt + message.length);
    expect(received.subarray(messageAt).toString("hex")).toBe(message.toString("hex"));
  });

  test("a message of the original arrives", async () => {
    const pair = await openPair({ bind: loopback });
    const arrives = first(pair, Text);
    const peer = await ForeignPeer.to(pair);
    peer.socket.write(hex(golden.get("zmtp/PAIR/message-to-pyplexo")));
    expect(await arrives).toBe("from-raw-tcp");
  });

  test("no heartbeat is sent to a peer that did not show that it is ours", async () => {
    const pair = await openPair({ bind: loopback, heartbeat: { intervalMs: 5, timeoutMs: 50 } });
    const peer = await ForeignPeer.to(pair);
    await pair.ready(Text);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const received = await peer.received(handshakeBytes + 2);
    expect(received.length).toBe(handshakeBytes + 2 + (received[handshakeBytes + 1] ?? 0));
  });

  test("bytes that are no envelope are counted as malformed, and the next message arrives", async () => {
    const pair = await openPair({ bind: loopback });
    const incidents = incidentsOf(pair);
    const arrives = first(pair, Text);
    const peer = await ForeignPeer.to(pair);
    peer.socket.write(hex("0003010203"));
    peer.socket.write(hex("010161" + "000162"));
    peer.socket.write(hex(golden.get("zmtp/PAIR/message-to-pyplexo")));
    expect(await arrives).toBe("from-raw-tcp");
    expect(pair.stats().dropped.malformed).toBe(2);
    expect((await incidents.next("dropped")).reason).toBe("malformed");
  });
});

describe("what has become of messages", () => {
  test("a peer of ours that closes has confirmed all: nothing is unconfirmed", async () => {
    const pair = await openPair({ bind: loopback });
    const peer = await openPair({ connect: pair.address });
    let count = 0;
    pair.react(Text, () => {
      count += 1;
    });
    for (let index = 0; index < 5_000; index++) await peer.transmit(Text, `${index}`);
    await peer.close();
    expect(count).toBe(5_000);
    expect(peer.stats().dropped).toEqual({});
    expect(pair.stats()).toMatchObject({ received: 5_000, dropped: {} });
  });

  test("what a peer of ours did not confirm before the connection broke is counted", async () => {
    const pair = await openPair({ bind: loopback });
    const relay = await Relay.open();
    opened.push(relay);
    relay.target = pair.address;
    const peer = await openPair({ connect: relay.address });
    await peer.ready(Text);
    const incidents = incidentsOf(peer);
    relay.stall();
    for (let index = 0; index < 7; index++) await peer.transmit(Text, `${index}`);
    relay.cut();
    expect(await incidents.next("dropped")).toMatchObject({ reason: "unconfirmed", count: 7 });
    expect(peer.stats().dropped).toEqual({ unconfirmed: 7 });
  });

  test("a pair that closes does not confirm what it no longer takes", async () => {
    const pair = await openPair({ bind: loopback });
    const peer = await openPair({ connect: pair.address });
    let count = 0;
    pair.react(Text, () => {
      count += 1;
    });
    await peer.ready(Text);
    await peer.transmit(Text, "before");
    await peer.flush();
    const closed = pair.close();
    for (let index = 0; index < 100; index++) void peer.transmit(Text, "too late");
    await Promise.all([closed, peer.close()]);
    const lost = Object.values(peer.stats().dropped).reduce((sum, each) => sum + each, 0);
    expect(peer.stats().sent).toBe(count + lost);
  });

  test("what a peer that is not ours never read, and we never wrote, is counted", async () => {
    const pair = await openPair({ bind: loopback, lingerMs: 50 });
    const mute = await ForeignPeer.to(pair);
    await pair.ready(Text);
    mute.socket.pause();
    const text = "x".repeat(100_000);
    for (let index = 0; index < 60; index++) await pair.transmit(Text, text);
    await pair.close();
    const { closed = 0, unconfirmed = 0 } = pair.stats().dropped;
    expect(unconfirmed).toBeGreaterThan(0);
    expect(closed + unconfirmed).toBeLessThan(60);
  });

  test("a topic that is not UTF-8 costs that message only", async () => {
    const pair = await openPair({ bind: loopback });
    const arrives = first(pair, Text);
    const peer = await ForeignPeer.to(pair);
    const good = hex(golden.get("zmtp/PAIR/message-to-pyplexo"));
    const bad = Buffer.from(good);
    bad[bad.indexOf("dev.plexo")] = 0xff;
    peer.socket.write(bad);
    peer.socket.write(good);
    expect(await arrives).toBe("from-raw-tcp");
    expect(pair.stats().dropped).toEqual({ malformed: 1 });
  });

  test("messages wait for a peer, and go to it in order", async () => {
    const pair = await openPair({ bind: loopback });
    for (let index = 0; index < 10; index++) await pair.transmit(Text, `${index}`);
    expect(pair.stats().queueDepth).toBe(10);
    const peer = await openPair({ connect: pair.address });
    const texts: string[] = [];
    await new Promise<void>((resolve) => {
      peer.react(Text, (text) => {
        texts.push(text);
        if (texts.length === 10) resolve();
      });
    });
    expect(texts).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });

  test("block: a full queue makes the sender wait at most the time it gives", async () => {
    const pair = await openPair({ bind: loopback, queue: { limit: 1 }, lingerMs: 0 });
    await pair.transmit(Text, "has a place");
    await expect(pair.transmit(Text, "waits", { timeoutMs: 5 })).rejects.toThrow(TransportError);
    expect(pair.stats().dropped).toEqual({ "timed-out": 1 });
  });

  test("a slow reactant pauses the connection for all types, and nothing is lost", async () => {
    const pair = await openPair({ bind: loopback });
    const Other = new Neuron("Other", new Namespace("dev.plexo.test"), stringCodec);
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let slow = 0;
    pair.react(
      Text,
      async () => {
        slow += 1;
        await gate;
      },
      { queue: { limit: 2 } },
    );
    const other = first(pair, Other);
    const peer = await openPair({ connect: pair.address });
    // One runs, two wait in the queue, the fourth stops the connection.
    for (let index = 0; index < 4; index++) await peer.transmit(Text, "slow");
    await peer.transmit(Other, "behind");
    let arrived = false;
    void other.then(() => {
      arrived = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([slow, arrived]).toEqual([1, false]);
    open();
    expect(await other).toBe("behind");
    await peer.close();
    expect(slow).toBe(4);
  });
});

describe("two links between two plexuses", () => {
  test("are one segment by themselves: each message goes over one, and arrives once", async () => {
    const far = [await openPair({ bind: loopback }), await openPair({ bind: loopback })];
    const left = new Plexus({ ganglia: far });
    const near = far.map(({ address }) => new PairGanglion({ connect: address }));
    const right = new Plexus({ ganglia: near });
    opened.push(left, right);
    await left.adapt(Text);
    let count = 0;
    right.react(Text, () => {
      count += 1;
    });
    await Promise.all([left.ready(Text, { receivers: 2 }), right.ready(Text, { receivers: 2 })]);
    expect(new Set(far.map(({ segment }) => segment)).size).toBe(1);
    for (let index = 0; index < 100; index++) await left.transmit(Text, `${index}`);
    await Promise.all(far.map((pair) => pair.flush()));
    expect(count).toBe(100);
    expect(left.stats()).toMatchObject({ sent: 100, dropped: {} });
    expect(right.stats()).toMatchObject({ received: 100, dropped: {} });
  });

  test("when one breaks, the other one carries on", async () => {
    const far = [await openPair({ bind: loopback }), await openPair({ bind: loopback })];
    const left = new Plexus({ ganglia: far });
    const near = far.map(({ address }) => new PairGanglion({ connect: address }));
    const right = new Plexus({ ganglia: near });
    opened.push(left, right);
    await Promise.all([left.ready(Text, { receivers: 2 }), right.ready(Text, { receivers: 2 })]);
    await near[0]?.close();
    const arrives = new Promise<string>((resolve) => {
      right.react(Text, resolve);
    });
    await left.ready(Text, { receivers: 1 });
    await left.transmit(Text, "by the other");
    expect(await arrives).toBe("by the other");
  });
});

describe("opening and closing", () => {
  test("a port that is taken rejects `opened` with an error that names it", async () => {
    const pair = await openPair({ bind: loopback });
    const second = new PairGanglion({ bind: pair.address });
    await expect(second.opened).rejects.toThrow(/EADDRINUSE/);
    await second.close();
  });

  test("a pair that cannot be opened is an incident where nobody awaits it, and nobody waits for it", async () => {
    const pair = await openPair({ bind: loopback });
    const second = new PairGanglion({ bind: pair.address });
    const incidents = incidentsOf(second);
    const { message, cause } = await incidents.next("connection-failed");
    expect(message).toMatch(
      /^the ganglion cannot be opened: cannot take connections at .*\(EADDRINUSE\)$/,
    );
    expect(cause).toBeInstanceOf(TransportError);
    await expect(second.ready(Text)).rejects.toThrow(TransportError);
    await expect(second.transmit(Text, "")).rejects.toThrow(TransportError);
    await second.close();
  });

  test("options that are unfit are refused by the constructor", () => {
    const somewhere = { connect: { host: "127.0.0.1", port: 1 } };
    for (const options of [
      { connect: { host: "", port: -1 } },
      { ...somewhere, messageBytesMax: Number.NaN },
      { ...somewhere, retryMinMs: -5 },
      { bind: loopback, retryMinMs: -5 },
      { ...somewhere, segment: "" },
      { ...somewhere, sendHighWaterBytes: 0 },
    ]) {
      expect(() => new PairGanglion(options)).toThrow(UsageError);
    }
  });

  test("a message beyond messageBytesMax is refused to its sender", async () => {
    const pair = await openPair({ bind: loopback, messageBytesMax: 1_000 });
    await expect(pair.transmit(Text, "x".repeat(1_000))).rejects.toThrow(UsageError);
  });

  test("a payload that is sent from where it is arrives whole", async () => {
    const pair = await openPair({ bind: loopback });
    const peer = await openPair({ connect: pair.address });
    const text = "0123456789".repeat(100_001);
    const arrives = first(peer, Text);
    await pair.transmit(Text, text);
    expect((await arrives) === text).toBe(true);
  });

  test("the name of a bound pair has the port that the system chose", async () => {
    const pair = await openPair({ bind: loopback });
    expect(pair.name).toBe(`pair://127.0.0.1:${pair.address.port}?bind`);
  });

  test("it needs one address: to bind, or to connect to", () => {
    // @ts-expect-error -- neither of the two
    expect(() => new PairGanglion({})).toThrow(UsageError);
    // @ts-expect-error -- both
    expect(() => new PairGanglion({ bind: loopback, connect: loopback })).toThrow(UsageError);
  });

  test("after close every call says so", async () => {
    const pair = await openPair({ bind: loopback });
    await pair.close();
    await expect(pair.transmit(Text, "")).rejects.toThrow(ClosedError);
    expect(() => pair.react(Text, () => {})).toThrow(ClosedError);
  });
});
