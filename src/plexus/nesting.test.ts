import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type MemoryGanglion,
  type MemoryOptions,
  memoryPair,
} from "../../test/support/memory-ganglion.ts";
import { textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, microtasks, outcomeOf } from "../../test/support/notebook.ts";
import { ClosedError, UsageError } from "../errors.ts";
import { InprocGanglion } from "../ganglion/inproc.ts";
import type { Incident } from "../incident.ts";
import { Plexus } from "../plexus.ts";

const text = textNeuron();
const ale = new TextEncoder().encode("ale");

let outer: Plexus;
let inner: Plexus;
let outerIncidents: Incident[];
let log: string[];
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  inner = new Plexus({ name: "inner", lingerMs: 5 });
  outer = new Plexus({ name: "outer", lingerMs: 5, ganglia: [inner] });
  outerIncidents = incidentsOf(outer);
  opened.push(outer);
  log = [];
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

function wire(
  at: Plexus,
  name: string,
  options?: MemoryOptions,
): { near: MemoryGanglion; far: MemoryGanglion } {
  const [near, far] = memoryPair(name, { lingerMs: 5, ...options });
  incidentsOf(far);
  at.infuse(near);
  opened.push(far);
  return { near, far };
}

function logTo(name: string): (value: string) => void {
  return (value) => void log.push(`${name} ${value}`);
}

describe("a plexus in a plexus", () => {
  test("hears what is transmitted outside, and is heard", async () => {
    outer.react(text, logTo("outer"));
    inner.react(text, logTo("inner"));
    await outer.transmit(text, "1");
    await inner.transmit(text, "2");
    expect(log.sort()).toEqual(["inner 1", "inner 2", "outer 1", "outer 2"]);
    expect(text.codec).toMatchObject({ encoded: 0, decoded: 0 });
    expect(outerIncidents).toEqual([]);
  });

  test("brings out what arrives by its transports, to one who reacts outside", async () => {
    const { far } = wire(inner, "a");
    outer.react(text, logTo("outer"));
    await far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["outer ale"]);
  });

  test("brings out what matches a pattern outside", async () => {
    const { far } = wire(inner, "a");
    const subscription = outer.reactRaw("dev.>", (_, { topic }) => void log.push(topic));
    await far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual([text.name]);
    subscription.unsubscribe();
    await far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual([text.name]);
  });

  test("hears what arrives by the transports outside", async () => {
    const { far } = wire(outer, "a");
    inner.react(text, logTo("inner"));
    await far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["inner ale"]);
  });

  test("goes on hearing its own transports when one outside loses interest", async () => {
    const { far } = wire(inner, "a");
    inner.react(text, logTo("inner"));
    const subscription = outer.react(text, logTo("outer"));
    subscription.unsubscribe();
    await far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["inner ale"]);
  });

  test("sends out by its transports what is transmitted outside, and the other way round", async () => {
    const [inside, outside] = [wire(inner, "inside"), wire(outer, "outside")];
    inside.far.react(textNeuron(), logTo("beyond inner"));
    outside.far.react(textNeuron(), logTo("beyond outer"));
    await outer.transmit(text, "1");
    await inner.transmit(text, "2");
    await microtasks();
    expect(log.sort()).toEqual([
      "beyond inner 1",
      "beyond inner 2",
      "beyond outer 1",
      "beyond outer 2",
    ]);
  });

  test("bridges to transports outside, with a hop for each wire only", async () => {
    const [inside, outside] = [wire(inner, "inside"), wire(outer, "outside")];
    await outer.adapt(text);
    const hops: unknown[] = [];
    outside.far.react(textNeuron(), (_, { id }) => void hops.push(id?.hops));
    await inside.far.transmit(text, "ale");
    await microtasks();
    expect(hops).toEqual([2]);
  });

  test("does not forward what has crossed 16 wires, but those outside are in this process", async () => {
    const { near } = wire(inner, "a");
    outer.react(text, logTo("outer"));
    inner.react(text, logTo("inner"));
    await near.inject(text.name, ale, { originHigh: 1, originLow: 2, sequence: 0, hops: 15 });
    expect(log.sort()).toEqual(["inner ale", "outer ale"]);
  });

  test("drops a repeat once, wherever the copies came in", async () => {
    const [inside, outside] = [wire(inner, "inside"), wire(outer, "outside")];
    outer.react(text, logTo("outer"));
    const label = { originHigh: 1, originLow: 2, sequence: 0, hops: 0 };
    await inside.near.inject(text.name, ale, label);
    await outside.near.inject(text.name, ale, label);
    expect(log).toEqual(["outer ale"]);
  });

  test("hears once what comes by a wire of its own and by one outside, in whatever order", async () => {
    const [inside, outside] = [wire(inner, "inside"), wire(outer, "outside")];
    inner.react(text, logTo("inner"));
    outer.react(text, logTo("outer"));
    const labels = [0, 1].map((sequence) => ({ originHigh: 1, originLow: 2, sequence, hops: 0 }));
    await inside.near.inject(text.name, ale, labels[0]);
    await outside.near.inject(text.name, ale, labels[0]);
    await outside.near.inject(text.name, ale, labels[1]);
    await inside.near.inject(text.name, ale, labels[1]);
    expect(log.sort()).toEqual(["inner ale", "inner ale", "outer ale", "outer ale"]);
  });

  test("damps what goes round between a wire inside and one outside that carry no ids", async () => {
    const options = { carriesIds: false, framesMax: 10_000 };
    const [inside, outside] = [wire(inner, "inside", options), wire(outer, "outside", options)];
    wire(inner, "other", options);
    outer.react(text, logTo("outer"));
    inside.far.reactRaw(text, (bytes) => void outside.far.transmitRaw(text, bytes));
    outside.far.reactRaw(text, (bytes) => void inside.far.transmitRaw(text, bytes));
    await outer.transmit(text, "ale");
    await microtasks();
    expect(log.length).toBeLessThan(100);
    const paused = outerIncidents.find(({ kind }) => kind === "forwarding-paused");
    expect(paused?.message).toMatch(/between .*(inner and outside|outside\.0 and inner)/);
  });

  test("is external when something in it is", () => {
    expect(outer.external).toBe(false);
    wire(inner, "a");
    expect(outer.external).toBe(true);
  });

  test("answers for the receivers of its transports", async () => {
    const { near, far } = wire(inner, "a");
    await outer.ready(text, { receivers: 1 });
    far.cut();
    const ready = outer.ready(text);
    expect(await outcomeOf(ready)).toBe("pending");
    near.join(far);
    expect(await outcomeOf(ready)).toBe("resolved");
  });
});

describe("who may be joined to whom", () => {
  test("nobody twice, and no plexus to itself or to one inside it", () => {
    const innermost = new Plexus();
    inner.infuse(innermost);
    expect(() => outer.infuse(inner)).toThrow(UsageError);
    expect(() => new Plexus({ ganglia: [inner] })).toThrow(UsageError);
    expect(() => outer.infuse(outer)).toThrow(UsageError);
    expect(() => inner.infuse(outer)).toThrow(UsageError);
    expect(() => innermost.infuse(outer)).toThrow(UsageError);
  });

  test("nobody who is closed, and nobody to a plexus that is", async () => {
    const closed = new InprocGanglion();
    await closed.close();
    expect(() => outer.infuse(closed)).toThrow(ClosedError);
    await outer.close();
    const open = new InprocGanglion();
    expect(() => outer.infuse(open)).toThrow(ClosedError);
    // It is still free for another plexus.
    opened.push(new Plexus({ ganglia: [open] }));
  });
});

describe("an incident inside", () => {
  const unheard: unknown[] = [];
  const listener = (message: unknown): void => void unheard.push(message);

  beforeEach(() => {
    unheard.length = 0;
    subscribe("plexo:incident", listener);
  });
  afterEach(() => {
    unsubscribe("plexo:incident", listener);
  });

  test("is told here, in each plexus around, and not to the process", async () => {
    const { near, far } = wire(inner, "a");
    const seen = [incidentsOf(near), incidentsOf(inner), outerIncidents];
    near.react(text, () => {
      throw new Error("on purpose");
    });
    await far.transmit(text, "ale");
    await microtasks();
    for (const incidents of seen) {
      expect(incidents).toEqual([
        expect.objectContaining({ kind: "reactant-failed", ganglion: "a.0", topic: text.name }),
      ]);
    }
    expect(unheard).toEqual([]);
  });

  test("that a listener here has heard is not a warning of the process, too", async () => {
    const alone = new Plexus({ lingerMs: 5 });
    opened.push(alone);
    const { near, far } = wire(alone, "a");
    const here = incidentsOf(near);
    await far.transmit(text, "ale");
    await microtasks();
    expect(here).toHaveLength(1);
    expect(unheard).toEqual([]);
  });

  test("that nobody hears goes to the process once", async () => {
    const around = new Plexus({ lingerMs: 5, ganglia: [new Plexus({ lingerMs: 5 })] });
    opened.push(around);
    const { far } = wire(around, "a");
    await far.transmit(text, "ale");
    await microtasks();
    expect(unheard).toHaveLength(1);
  });
});
