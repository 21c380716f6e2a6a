import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { unfitText } from "../../test/support/counting-codec.ts";
import {
  type MemoryGanglion,
  type MemoryOptions,
  memoryPair,
} from "../../test/support/memory-ganglion.ts";
import { textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, makeGate, microtasks, outcomeOf } from "../../test/support/notebook.ts";
import { CodecError, TransportError, UsageError } from "../errors.ts";
import { InprocGanglion } from "../ganglion/inproc.ts";
import type { Impulse } from "../impulse.ts";
import type { Incident } from "../incident.ts";
import type { Neuron } from "../neuron.ts";
import { Plexus } from "../plexus.ts";

// Every side has a codec of its own, so that each one's work can be counted.
const text = textNeuron();

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

describe("what is transmitted on a plexus", () => {
  test("goes to its reactants and to every ganglion in it", async () => {
    const [a, b] = [wire("a"), wire("b")];
    const inproc = new InprocGanglion();
    plexus.infuse(inproc);
    hear(a.far, "a");
    hear(b.far, "b");
    inproc.react(text, logTo("inproc"));
    plexus.react(text, logTo("plexus"));
    await plexus.transmit(text, "ale");
    await microtasks();
    expect(log.sort()).toEqual(["a ale", "b ale", "inproc ale", "plexus ale"]);
    expect(incidents).toEqual([]);
  });

  test("is encoded once for all external ganglia, and decoded by nobody here", async () => {
    const wires = [wire("a"), wire("b"), wire("c")];
    for (const { far } of wires) far.reactRaw(text, () => {});
    plexus.react(text, () => {});
    await plexus.transmit(text, "ale");
    await microtasks();
    expect(text.codec).toMatchObject({ encoded: 1, decoded: 0 });
    expect(wires.map(({ near }) => near.frames.length)).toEqual([1, 1, 1]);
  });

  test("is not encoded where it stays in the process", async () => {
    plexus.infuse(new InprocGanglion());
    plexus.react(text, () => {});
    await plexus.transmit(text, unfitText);
    expect(text.codec.encoded).toBe(0);
  });

  test("and does not fit its codec reaches nobody where it would leave the process", async () => {
    const { near, far } = wire("a");
    hear(far, "far");
    plexus.react(text, logTo("here"));
    await expect(plexus.transmit(text, unfitText)).rejects.toThrow(CodecError);
    await microtasks();
    expect(log).toEqual([]);
    expect(near.frames).toEqual([]);
    expect(plexus.stats()).toMatchObject({ sent: 0, encodeErrors: 1 });
    expect(incidents.map(({ kind }) => kind)).toEqual(["transmit-failed"]);
  });

  test("has an id only where it leaves the process", async () => {
    const ids: unknown[] = [];
    plexus.infuse(new InprocGanglion());
    plexus.react(text, (_, { id }) => void ids.push(id));
    await plexus.transmit(text, "ale");
    expect(ids).toEqual([undefined]);
    const { far } = wire("a");
    far.react(text, (_, { id }) => void ids.push(id?.sequence));
    await plexus.transmit(text, "ale");
    await plexus.transmit(text, "ale");
    await microtasks();
    expect(ids.filter((id) => id !== undefined)).toEqual([0, 1]);
  });

  test("is counted as unclaimed where nobody takes it", async () => {
    await plexus.transmit(text, "ale");
    expect(plexus.stats().dropped).toEqual({ unclaimed: 1 });
    plexus.infuse(new InprocGanglion());
    await plexus.transmit(text, "ale");
    expect(plexus.stats().dropped).toEqual({ unclaimed: 2 });
    expect(incidents).toHaveLength(2);
  });

  test("is refused where there are ganglia, none takes the neuron and nobody here reacts", async () => {
    const { near } = wire("a", { codecs: ["json"] });
    await expect(plexus.transmit(text, "ale")).rejects.toThrow(UsageError);
    plexus.react(text, logTo("here"));
    await plexus.transmit(text, "ale");
    expect(log).toEqual(["here ale"]);
    expect(near.frames).toEqual([]);
  });

  test("counts where it is sent, as long as the plexus lives and when it is closed", async () => {
    const { far } = wire("a");
    hear(far, "a");
    await plexus.transmit(text, "ale");
    await microtasks();
    expect(plexus.stats()).toMatchObject({ sent: 1, bytesSent: 3 });
    expect(plexus.stats().topics[text.name]).toMatchObject({ sent: 1 });
    await plexus.close();
    expect(plexus.stats()).toMatchObject({ sent: 1, bytesSent: 3 });
  });
});

describe("an incapable ganglion", () => {
  test("is passed over in silence, and takes what it is capable of", async () => {
    const other = textNeuron("Other");
    const picky = wire("picky", { ignored: [text] });
    const { far } = wire("b");
    for (const [end, name] of [
      [picky.far, "picky"],
      [far, "b"],
    ] as const) {
      end.reactRaw("dev.>", (_, { topic }) => void log.push(`${name} ${topic}`));
    }
    await plexus.transmit(text, "ale");
    await plexus.transmit(other, "ale");
    await microtasks();
    expect(log.sort()).toEqual([`b ${other.name}`, `b ${text.name}`, `picky ${other.name}`].sort());
    expect(incidents).toEqual([]);
  });

  test("makes adapt reject only where no external ganglion is capable", async () => {
    await plexus.adapt(text);
    wire("picky", { codecs: ["json"] });
    await expect(plexus.adapt(text)).rejects.toThrow(/no external ganglion .* takes dev\.brewery/);
    await expect(plexus.adapt(text)).rejects.toThrow(UsageError);
    wire("b");
    await plexus.adapt(text);
  });

  test("does not make adapt reject a pattern of which it takes a part", async () => {
    wire("picky", { codecs: ["json"] });
    expect(await outcomeOf(plexus.adapt("dev.>"))).toBe("resolved");
    wire("narrow", { relevant: ["dev.brewery.Beer.json"] });
    expect(await outcomeOf(plexus.adapt("dev.*.Beer.json"))).toBe("resolved");
  });

  test("of a plexus with filters of its own is the plexus", async () => {
    const picky = new Plexus({ ignored: [text] });
    opened.push(picky);
    incidentsOf(picky);
    expect(() => picky.react(text, () => {})).toThrow(UsageError);
    await expect(picky.transmit(text, "ale")).rejects.toThrow(UsageError);
    await expect(picky.adapt(text)).rejects.toThrow(UsageError);
  });
});

describe("what arrives at a plexus", () => {
  test("reaches its reactants, in the order sent", async () => {
    const { far } = wire("a");
    plexus.react(text, logTo("here"));
    for (const each of ["a", "b", "c"]) await far.transmit(text, each);
    await microtasks();
    expect(log).toEqual(["here a", "here b", "here c"]);
    expect(plexus.stats()).toMatchObject({ received: 3, bytesReceived: 3, delivered: 3 });
  });

  test("is not sent back to where it came from", async () => {
    const { near, far } = wire("a");
    plexus.react(text, logTo("here"));
    await far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["here ale"]);
    expect(near.frames).toEqual([]);
  });

  test("is decoded once, however many react here and in its ganglia, and names its source", async () => {
    const { near, far } = wire("a");
    const sources: unknown[] = [];
    const inproc = new InprocGanglion();
    plexus.infuse(inproc);
    const react = (impulse: Impulse<string>): void => void sources.push(impulse.source);
    plexus.react(text, (_, impulse) => react(impulse));
    plexus.react(text, (_, impulse) => react(impulse));
    inproc.react(text, (_, impulse) => react(impulse));
    near.react(text, (_, impulse) => react(impulse));
    await far.transmit(textNeuron(), "ale");
    await microtasks();
    expect(sources).toEqual([near, near, near, near]);
    expect(text.codec.decoded).toBe(1);
  });

  test("on a topic that nobody knows here is counted once", async () => {
    const { far } = wire("a");
    await far.transmit(text, "ale");
    await microtasks();
    expect(plexus.stats()).toMatchObject({ received: 1, dropped: { unclaimed: 1 } });
    expect(incidents).toHaveLength(1);
  });

  test("with no reactant left is counted too", async () => {
    const { far } = wire("a");
    const subscription = plexus.react(text, () => {});
    subscription.unsubscribe();
    await far.transmit(text, "ale");
    await microtasks();
    expect(plexus.stats().dropped).toEqual({ unclaimed: 1 });
  });

  test("reaches a reactant that stays when a pattern that came before it goes", async () => {
    const { far } = wire("a");
    const all = plexus.reactRaw("dev.>", () => void log.push("pattern"));
    await far.transmit(text, "1");
    await microtasks();
    plexus.react(text, logTo("typed"));
    all.unsubscribe();
    await far.transmit(text, "2");
    await microtasks();
    expect(log).toEqual(["pattern", "typed 2"]);
  });

  test("reaches a pattern that stays when another, equal one goes", async () => {
    const { far } = wire("a");
    const first = plexus.reactRaw("dev.>", () => void log.push("first"));
    plexus.reactRaw("dev.>", () => void log.push("second"));
    first.unsubscribe();
    await far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["second"]);
  });
});

describe("a ganglion that is slow to take what is sent", () => {
  test("delays nobody but the sender", async () => {
    const [slow, quick] = [
      wire("slow", { sendQueue: { limit: 1, policy: "block" } }),
      wire("quick"),
    ];
    slow.far.cut();
    hear(quick.far, "quick");
    plexus.react(text, logTo("here"));
    await plexus.transmit(text, "1");
    const waits = plexus.transmit(text, "2");
    expect(await outcomeOf(waits)).toBe("pending");
    expect(log.sort()).toEqual(["here 1", "here 2", "quick 1", "quick 2"]);
    slow.near.join(slow.far);
    expect(await outcomeOf(waits)).toBe("resolved");
  });

  test("makes transmit reject when the time is over, and the others have the message", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const [slow, quick] = [
      wire("slow", { sendQueue: { limit: 1, policy: "block" } }),
      wire("quick"),
    ];
    slow.far.cut();
    hear(quick.far, "quick");
    await plexus.transmit(text, "1");
    const transmitted = plexus.transmit(text, "2", { timeoutMs: 50 });
    await vi.advanceTimersByTimeAsync(50);
    vi.useRealTimers();
    await expect(transmitted).rejects.toThrow(TransportError);
    await microtasks();
    expect(log).toEqual(["quick 1", "quick 2"]);
    expect(slow.near.stats().dropped).toEqual({ "timed-out": 1 });
  });

  test("and refuses makes transmit reject, and the others have the message", async () => {
    const [full, quick] = [
      wire("full", { sendQueue: { limit: 1, policy: "error" } }),
      wire("quick"),
    ];
    full.far.cut();
    hear(quick.far, "quick");
    await plexus.transmit(text, "1");
    await expect(plexus.transmit(text, "2")).rejects.toThrow(TransportError);
    await microtasks();
    expect(log).toEqual(["quick 1", "quick 2"]);
  });
});

describe("a plexus of in-process ganglia", () => {
  let one: InprocGanglion;
  let other: InprocGanglion;

  beforeEach(() => {
    one = new InprocGanglion({ name: "one" });
    other = new InprocGanglion({ name: "other" });
    plexus.infuse(one);
    plexus.infuse(other);
  });

  test("carries what is transmitted on one to the reactants of all, once", async () => {
    await plexus.adapt(text);
    one.react(text, logTo("one"));
    other.react(text, logTo("other"));
    plexus.react(text, logTo("plexus"));
    await one.transmit(text, "ale");
    expect(log.sort()).toEqual(["one ale", "other ale", "plexus ale"]);
    log.length = 0;
    await plexus.transmit(text, "ale");
    expect(log.sort()).toEqual(["one ale", "other ale", "plexus ale"]);
    expect(text.codec).toMatchObject({ encoded: 0, decoded: 0 });
  });

  test("does so without being told: who reacts on one of them adapts by that", async () => {
    other.react(text, logTo("other"));
    await one.transmit(text, "ale");
    expect(log).toEqual(["other ale"]);
    expect(incidents).toEqual([]);
  });

  test("does not call unclaimed what a reactant of one of them got", async () => {
    one.react(text, logTo("one"));
    await one.transmit(text, "1");
    await plexus.transmit(text, "2");
    expect(log).toEqual(["one 1", "one 2"]);
    expect(incidents).toEqual([]);
  });

  test("hands the very value on, and waits for reactants of all", async () => {
    const gate = makeGate();
    other.react(text, () => gate.opened, { queue: { limit: 1 } });
    await plexus.adapt(text);
    await one.transmit(text, "1");
    await one.transmit(text, "2");
    const waits = one.transmit(text, "3");
    expect(await outcomeOf(waits)).toBe("pending");
    gate.open();
    expect(await outcomeOf(waits)).toBe("resolved");
  });

  test("brings them what arrives from outside", async () => {
    const { far } = wire("a");
    one.react(text, logTo("one"));
    await plexus.adapt(text);
    await far.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["one ale"]);
  });

  test("sends what is transmitted on one of them out", async () => {
    const { far } = wire("a");
    hear(far, "far");
    await plexus.adapt(text);
    await one.transmit(text, "ale");
    await microtasks();
    expect(log).toEqual(["far ale"]);
  });
});
