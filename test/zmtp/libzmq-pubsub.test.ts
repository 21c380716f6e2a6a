/** Live against libzmq, as npm's `zeromq` has it: PUB and SUB over TCP, in both roles. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Publisher, type Socket, Subscriber, XPublisher, XSubscriber } from "zeromq";
import type { SendBuffer } from "../../src/io/send-buffer.ts";
import { encodeCancel, encodeSubscribe } from "../../src/protocol/zmtp/subscription.ts";
import { SubscriptionIndex } from "../../src/protocol/zmtp/subscription-index.ts";
import { MessageTopic } from "../../src/protocol/zmtp/topic-message.ts";
import { TopicMessageReader } from "../../src/protocol/zmtp/topic-message-reader.ts";
import type { Accepted } from "./endpoints.ts";
import { bound, connect, Ends, received } from "./ends.ts";
import { Mailbox } from "./mailbox.ts";
import { bytesOf, hexOf } from "./recorder.ts";

const plexo = { version: "1", instanceId: "0123456789abcdef" };
const publisher = { socketType: "PUB", plexo } as const;
const subscriber = { socketType: "SUB", plexo } as const;
const lengths = [0, 1, 255, 256, 65_535, 65_536, 1_000_000];

let ends: Ends;
let index: SubscriptionIndex<Accepted>;

beforeEach(() => {
  ends = new Ends();
  index = new SubscriptionIndex();
});

afterEach(() => ends.close());

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function textOf(hex: string): string {
  return Buffer.from(hex, "hex").toString("latin1");
}

/** Takes the next event of an end; if it is about subscriptions, into the index, and tells it. */
async function nextOf(end: Accepted): Promise<string> {
  const [kind, hex = ""] = (await end.events.take()).split(" ");
  if (kind === "subscribe") index.add(end, bytesOf(hex));
  else if (kind === "cancel") index.remove(end, bytesOf(hex));
  else if (kind === "closed") index.removeAll(end);
  else if (kind === "ready") return `ready ${hex}`;
  return `${kind} ${textOf(hex)}`.trim();
}

function publish(topic: string, payload: Uint8Array): void {
  const messages = new MessageTopic(bytes(topic));
  for (const { output } of index.match(bytes(topic))) {
    // "as": those who have subscribed are ready.
    const buffer = output as SendBuffer;
    const at = buffer.reserve(messages.headByteCount(payload.length));
    messages.writeHead(buffer.chunk, at, payload.length, undefined);
    buffer.append(payload);
  }
}

/** One of libzmq's and an end of ours, in traffic. */
type Meeting = (socket: Socket, own: typeof publisher | typeof subscriber) => Promise<Accepted>;

const weListen: Meeting = async (socket, own) => {
  connect(socket, (await ends.listening(own)).address);
  return ends.next();
};

const weConnect: Meeting = async (socket, own) => {
  ends.connecting(await bound(socket), own);
  return ends.next();
};

const roles = [
  ["we listen, libzmq connects", weListen],
  ["we connect, libzmq listens", weConnect],
] as const;

describe.each(roles)("a publisher of ours and a libzmq SUB: %s", (_, meet) => {
  async function met(): Promise<{ sub: Subscriber; end: Accepted; messages: Mailbox<string[]> }> {
    const sub = ends.keep(new Subscriber({ linger: 0 }));
    const messages = received(sub);
    const end = await meet(sub, publisher);
    expect(await nextOf(end)).toBe("ready SUB");
    // What it subscribes to before it has taken up the connection comes in another order, once each.
    sub.subscribe("~");
    expect(await nextOf(end)).toBe("subscribe ~");
    return { sub, end, messages };
  }

  test("it gets what begins with what it asked for, and nothing else", async () => {
    const { sub, end, messages } = await met();
    sub.subscribe("dev.a");
    expect(await nextOf(end)).toBe("subscribe dev.a");
    for (const topic of ["dev.b.X", "dev.", "dev.a", "Xdev.a", "dev.ab.X"]) {
      publish(topic, bytes(topic));
    }
    expect(await messages.take()).toEqual(["dev.a", "dev.a"]);
    expect(await messages.take()).toEqual(["dev.ab.X", "dev.ab.X"]);
  });

  test("asked for the empty prefix it gets all, each once", async () => {
    const { sub, end, messages } = await met();
    sub.subscribe("dev.a", "");
    expect([await nextOf(end), await nextOf(end)]).toEqual(["subscribe dev.a", "subscribe"]);
    publish("dev.a", bytes("1"));
    publish("else", bytes("2"));
    expect([await messages.take(), await messages.take()]).toEqual([
      ["dev.a", "1"],
      ["else", "2"],
    ]);
  });

  test("what it cancels is not sent any more", async () => {
    const { sub, end, messages } = await met();
    sub.subscribe("a", "b");
    expect([await nextOf(end), await nextOf(end)]).toEqual(["subscribe a", "subscribe b"]);
    sub.unsubscribe("a");
    expect(await nextOf(end)).toBe("cancel a");
    expect([index.match(bytes("a")), index.match(bytes("b"))]).toEqual([[], [end]]);
    publish("a", bytes("1"));
    publish("b", bytes("2"));
    expect(await messages.take()).toEqual(["b", "2"]);
  });

  test("it tells each subscription, but only the last cancel, which has to be enough", async () => {
    const { sub, end, messages } = await met();
    sub.subscribe("a", "a");
    expect([await nextOf(end), await nextOf(end)]).toEqual(["subscribe a", "subscribe a"]);
    publish("a", bytes("once"));
    expect(await messages.take()).toEqual(["a", "once"]);
    sub.unsubscribe("a");
    sub.subscribe("b");
    expect(await nextOf(end)).toBe("subscribe b");
    publish("a", bytes("still wanted"));
    expect(await messages.take()).toEqual(["a", "still wanted"]);
    sub.unsubscribe("a");
    expect(await nextOf(end)).toBe("cancel a");
    expect(index.match(bytes("a"))).toEqual([]);
  });

  test("topics of all lengths come, those that 4.3.4 garbles too", async () => {
    const { sub, end } = await met();
    for (const length of [245, 246, 248, 249, 255, 256, 4_000]) {
      const topic = "Q".repeat(length);
      sub.subscribe(topic);
      expect(await nextOf(end)).toBe(`subscribe ${topic}`);
      sub.unsubscribe(topic);
      expect(await nextOf(end)).toBe(`cancel ${topic}`);
    }
  });

  test("payloads of all lengths arrive whole", async () => {
    const { sub, end, messages } = await met();
    sub.subscribe("");
    await nextOf(end);
    for (const length of lengths) {
      const payload = new Uint8Array(length).map((__, at) => (7 * at + 3) % 256);
      publish("dev.a.X.bytes", payload);
      const [topic, body] = await messages.take();
      expect([topic, body === textOf(hexOf(payload))]).toEqual(["dev.a.X.bytes", true]);
    }
  });

  test("when it is gone it wants nothing", async () => {
    const { sub, end } = await met();
    sub.subscribe("a");
    await nextOf(end);
    sub.close();
    expect(await nextOf(end)).toBe("closed");
    expect(index.match(bytes("a"))).toEqual([]);
  });
});

describe("a publisher of ours and several subscribers of libzmq", () => {
  test("each gets its own", async () => {
    const { address } = await ends.listening(publisher);
    const messages = new Map<string, Mailbox<string[]>>();
    for (const prefix of ["a", "ab", "b"]) {
      const sub = ends.keep(new Subscriber({ linger: 0 }));
      messages.set(prefix, received(sub));
      connect(sub, address);
      sub.subscribe(prefix);
      const end = await ends.next();
      expect([await nextOf(end), await nextOf(end)]).toEqual(["ready SUB", `subscribe ${prefix}`]);
    }
    for (const topic of ["a", "ab", "b"]) publish(topic, bytes("1"));
    expect(await messages.get("a")?.take()).toEqual(["a", "1"]);
    expect(await messages.get("a")?.take()).toEqual(["ab", "1"]);
    expect(await messages.get("ab")?.take()).toEqual(["ab", "1"]);
    expect(await messages.get("b")?.take()).toEqual(["b", "1"]);
  });

  test("one that connects again tells all its subscriptions again", async () => {
    const { address } = await ends.listening(publisher);
    const sub = ends.keep(new Subscriber({ linger: 0, reconnectInterval: 20 }));
    const messages = received(sub);
    sub.subscribe("a", "b");
    connect(sub, address);
    const end = await ends.nextInTraffic();
    expect([await nextOf(end), await nextOf(end)].sort()).toEqual(["subscribe a", "subscribe b"]);
    end.connection.destroy();
    expect(await nextOf(end)).toBe("closed");
    const again = await ends.nextInTraffic();
    expect([await nextOf(again), await nextOf(again)].sort()).toEqual([
      "subscribe a",
      "subscribe b",
    ]);
    publish("b", bytes("back"));
    expect(await messages.take()).toEqual(["b", "back"]);
  });
});

describe.each(roles)("a publisher of ours and a libzmq XSUB: %s", (_, meet) => {
  test("its subscriptions are messages, and its other messages stay frames", async () => {
    const sub = ends.keep(new XSubscriber({ linger: 0 }));
    const messages = received(sub);
    const end = await meet(sub, publisher);
    expect(await nextOf(end)).toBe("ready XSUB");
    await sub.send(bytes("\x01a"));
    expect(await nextOf(end)).toBe("subscribe a");
    publish("b", bytes("not asked for"));
    publish("a", bytes("1"));
    expect(await messages.take()).toEqual(["a", "1"]);
    await sub.send("hello");
    expect(await nextOf(end)).toBe("frame hello");
    await sub.send(["two", "frames"]);
    expect([await end.events.take(), await nextOf(end)]).toEqual([
      `frame ${hexOf(bytes("two"))} more`,
      "frame frames",
    ]);
    await sub.send(bytes("\x00a"));
    expect(await nextOf(end)).toBe("cancel a");
    expect(index.match(bytes("a"))).toEqual([]);
  });
});

/** A SUB of ours: its end, and the messages that it puts together. */
interface OurSubscriber {
  readonly end: Accepted;
  readonly messages: Mailbox<string[]>;
}

describe.each(roles)("a subscriber of ours: %s", (_, meet) => {
  async function met(socket: Socket, type: string): Promise<OurSubscriber> {
    const end = await meet(socket, subscriber);
    const messages = new Mailbox<string[]>();
    const reader = new TopicMessageReader(
      {
        message: (topic, payload) =>
          messages.put([topic.bytes, payload].map((frame) => textOf(hexOf(frame)))),
        malformed: (cause) => messages.put([cause.message]),
      },
      end.connection.peer?.plexo !== undefined,
    );
    end.frame = (body, more) => reader.frame(body, more);
    expect(await end.events.take()).toBe(`ready ${type}`);
    return { end, messages };
  }

  test("an XPUB is told of the first subscription and the one cancel, in either form", async () => {
    const pub = ends.keep(new XPublisher({ linger: 0 }));
    const { end } = await met(pub, "XPUB");
    for (const revision of ["3.1", "3.0"] as const) {
      end.output?.append(encodeSubscribe(bytes("a"), revision));
      end.output?.append(encodeSubscribe(bytes("a"), revision));
      end.output?.append(encodeCancel(bytes("a"), revision));
      expect((await pub.receive()).map(hexOf)).toEqual(["0161"]);
      expect((await pub.receive()).map(hexOf)).toEqual(["0061"]);
    }
  });

  test("an XPUB understands topics of all lengths, as it does what it sends", async () => {
    const pub = ends.keep(new XPublisher({ linger: 0 }));
    const { end, messages } = await met(pub, "XPUB");
    for (const length of [0, 245, 246, 255, 256, 4_000]) {
      const topic = "Q".repeat(length);
      end.output?.append(encodeSubscribe(bytes(topic), "3.1"));
      expect((await pub.receive()).join()).toBe(`\x01${topic}`);
      await pub.send([topic, "1"]);
      expect(await messages.take()).toEqual([topic, "1"]);
      end.output?.append(encodeCancel(bytes(topic), "3.1"));
      expect((await pub.receive()).join()).toBe(`\x00${topic}`);
    }
  });

  test("it gets what begins with what it asked for, of all lengths, and nothing else", async () => {
    const pub = ends.keep(new XPublisher({ linger: 0 }));
    const { end, messages } = await met(pub, "XPUB");
    end.output?.append(encodeSubscribe(bytes("dev.a"), "3.1"));
    await pub.receive();
    for (const length of lengths) {
      await pub.send(["dev.b", "not asked for"]);
      await pub.send(["dev.ab", "x".repeat(length)]);
      const [topic, payload] = await messages.take();
      expect([topic, payload === "x".repeat(length)]).toEqual(["dev.ab", true]);
    }
    expect(messages.left).toEqual([]);
  });

  test("messages of one, or of more than two frames are malformed, and the next is whole", async () => {
    const pub = ends.keep(new XPublisher({ linger: 0 }));
    const { end, messages } = await met(pub, "XPUB");
    end.output?.append(encodeSubscribe(bytes("a"), "3.1"));
    await pub.receive();
    await pub.send("a");
    await pub.send(["a", "1", "2", "3"]);
    await pub.send(["a", "1"]);
    expect(await messages.take()).toEqual(["a message of one frame; it has a topic and a payload"]);
    expect(await messages.take()).toEqual([
      "a message of over two frames; only peers of ours give ids",
    ]);
    expect(await messages.take()).toEqual(["a", "1"]);
  });

  test("a PUB sends it what it asked for, once the PUB knows", async () => {
    const pub = ends.keep(new Publisher({ linger: 0 }));
    const { end, messages } = await met(pub, "PUB");
    end.output?.append(encodeSubscribe(bytes("a"), "3.1"));
    // A PUB does not tell what it knows: until the first arrives, all may be dropped.
    while (messages.left.length === 0) await pub.send(["a", "is it there?"]);
    await pub.send(["b", "not asked for"]);
    await pub.send(["ab", "the last"]);
    let message: string[];
    do {
      message = await messages.take();
    } while (message[1] === "is it there?");
    expect(message).toEqual(["ab", "the last"]);
  });
});
