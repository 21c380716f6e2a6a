import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { unfitBytes, unfitText } from "../../test/support/counting-codec.ts";
import { MemoryGanglion, memoryPair } from "../../test/support/memory-ganglion.ts";
import { namespace, textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, makeGate, microtasks, outcomeOf } from "../../test/support/notebook.ts";
import { ClosedError, CodecError, TransportError, UsageError } from "../errors.ts";
import type { ImpulseId, Label } from "../identity.ts";
import type { Incident } from "../incident.ts";
import { Neuron } from "../neuron.ts";

const text = textNeuron();
const ale = new TextEncoder().encode("ale");

let near: MemoryGanglion;
let far: MemoryGanglion;
let incidents: Incident[];

beforeEach(() => {
  [near, far] = memoryPair("wire");
  incidents = incidentsOf(far);
  incidentsOf(near);
});

afterEach(async () => {
  await Promise.all([near.close(), far.close()]);
});

function labelOf(sequence: number, hops = 0, origin = 1): Label {
  return { originHigh: origin, originLow: 2, sequence, hops };
}

describe("what a transport sends", () => {
  test("is not heard by its own reactants", async () => {
    const got: string[] = [];
    near.react(text, () => void got.push("near"));
    far.react(text, () => void got.push("far"));
    await near.transmit(text, "ale");
    await microtasks();
    expect(got).toEqual(["far"]);
  });

  test("has an id of its own, numbered for each neuron from 0, that has crossed one transport", async () => {
    const other = textNeuron("Other");
    const ids: (ImpulseId | undefined)[] = [];
    for (const neuron of [text, other]) far.react(neuron, (_, { id }) => void ids.push(id));
    for (const neuron of [text, text, other]) await near.transmit(neuron, "ale");
    await microtasks();
    expect(ids.map((id) => [id?.sequence, id?.hops])).toEqual([
      [0, 1],
      [1, 1],
      [0, 1],
    ]);
    expect(new Set(ids.map((id) => id?.origin)).size).toBe(1);
  });

  test("is counted with its payload's bytes, and where it arrives too", async () => {
    far.react(text, () => {});
    await near.transmit(text, "ale");
    await near.transmitRaw(text, new Uint8Array(7));
    await microtasks();
    expect(near.stats()).toMatchObject({ sent: 2, bytesSent: 10, received: 0 });
    expect(far.stats()).toMatchObject({ received: 2, bytesReceived: 10, sent: 0 });
  });

  test("that does not fit its codec is refused, counted and not sent", async () => {
    await expect(near.transmit(text, unfitText)).rejects.toThrow(CodecError);
    expect(near.stats()).toMatchObject({ sent: 0, encodeErrors: 1 });
    expect(near.frames).toEqual([]);
  });

  test("waits while there is no peer, and arrives when it comes", async () => {
    near.cut();
    const got: string[] = [];
    far.react(text, (each) => void got.push(each));
    await near.transmit(text, "ale");
    await microtasks();
    expect(got).toEqual([]);
    expect(near.stats().queueDepth).toBe(1);
    near.join(far);
    await microtasks();
    expect(got).toEqual(["ale"]);
    expect(near.stats().queueDepth).toBe(0);
  });
});

describe("what arrives at a transport", () => {
  test("on a topic that nobody reacts to is counted, known or not", async () => {
    await far.adapt(text);
    await near.transmit(text, "ale");
    await near.transmitRaw("dev.unknown.json", ale);
    await microtasks();
    expect(far.stats()).toMatchObject({ received: 2, bytesReceived: 6, dropped: { unclaimed: 2 } });
    expect(
      incidents.map(({ kind, reason, topic, ganglion }) => [kind, reason, topic, ganglion]),
    ).toEqual([
      ["dropped", "unclaimed", text.name, "wire.1"],
      ["dropped", "unclaimed", "dev.unknown.json", "wire.1"],
    ]);
  });

  test("is decoded once for all its reactants, and not for raw ones", async () => {
    text.codec.decoded = 0;
    far.reactRaw(text, () => {});
    await near.transmit(text, "a");
    await microtasks();
    expect(text.codec.decoded).toBe(0);
    for (let count = 0; count < 3; count++) far.react(text, () => {});
    await near.transmit(text, "b");
    await microtasks();
    expect(text.codec.decoded).toBe(1);
  });

  test("and does not decode costs that message only, and names topic, ganglion and cause", async () => {
    const got: string[] = [];
    far.react(text, (each) => void got.push(each));
    await near.transmitRaw(text, unfitBytes);
    await near.transmit(text, "ale");
    await microtasks();
    expect(got).toEqual(["ale"]);
    expect(far.stats()).toMatchObject({ decodeErrors: 1, dropped: { undecodable: 1 } });
    expect(incidents).toEqual([
      expect.objectContaining({
        kind: "dropped",
        reason: "undecodable",
        topic: text.name,
        ganglion: "wire.1",
        cause: expect.any(CodecError),
      }),
    ]);
  });

  test("again, by its id, is dropped and counted", async () => {
    const got: string[] = [];
    far.react(text, (each) => void got.push(each));
    for (const label of [labelOf(0), labelOf(1), labelOf(0, 3), labelOf(0, 0, 9)]) {
      await far.inject(text.name, ale, label);
    }
    expect(got).toHaveLength(3);
    expect(far.stats().dropped).toEqual({ duplicate: 1 });
  });

  test("again without an id is delivered again: it looks like a sensor that says the same", async () => {
    const got: string[] = [];
    far.react(text, (each) => void got.push(each));
    for (let times = 0; times < 5; times++) await far.inject(text.name, ale);
    expect(got).toHaveLength(5);
    expect(far.stats().dropped).toEqual({});
  });

  test("later than 4,096 others of its origin is delivered, and counted as late", async () => {
    const got: number[] = [];
    far.react(text, (_, { id }) => void got.push(id?.sequence ?? -1));
    for (const sequence of [0, 4_096, 0]) await far.inject(text.name, ale, labelOf(sequence));
    expect(got).toEqual([0, 4_096, 0]);
    expect(far.stats()).toMatchObject({ late: 1, dropped: {} });
  });

  test("and was sent by itself is dropped: somebody has sent it back", async () => {
    const got: string[] = [];
    near.react(text, (each) => void got.push(each));
    far.reactRaw(text, (bytes, { label }) => void near.inject(text.name, bytes, label));
    await near.transmit(text, "ale");
    await microtasks();
    expect(got).toEqual([]);
    expect(near.stats().dropped).toEqual({ duplicate: 1 });
  });

  test("on a topic that no topic may be called does not become one, and is counted", async () => {
    const got: string[] = [];
    far.reactRaw(">", (_, { topic }) => void got.push(topic));
    for (const topic of ["", "a..b", "a b", "a\u0000", "a.*", "dev.Text.text"]) {
      await far.inject(topic, ale);
    }
    expect(got).toEqual(["dev.Text.text"]);
    expect(far.stats().dropped).toEqual({ malformed: 5 });
    expect(Object.keys(far.stats().topics)).toEqual(["dev.Text.text"]);
  });

  test("on more topics than `topicsMax` is counted, and costs no memory", async () => {
    const narrow = new MemoryGanglion("narrow", { topicsMax: 2 });
    incidentsOf(narrow);
    const got: string[] = [];
    narrow.reactRaw("dev.>", (_, { topic }) => void got.push(topic));
    for (const topic of ["dev.a", "dev.b", "dev.c", "dev.a", "dev.d"])
      await narrow.inject(topic, ale);
    expect(got).toEqual(["dev.a", "dev.b", "dev.a"]);
    expect(narrow.stats()).toMatchObject({ received: 5, dropped: { "topic-limit": 2 } });
    // What the application itself names has no such limit.
    narrow.react(text, () => void got.push("typed"));
    await narrow.inject(text.name, ale);
    expect(got.slice(3)).toEqual([text.name, "typed"]);
    await narrow.close();
  });

  test("on a topic that the filters refuse is not delivered, pattern or not", async () => {
    const picky = new MemoryGanglion("picky", { codecs: ["json"] });
    incidentsOf(picky);
    const got: string[] = [];
    picky.reactRaw(">", (_, { topic }) => void got.push(topic));
    await picky.inject("dev.a.text", ale);
    await picky.inject("dev.a.json", ale);
    expect(got).toEqual(["dev.a.json"]);
    expect(picky.stats().dropped).toEqual({ unclaimed: 1 });
    await picky.close();
  });

  test("has no neuron where only a pattern knows the topic, until one is named", async () => {
    const neurons: unknown[] = [];
    far.reactRaw("dev.>", (_, { neuron }) => void neurons.push(neuron));
    await near.transmit(text, "a");
    await microtasks();
    await far.adapt(text);
    await near.transmit(text, "b");
    await microtasks();
    expect(neurons).toEqual([undefined, text]);
  });
});

describe("a reactant that is slower than the wire", () => {
  test("and blocks pauses the wire; nothing is lost", async () => {
    const gate = makeGate();
    const got: string[] = [];
    far.react(
      text,
      async (each) => {
        await gate.opened;
        got.push(each);
      },
      { queue: { limit: 1 } },
    );
    for (const each of ["a", "b", "c", "d"]) await near.transmit(text, each);
    await microtasks();
    expect(near.stats().queueDepth).toBe(1);
    gate.open();
    await microtasks();
    expect(got).toEqual(["a", "b", "c", "d"]);
    expect(far.stats().dropped).toEqual({});
  });

  test("and refuses is no failure of the wire: there is nobody there to tell", async () => {
    const gate = makeGate();
    const queue = { limit: 1, policy: "error" } as const;
    far.react(text, () => gate.opened, { queue });
    for (const each of ["a", "b", "c"]) await near.transmit(text, each);
    await microtasks();
    expect(far.stats().dropped).toEqual({ "queue-full": 1 });
    expect(far.receiveFailures).toEqual([]);
    gate.open();
  });

  test("and is unsubscribed while the wire waits for it is no failure of the wire", async () => {
    const gate = makeGate();
    const subscription = far.react(text, () => gate.opened, { queue: { limit: 1 } });
    for (const each of ["a", "b", "c"]) await near.transmit(text, each);
    await microtasks();
    subscription.unsubscribe();
    await microtasks();
    expect(far.stats().dropped).toEqual({ closed: 2 });
    expect(far.receiveFailures).toEqual([]);
    expect(near.quiet).toBe(true);
    gate.open();
  });
});

describe("the send queue of a transport", () => {
  test("holds back, drops or refuses as its policy says", async () => {
    for (const [policy, dropped] of [
      ["drop-newest", 2],
      ["drop-oldest", 2],
      ["error", 2],
      ["block", 0],
    ] as const) {
      const alone = new MemoryGanglion("alone", { sendQueue: { limit: 2, policy }, lingerMs: 0 });
      incidentsOf(alone);
      const transmits = ["a", "b", "c", "d"].map((each) => alone.transmit(text, each));
      const outcomes = await Promise.all(transmits.map(outcomeOf));
      const last =
        policy === "block"
          ? "pending"
          : policy === "error"
            ? expect.any(TransportError)
            : "resolved";
      expect(outcomes).toEqual(["resolved", "resolved", last, last]);
      expect(alone.stats().dropped["queue-full"] ?? 0).toBe(dropped);
      await alone.close();
      const { sent, dropped: all } = alone.stats();
      expect(Object.values(all).reduce((sum, count) => sum + count, 0)).toBe(sent);
    }
  });

  test("is what `close` sends first, and what is left after the linger time is counted", async () => {
    const got: string[] = [];
    far.react(text, (each) => void got.push(each));
    const transmits = ["a", "b", "c"].map((each) => near.transmit(text, each));
    await near.close();
    await Promise.all(transmits);
    expect(got).toEqual(["a", "b", "c"]);
    const alone = new MemoryGanglion("alone", {
      lingerMs: 5,
      sendQueue: { limit: 1, policy: "block" },
    });
    incidentsOf(alone);
    const [queued, waits] = ["a", "b"].map((each) => alone.transmit(text, each));
    await alone.close();
    await queued;
    await expect(waits).rejects.toThrow(ClosedError);
    expect(alone.stats()).toMatchObject({ sent: 2, dropped: { closed: 2 } });
  });
});

describe("the readiness of a transport", () => {
  test("is when there is a peer, and again when there is one again", async () => {
    await near.ready(text);
    near.cut();
    const ready = near.ready(text);
    expect(await outcomeOf(ready)).toBe("pending");
    near.join(far);
    expect(await outcomeOf(ready)).toBe("resolved");
    expect(await outcomeOf(near.ready(text.name, { receivers: 1 }))).toBe("resolved");
    await expect(near.ready(text, { receivers: 2 })).rejects.toThrow(UsageError);
  });

  test("with a number of receivers is refused where they cannot be known", async () => {
    const blind = new MemoryGanglion("blind", { knowsReceivers: false });
    await expect(blind.ready(text, { receivers: 1 })).rejects.toThrow(UsageError);
    const ready = blind.ready(text);
    expect(await outcomeOf(ready)).toBe("pending");
    const outcome = outcomeOf(ready);
    await blind.close();
    expect(await outcome).toBeInstanceOf(ClosedError);
  });

  test("can be given up by a signal, and leaves no listener on it", async () => {
    near.cut();
    const controller = new AbortController();
    const why = new Error("changed my mind");
    const ready = near.ready(text, { signal: controller.signal });
    controller.abort(why);
    await expect(ready).rejects.toBe(why);
    await expect(near.ready(text, { signal: controller.signal })).rejects.toBe(why);
  });
});

test("a topic of 245 bytes goes over the wire, and a longer one does not come into being", async () => {
  const long = new Neuron("x".repeat(245 - "dev.brewery..text".length), namespace, text.codec);
  expect(long.name).toHaveLength(245);
  const got: string[] = [];
  far.react(long, (each) => void got.push(each));
  await near.transmit(long, "ale");
  await microtasks();
  expect(got).toEqual(["ale"]);
  await expect(near.transmitRaw(`x${long.name}`, ale)).rejects.toThrow(/246 bytes, at most 245/);
});
