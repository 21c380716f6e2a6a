import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { unfitBytes } from "../../test/support/counting-codec.ts";
import {
  type MemoryGanglion,
  type MemoryOptions,
  memoryPair,
} from "../../test/support/memory-ganglion.ts";
import { textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, makeGate, microtasks } from "../../test/support/notebook.ts";
import type { Incident } from "../incident.ts";
import type { Neuron } from "../neuron.ts";
import { Plexus } from "../plexus.ts";

const text = textNeuron();
const ale = new TextEncoder().encode("ale");

let plexus: Plexus;
let incidents: Incident[];
let log: string[];
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  plexus = new Plexus();
  incidents = incidentsOf(plexus);
  log = [];
  text.codec.encoded = 0;
  text.codec.decoded = 0;
  opened.push(plexus);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

/** One end of a wire in the plexus; the other end, in another process as it were, is given back. */
function wire(
  name: string,
  options?: MemoryOptions,
): { near: MemoryGanglion; far: MemoryGanglion } {
  const [near, far] = memoryPair(name, { lingerMs: 5, ...options });
  incidentsOf(far);
  plexus.infuse(near);
  opened.push(far);
  return { near, far };
}

function logTo(name: string): (value: string) => void {
  return (value) => void log.push(`${name} ${value}`);
}

function hear(ganglion: MemoryGanglion, name: string, neuron: Neuron<string> = textNeuron()): void {
  ganglion.react(neuron, logTo(name));
}

describe("a bridge of two external ganglia", () => {
  test("carries what is adapted from each to the other, as it came and undecoded", async () => {
    const [a, b] = [wire("a"), wire("b")];
    await plexus.adapt(text);
    for (const [end, name] of [
      [a.far, "a"],
      [b.far, "b"],
    ] as const) {
      end.reactRaw(text, (bytes) => void log.push(`${name} ${bytes.join()}`));
    }
    await a.far.transmitRaw(text, ale);
    await b.far.transmitRaw(text, unfitBytes);
    await microtasks();
    expect(log).toEqual([`b ${ale.join()}`, `a ${unfitBytes.join()}`]);
    expect(text.codec).toMatchObject({ encoded: 0, decoded: 0 });
    expect(incidents).toEqual([]);
  });

  test("carries what a reactant here reacts to, and what was transmitted here once", async () => {
    const [a, b] = [wire("a"), wire("b")];
    const other = textNeuron("Other");
    plexus.react(text, () => {});
    await plexus.transmit(other, "mine");
    hear(b.far, "b");
    hear(b.far, "b other", other);
    await microtasks();
    log.length = 0;
    await a.far.transmit(text, "ale");
    await a.far.transmit(other, "theirs");
    await microtasks();
    expect(log).toEqual(["b ale", "b other theirs"]);
  });

  test("carries the topics of an adapted pattern, and no others", async () => {
    const [a, b] = [wire("a"), wire("b")];
    await plexus.adapt("dev.*.Beer.>");
    b.far.reactRaw(">", (_, { topic }) => void log.push(topic));
    for (const topic of ["dev.x.Beer.json", "dev.x.Wine.json", "dev.y.Beer.text"]) {
      await a.far.transmitRaw(topic, ale);
    }
    await microtasks();
    expect(log).toEqual(["dev.x.Beer.json", "dev.y.Beer.text"]);
    expect(plexus.stats().dropped).toEqual({ unclaimed: 1 });
  });

  test("gives raw reactants topics that nobody adapted, and carries these on", async () => {
    const [a, b] = [wire("a"), wire("b")];
    plexus.reactRaw("dev.>", (_, { topic }) => void log.push(`here ${topic}`));
    b.far.reactRaw(">", (_, { topic }) => void log.push(`b ${topic}`));
    await a.far.transmitRaw("dev.x.json", ale);
    await microtasks();
    expect(log).toEqual(["here dev.x.json", "b dev.x.json"]);
  });

  test("begins when the second ganglion comes, and ends when one goes", async () => {
    const a = wire("a");
    await plexus.adapt(text);
    await a.far.transmit(text, "too early");
    await microtasks();
    const b = wire("b");
    hear(b.far, "b");
    await a.far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["b ale"]);
    await b.near.close();
    await a.far.transmit(text, "too late");
    await microtasks();
    expect(log).toEqual(["b ale"]);
    expect(plexus.stats().dropped).toEqual({ unclaimed: 2 });
  });

  test("counts what one side refuses to take, and goes on", async () => {
    const [a, b] = [wire("a"), wire("b", { sendQueue: { limit: 1, policy: "error" } })];
    await plexus.adapt(text);
    b.far.cut();
    for (const each of ["a", "b", "c"]) await a.far.transmit(text, each);
    await microtasks();
    expect(b.near.stats().dropped).toEqual({ "queue-full": 2 });
    expect(a.near.receiveFailures).toEqual([]);
  });

  test("slows a sender to the pace of a slow side that is there", async () => {
    const [a, b] = [wire("a"), wire("b", { sendQueue: { limit: 1, policy: "block" } })];
    await plexus.adapt(text);
    const gate = makeGate();
    const got: string[] = [];
    b.far.react(
      textNeuron(),
      async (each) => {
        await gate.opened;
        got.push(each);
      },
      { queue: { limit: 1 } },
    );
    const sent = Array.from({ length: 10 }, (_, index) => `${index}`);
    for (const each of sent) await a.far.transmit(text, each);
    await microtasks();
    expect(a.far.stats().queueDepth).toBeGreaterThan(0);
    gate.open();
    await microtasks();
    expect(got).toEqual(sent);
    expect(plexus.stats().dropped).toEqual({});
  });

  test("does not let a side with nobody on it stop the others", async () => {
    const [a, dead, c] = [
      wire("a"),
      wire("dead", { sendQueue: { limit: 1, policy: "block" } }),
      wire("c"),
    ];
    await plexus.adapt(text);
    hear(c.far, "c");
    dead.far.cut();
    for (const each of ["1", "2", "3", "4"]) await a.far.transmit(text, each);
    await microtasks();
    expect(log).toEqual(["c 1", "c 2", "c 3", "c 4"]);
    expect(a.far.quiet).toBe(true);
  });
});
