/** A pair has one peer: what the pairs at both ends see of it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeGate, outcomeOf } from "../../../test/support/notebook.ts";
import { first, type IncidentLog, incidentsOf } from "../../../test/support/pairs.ts";
import { WirePeer } from "../../../test/zmtp/endpoints.ts";
import { goldenFrame, greeting31, readyPair } from "../../../test/zmtp/recorder.ts";
import { stringCodec } from "../../codec/string.ts";
import { TransportError } from "../../errors.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import { until } from "../../testing/until.ts";
import { PairGanglion, type PairOptions } from "../pair.ts";

const Text = new Neuron("str", new Namespace("dev.plexo.test"), stringCodec);

let opened: { close(): unknown }[];
let bound: PairGanglion;
let incidents: IncidentLog;

beforeEach(async () => {
  opened = [];
  bound = await open({ bind: { host: "127.0.0.1", port: 0 }, lingerMs: 0 });
  incidents = incidentsOf(bound);
});

afterEach(async () => {
  for (const each of opened.reverse()) await each.close();
});

async function open(options: PairOptions): Promise<PairGanglion> {
  const pair = new PairGanglion(options);
  opened.push(pair);
  await pair.opened;
  return pair;
}

/** A pair that connects, and after a refusal at once again, as nobody should outside of a test. */
async function connector(): Promise<PairGanglion> {
  const pair = await open({ connect: bound.address, retryMinMs: 5, retryMaxMs: 10 });
  // Being refused is what it is here for.
  pair.on("incident", () => {});
  return pair;
}

/** The same, served. */
async function peer(): Promise<PairGanglion> {
  const pair = await connector();
  await Promise.all([pair.ready(Text), bound.ready(Text)]);
  return pair;
}

/** A bare socket that has sent greeting and READY, and answers nothing. */
async function mutePeer(): Promise<WirePeer> {
  const wire = await WirePeer.connect(bound.address);
  opened.push({ close: () => wire.socket.destroy() });
  wire.send(greeting31 + readyPair);
  await wire.receive(greeting31.length / 2);
  return wire;
}

describe("flush", () => {
  test("rejects where a peer that is not ours answers no PING, once its time is over", async () => {
    const heartbeat = { intervalMs: 10, timeoutMs: 30 };
    bound = await open({ bind: { host: "127.0.0.1", port: 0 }, heartbeat, lingerMs: 0 });
    await mutePeer();
    await bound.ready(Text);
    await bound.transmit(Text, "read or not");
    const flushing = bound.flush();
    await expect(flushing).rejects.toThrow(TransportError);
    await expect(flushing).rejects.toThrow(/^the peer at .* has not answered a PING for 30 ms/);
  });

  test("resolves when such a peer has answered", async () => {
    const heartbeat = { intervalMs: 10, timeoutMs: 500 };
    bound = await open({ bind: { host: "127.0.0.1", port: 0 }, heartbeat, lingerMs: 0 });
    const wire = await mutePeer();
    await bound.ready(Text);
    const flushing = bound.flush();
    expect(await outcomeOf(flushing)).toBe("pending");
    wire.send("040504504f4e47");
    await flushing;
  });
});

describe("a surplus connector", () => {
  test("is never ready, is told why once, and goes on trying", async () => {
    await peer();
    const surplus = await connector();
    const failures = incidentsOf(surplus);
    const ready = surplus.ready(Text);
    ready.catch(() => {});
    await incidents.next("peer-refused", 5);
    expect([await outcomeOf(ready), surplus.peerCount]).toEqual(["pending", 0]);
    expect(failures.of("connection-failed")).toHaveLength(1);
    expect(String(failures.of("connection-failed")[0]?.cause)).toContain("has_a_peer");
    expect((await incidents.next("peer-refused")).message).toMatch(
      /^a connection from 127\.0\.0\.1:\d+ was refused: this pair has a peer already/,
    );
  });

  test("keeps what it has to send, which arrives when the seat is free", async () => {
    const served = await peer();
    const surplus = await connector();
    for (const text of ["one", "two", "three"]) await surplus.transmit(Text, text);
    await incidents.next("peer-refused", 3);
    expect(surplus.stats()).toMatchObject({ queueDepth: 3, dropped: {} });
    const arrives = first(served, Text);
    await bound.transmit(Text, "still here");
    expect(await arrives).toBe("still here");
    const arrive = texts(bound, 3);
    await served.close();
    expect(await arrive).toEqual(["one", "two", "three"]);
    await surplus.close();
    expect(surplus.stats()).toMatchObject({ sent: 3, dropped: {} });
    expect(bound.stats()).toMatchObject({ sent: 1, received: 3, dropped: {} });
    expect(incidents.of("connection-lost")).toEqual([]);
  });

  test("may be either of two that connect at one time; it is served when the other has left", async () => {
    const arrive = texts(bound, 2);
    const pairs = await Promise.all([connector(), connector()]);
    await Promise.all(pairs.map((pair, index) => pair.transmit(Text, `of ${index}`)));
    await incidents.next("peer-refused", 3);
    const served = pairs.filter((pair) => pair.peerCount === 1);
    expect(served).toHaveLength(1);
    await served[0]?.close();
    expect((await arrive).sort()).toEqual(["of 0", "of 1"]);
    await Promise.all(pairs.map((pair) => pair.close()));
    expect(pairs.map((pair) => pair.stats().dropped)).toEqual([{}, {}]);
  });

  test("takes the seat of a peer from which nothing is heard", async () => {
    const mute = await mutePeer();
    await bound.ready(Text);
    const newcomer = await connector();
    await newcomer.ready(Text);
    expect((await incidents.next("connection-lost")).message).toContain("replaced by a newcomer");
    await mute.ended;
    const arrives = first(newcomer, Text);
    await bound.transmit(Text, "to the newcomer");
    expect(await arrives).toBe("to the newcomer");
    expect(incidents.of("peer-refused")).toEqual([]);
  });

  test("does not take it from one that a slow reactant of its own keeps from reading", async () => {
    const served = await peer();
    const gate = makeGate();
    served.react(Text, () => gate.opened, { queue: { limit: 1 } });
    for (let count = 0; count < 5; count++) await bound.transmit(Text, "slow");
    // One runs, one waits, the third has stopped the connection.
    await until("it reads no more", () => served.stats().received === 3);
    await connector();
    await incidents.next("peer-refused");
    gate.open();
    await bound.flush();
    await served.close();
    expect(served.stats()).toMatchObject({ delivered: 5, dropped: {} });
    expect(bound.stats()).toMatchObject({ sent: 5, dropped: {} });
    expect(incidents.of("connection-lost")).toEqual([]);
  });

  test("does not take it from one that a slow reactant here keeps us from hearing", async () => {
    const gate = makeGate();
    bound.react(Text, () => gate.opened, { queue: { limit: 1 } });
    const mute = await mutePeer();
    mute.send(goldenFrame("zmtp/PAIR/message-to-pyplexo").repeat(5));
    await until("we read no more", () => bound.stats().received === 3);
    await connector();
    await incidents.next("peer-refused", 3);
    expect(incidents.of("connection-lost")).toEqual([]);
    gate.open();
  });
});

test("when the peer leaves, the next one is served", async () => {
  await (await peer()).close();
  const next = await peer();
  const arrives = first(next, Text);
  await bound.transmit(Text, "hello");
  expect(await arrives).toBe("hello");
});

test("a pair that closes while newcomers wait leaves none of them", async () => {
  await mutePeer();
  await bound.ready(Text);
  const newcomers = [await mutePeer(), await mutePeer()];
  await bound.close();
  await Promise.all(newcomers.map((newcomer) => newcomer.ended));
  expect(newcomers.map(({ rest }) => rest)).toEqual(["", ""]);
});

function texts(pair: PairGanglion, count: number): Promise<string[]> {
  const arrived: string[] = [];
  return new Promise((resolve) => {
    pair.react(Text, (text) => {
      arrived.push(text);
      if (arrived.length === count) resolve(arrived);
    });
  });
}
