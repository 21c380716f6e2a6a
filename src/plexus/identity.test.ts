import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type MemoryGanglion,
  type MemoryOptions,
  memoryPair,
} from "../../test/support/memory-ganglion.ts";
import { textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, microtasks } from "../../test/support/notebook.ts";
import { InprocGanglion } from "../ganglion/inproc.ts";
import { hopsMax, type ImpulseId, type Label } from "../identity.ts";
import type { Incident } from "../incident.ts";
import { Plexus } from "../plexus.ts";

const text = textNeuron();
const ale = new TextEncoder().encode("ale");

let log: string[];
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  log = [];
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

interface Node {
  readonly plexus: Plexus;
  readonly incidents: Incident[];
}

/** A plexus that reacts to the neuron, by its name in the log. */
function node(name: string): Node {
  const plexus = new Plexus({ name, lingerMs: 5 });
  const incidents = incidentsOf(plexus);
  plexus.react(text, (each) => void log.push(`${name} ${each}`));
  opened.push(plexus);
  return { plexus, incidents };
}

/** Lays a wire between two plexuses. */
function connect(
  left: Node,
  right: Node,
  options?: MemoryOptions,
): readonly [MemoryGanglion, MemoryGanglion] {
  const ends = memoryPair(`${left.plexus.name}-${right.plexus.name}`, { lingerMs: 5, ...options });
  left.plexus.infuse(ends[0]);
  right.plexus.infuse(ends[1]);
  return ends;
}

/** A wire whose other end is in the hands of the test. */
function wire(
  at: Node,
  name: string,
  options?: MemoryOptions,
): { near: MemoryGanglion; far: MemoryGanglion } {
  const [near, far] = memoryPair(name, { lingerMs: 5, ...options });
  incidentsOf(far);
  at.plexus.infuse(near);
  opened.push(far);
  return { near, far };
}

function labelOf(sequence: number, hops = 0): Label {
  return { originHigh: 1, originLow: 2, sequence, hops };
}

function sorted(): string[] {
  return [...log].sort();
}

describe("copies that come by two ways", () => {
  test("are delivered once and forwarded once; the repeat is counted", async () => {
    const middle = node("middle");
    const [a, b, c] = [wire(middle, "a"), wire(middle, "b"), wire(middle, "c")];
    c.far.react(textNeuron(), (each) => void log.push(`c ${each}`));
    await a.near.inject(text.name, ale, labelOf(7));
    await b.near.inject(text.name, ale, labelOf(7, 3));
    await microtasks();
    expect(sorted()).toEqual(["c ale", "middle ale"]);
    expect(middle.plexus.stats().dropped).toEqual({ duplicate: 1 });
    expect(middle.incidents).toEqual([
      expect.objectContaining({ kind: "dropped", reason: "duplicate", topic: text.name }),
    ]);
  });

  test("are told apart by the neuron: the same number of another one is no repeat", async () => {
    const middle = node("middle");
    const other = textNeuron("Other");
    middle.plexus.react(other, (each) => void log.push(`other ${each}`));
    const a = wire(middle, "a");
    await a.near.inject(text.name, ale, labelOf(7));
    await a.near.inject(other.name, ale, labelOf(7));
    expect(sorted()).toEqual(["middle ale", "other ale"]);
  });

  test("of what a plexus sent itself are dropped when they come back", async () => {
    const middle = node("middle");
    const [a, b] = [wire(middle, "a"), wire(middle, "b")];
    // Somebody beyond joins the two networks.
    a.far.reactRaw(text, (bytes, { label }) => void b.near.inject(text.name, bytes, label));
    await middle.plexus.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["middle ale"]);
    expect(middle.plexus.stats().dropped).toMatchObject({ duplicate: 1 });
    // b's own copy, and none that came from a.
    expect(b.near.frames).toHaveLength(1);
  });

  test.each([2, 3, 5])("in a ring of %d plexuses reach each once, and die", async (count) => {
    const nodes = Array.from({ length: count }, (_, index) => node(`${index}`));
    const ends = nodes.flatMap((each, index) =>
      connect(each, nodes[(index + 1) % count] as Node, { framesMax: 1_000 }),
    );
    for (const [index, { plexus }] of nodes.entries()) await plexus.transmit(text, `from ${index}`);
    await microtasks();
    const everyone = nodes.flatMap((_, to) => nodes.map((__, from) => `${to} from ${from}`));
    expect(sorted()).toEqual(everyone.sort());
    const frames = ends.reduce((sum, end) => sum + end.frames.length, 0);
    // Each message crosses each wire twice at most.
    expect(frames).toBeLessThanOrEqual(2 * count * count);
  });

  test("in a full mesh reach each once, and die", async () => {
    const nodes = ["a", "b", "c", "d"].map(node);
    for (const [index, left] of nodes.entries()) {
      for (const right of nodes.slice(index + 1)) connect(left, right, { framesMax: 1_000 });
    }
    for (const { plexus } of nodes) await plexus.transmit(text, plexus.name);
    await microtasks();
    expect(sorted()).toEqual(
      nodes.flatMap((to) => nodes.map((from) => `${to.plexus.name} ${from.plexus.name}`)).sort(),
    );
  });
});

describe("what an id says of a message's way", () => {
  test("its hops count the wires it has crossed", async () => {
    const nodes = ["a", "b", "c"].map((name) => {
      const plexus = new Plexus({ name, lingerMs: 5 });
      opened.push(plexus);
      return { plexus, incidents: incidentsOf(plexus) };
    });
    const [a, b, c] = nodes as [Node, Node, Node];
    connect(a, b);
    connect(b, c);
    const ids: (ImpulseId | undefined)[] = [];
    for (const { plexus } of [b, c]) plexus.react(text, (_, { id }) => void ids.push(id));
    await a.plexus.transmit(text, "ale");
    await microtasks();
    expect(ids.map((id) => id?.hops)).toEqual([1, 2]);
    expect(ids[0]?.origin).toBe(ids[1]?.origin);
    expect(ids.map((id) => id?.sequence)).toEqual([0, 0]);
  });

  test("16 hops end forwarding, not delivery; that is counted", async () => {
    expect(hopsMax).toBe(16);
    const middle = node("middle");
    const [a, b] = [wire(middle, "a"), wire(middle, "b")];
    // An arrival counts as one hop more.
    await a.near.inject(text.name, ale, labelOf(0, 14));
    await a.near.inject(text.name, ale, labelOf(1, 15));
    await a.near.inject(text.name, ale, labelOf(2, 200));
    await microtasks();
    expect(log).toHaveLength(3);
    expect(b.near.frames).toHaveLength(1);
    expect(middle.plexus.stats().dropped).toEqual({ "hop-limit": 2 });
  });

  test("older than the window: delivered and counted as late, not forwarded", async () => {
    const middle = node("middle");
    const [a, b] = [wire(middle, "a"), wire(middle, "b")];
    for (const sequence of [0, 4_096, 0]) {
      await a.near.inject(text.name, ale, labelOf(sequence));
    }
    await microtasks();
    expect(log).toHaveLength(3);
    expect(b.near.frames).toHaveLength(2);
    expect(middle.plexus.stats()).toMatchObject({ late: 1, dropped: { late: 1 } });
  });

  test("nothing is counted as not forwarded where there is nowhere to forward to", async () => {
    const end = node("end");
    const a = wire(end, "a");
    for (const label of [labelOf(4_096), labelOf(0), labelOf(4_097, 15)]) {
      await a.near.inject(text.name, ale, label);
    }
    expect(log).toHaveLength(3);
    expect(end.plexus.stats()).toMatchObject({ late: 1, dropped: {} });
  });

  test("what may travel no further still reaches reactants of in-process ganglia", async () => {
    const middle = node("middle");
    const inproc = new InprocGanglion();
    middle.plexus.infuse(inproc);
    inproc.react(text, (each) => void log.push(`inproc ${each}`));
    const a = wire(middle, "a");
    await a.near.inject(text.name, ale, labelOf(0, 15));
    expect(sorted()).toEqual(["inproc ale", "middle ale"]);
    expect(middle.plexus.stats().dropped).toEqual({});
  });
});

describe("messages without ids", () => {
  test("are never taken for repeats, however alike", async () => {
    const middle = node("middle");
    const a = wire(middle, "a", { carriesIds: false });
    const b = wire(middle, "b");
    b.far.react(textNeuron(), (each) => void log.push(`b ${each}`));
    for (let times = 0; times < 100; times++) await a.far.transmit(text, "20.0");
    await microtasks();
    expect(log.filter((line) => line === "middle 20.0")).toHaveLength(100);
    expect(log.filter((line) => line === "b 20.0")).toHaveLength(100);
    expect(middle.incidents).toEqual([]);
  });

  test("get one of ours when they are forwarded to where ids are known", async () => {
    const middle = node("middle");
    const a = wire(middle, "a", { carriesIds: false });
    const b = wire(middle, "b");
    const ids: (ImpulseId | undefined)[] = [];
    b.far.react(textNeuron(), (_, { id }) => void ids.push(id));
    for (const each of ["1", "2"]) await a.far.transmit(text, each);
    await microtasks();
    expect(ids.map((id) => [id?.sequence, id?.hops])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(ids[0]?.origin).toBe(ids[1]?.origin);
  });

  test("that go round between two networks are damped: an incident names both, delivery goes on", async () => {
    const [left, right] = [node("left"), node("right")];
    const options = { carriesIds: false, framesMax: 2_000 };
    const ends = [...connect(left, right, options), ...connect(left, right, options)];
    await left.plexus.transmit(text, "ale");
    await microtasks();
    for (const end of ends) expect(end.frames.length).toBeLessThan(200);
    const paused = [...left.incidents, ...right.incidents].filter(
      ({ kind }) => kind === "forwarding-paused",
    );
    expect(paused.length).toBeGreaterThan(0);
    expect(paused[0]).toMatchObject({ topic: text.name });
    const stopped = [left, right].map(({ plexus }) => plexus.stats().dropped.loop ?? 0);
    expect(Math.max(...stopped)).toBeGreaterThan(0);
    log.length = 0;
    await right.plexus.transmit(text, "stout");
    await microtasks();
    expect(log).toContain("left stout");
  });

  test("that go round in great number are damped, too", async () => {
    const [left, right] = [node("left"), node("right")];
    const options = {
      carriesIds: false,
      framesMax: 100_000,
      sendQueue: { limit: 10_000, policy: "drop-newest" },
    } as const;
    const ends = [...connect(left, right, options), ...connect(left, right, options)];
    const count = 5_000;
    for (let index = 0; index < count; index++) void left.plexus.transmit(text, `${index}`);
    await microtasks();
    // Each was sent by both ways once, and a part of them was forwarded once or twice.
    const frames = ends.reduce((sum, end) => sum + end.frames.length, 0);
    expect(frames).toBeLessThan(10 * count);
    const incidents = [...left.incidents, ...right.incidents];
    expect(incidents.map(({ kind }) => kind)).toContain("forwarding-paused");
  });

  test("that come by one of two ways only are forwarded, and told of when they are too many", async () => {
    const middle = node("middle");
    const options = { carriesIds: false, framesMax: 3_000 };
    const [a, b] = [wire(middle, "a", options), wire(middle, "b", options)];
    // Somebody beyond takes what comes out at b in at a, and nothing the other way round.
    b.far.reactRaw(text, (bytes) => void a.far.transmitRaw(text, bytes));
    await a.far.transmit(text, "ale");
    await microtasks();
    expect(b.near.frames).toHaveLength(3_000);
    expect(middle.incidents).toEqual([
      expect.objectContaining({ kind: "loop-suspected", topic: text.name, ganglion: "middle" }),
    ]);
    expect(middle.incidents[0]?.message).toContain("come from a.0 ");
  });

  test("forwarding begins again after the pause", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const [left, right] = [node("left"), node("right")];
    const options = { carriesIds: false, framesMax: 2_000 };
    const first = connect(left, right, options);
    connect(left, right, options);
    await left.plexus.transmit(text, "ale");
    await microtasks();
    const before = first[0].frames.length;
    await microtasks();
    expect(first[0].frames.length).toBe(before);
    // The two directions may each have made it longer.
    vi.advanceTimersByTime(10_000);
    await first[1].inject(text.name, ale);
    await microtasks();
    vi.useRealTimers();
    // It went round again until it was paused again.
    expect(first[0].frames.length).toBeGreaterThan(before + 10);
  });
});

describe("an echo guard", () => {
  test("drops one equal arrival for each copy that was sent, and counts it", async () => {
    const here = node("here");
    const { near, far } = wire(here, "a", { carriesIds: false, echoGuardMs: 60_000 });
    far.reactRaw(text, (bytes) => void far.transmitRaw(text, bytes));
    await here.plexus.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["here ale"]);
    expect(here.plexus.stats().dropped).toEqual({ echo: 1 });
    await near.inject(text.name, ale);
    expect(log).toEqual(["here ale", "here ale"]);
    expect(here.incidents).toEqual([
      expect.objectContaining({ kind: "dropped", reason: "echo", topic: text.name }),
    ]);
  });

  test("of one ganglion knows its copies by whatever ganglion of the segment they come back", async () => {
    const here = node("here");
    const options = { carriesIds: false, segment: "lan" };
    const first = wire(here, "first", options);
    const second = wire(here, "second", { ...options, echoGuardMs: 60_000 });
    for (const { near } of [first, second]) await near.inject(text.name, ale);
    first.far.cut();
    await here.plexus.transmit(text, "ale");
    expect(second.near.frames).toHaveLength(1);
    for (const { near } of [first, second]) await near.inject(text.name, ale);
    expect(log).toEqual(Array.from({ length: 4 }, () => "here ale"));
    expect(here.plexus.stats().dropped).toEqual({ echo: 1 });
  });

  test("without it nothing is held back", async () => {
    const here = node("here");
    const { far } = wire(here, "a", { carriesIds: false });
    far.reactRaw(text, (bytes) => void far.transmitRaw(text, bytes));
    await here.plexus.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["here ale", "here ale"]);
  });
});

describe("ganglia of one segment", () => {
  test("a message goes in by the first of them that is ready only", async () => {
    const here = node("here");
    const [first, second] = [
      wire(here, "first", { segment: "lan" }),
      wire(here, "second", { segment: "lan" }),
    ];
    const elsewhere = wire(here, "elsewhere");
    await here.plexus.transmit(text, "1");
    first.far.cut();
    await here.plexus.transmit(text, "2");
    second.far.cut();
    await here.plexus.transmit(text, "3");
    first.near.join(first.far);
    await microtasks();
    expect(second.near.frames).toHaveLength(1);
    expect(first.near.frames).toHaveLength(2);
    expect(elsewhere.near.frames).toHaveLength(3);
  });

  test("what arrives by one is not sent to another, and is sent elsewhere", async () => {
    const here = node("here");
    const [first, second] = [
      wire(here, "first", { segment: "lan", carriesIds: false }),
      wire(here, "second", { segment: "lan", carriesIds: false }),
    ];
    const elsewhere = wire(here, "elsewhere", { segment: "wan" });
    await first.far.transmit(text, "1");
    await second.far.transmit(text, "2");
    await microtasks();
    // It is taken from all of them.
    expect(log).toEqual(["here 1", "here 2"]);
    expect(first.near.frames).toEqual([]);
    expect(second.near.frames).toEqual([]);
    expect(elsewhere.near.frames).toHaveLength(2);
  });

  test("two bridges between the same two networks make no loop", async () => {
    const [left, right] = [node("left"), node("right")];
    const options = { carriesIds: false, framesMax: 1_000 };
    const ends = [
      ...connect(left, right, { ...options, segment: "lan" }),
      ...connect(left, right, { ...options, segment: "lan" }),
    ];
    await left.plexus.transmit(text, "ale");
    await microtasks();
    expect(sorted()).toEqual(["left ale", "right ale"]);
    expect(ends.reduce((sum, end) => sum + end.frames.length, 0)).toBe(1);
  });
});
