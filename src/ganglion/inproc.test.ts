import { beforeEach, describe, expect, test, vi } from "vitest";
import { unfitText } from "../../test/support/counting-codec.ts";
import { textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, makeGate, microtasks, outcomeOf } from "../../test/support/notebook.ts";
import type { Codec } from "../codec/codec.ts";
import { ClosedError, TransportError, UsageError } from "../errors.ts";
import type { Incident } from "../incident.ts";
import { Namespace } from "../namespace.ts";
import { Neuron } from "../neuron.ts";
import type { Subscription } from "../subscription.ts";
import { InprocGanglion } from "./inproc.ts";

const text = textNeuron();
const answer = textNeuron("Answer");

let ganglion: InprocGanglion;
let incidents: Incident[];

beforeEach(() => {
  ganglion = new InprocGanglion();
  incidents = incidentsOf(ganglion);
});

describe("delivery in the process", () => {
  test("hands over the very value, to all reactants, before transmit returns", () => {
    const value = { tank: "A" };
    const tank = new Neuron<typeof value>("Tank", new Namespace("dev"), {
      name: "json",
      encode: () => new Uint8Array(),
      decode: () => ({ tank: "another" }),
    });
    const got: unknown[] = [];
    ganglion.react(tank, (each, impulse) => void got.push(each, impulse.id));
    ganglion.react(tank, (each) => void got.push(each));
    void ganglion.transmit(tank, value);
    expect(got[0]).toBe(value);
    expect(got[2]).toBe(value);
    // An id costs something, and nobody needs one here.
    expect(got[1]).toBeUndefined();
  });

  test("gives one shared promise to all senders that need not wait", () => {
    ganglion.react(text, () => {});
    expect(ganglion.transmit(text, "a")).toBe(ganglion.transmit(text, "b"));
  });

  test("counts what nobody reacts to", async () => {
    await ganglion.transmit(text, "a");
    await ganglion.transmitRaw(text, new Uint8Array());
    expect(ganglion.stats().dropped).toEqual({ unclaimed: 2 });
    expect(incidents).toHaveLength(2);
    expect(incidents[0]).toMatchObject({
      kind: "dropped",
      reason: "unclaimed",
      topic: text.name,
      ganglion: "inproc",
    });
  });

  test("takes two neurons of one name for one address", async () => {
    const got: string[] = [];
    ganglion.react(textNeuron(), (each) => void got.push(each));
    await ganglion.transmit(text, "a");
    await ganglion.transmit(textNeuron(), "b");
    await ganglion.transmit(text, "c");
    expect(got).toEqual(["a", "b", "c"]);
    expect(Object.keys(ganglion.stats().topics)).toEqual([text.name]);
  });

  test("raw bytes that a typed reactant cannot decode are a decode error", async () => {
    ganglion.react(text, () => {});
    await ganglion.transmitRaw(text, Uint8Array.of(0xff));
    expect(ganglion.stats()).toMatchObject({
      decodeErrors: 1,
      encodeErrors: 0,
      dropped: { undecodable: 1 },
    });
  });

  test("a value that a raw reactant cannot get is an encode error, and the others get it", async () => {
    const got: string[] = [];
    ganglion.reactRaw(text, () => void got.push("raw"));
    ganglion.react(text, () => void got.push("typed"));
    await ganglion.transmit(text, unfitText);
    expect(got).toEqual(["typed"]);
    expect(ganglion.stats()).toMatchObject({ encodeErrors: 1, decodeErrors: 0 });
    expect(incidents).toEqual([
      expect.objectContaining({ kind: "transmit-failed", topic: text.name, ganglion: "inproc" }),
    ]);
  });
});

describe("a reactant that subscribes or unsubscribes while it is called", () => {
  test("that ends another one spares it the message, which is counted", async () => {
    const others: Subscription[] = [];
    const got: string[] = [];
    ganglion.react(text, () => others[0]?.unsubscribe());
    others.push(ganglion.react(text, (each) => void got.push(each)));
    await ganglion.transmit(text, "a");
    expect(got).toEqual([]);
    expect(ganglion.stats().dropped).toEqual({ closed: 1 });
  });

  test("that ends itself is called no more, though messages wait", async () => {
    const gate = makeGate();
    const got: string[] = [];
    const subscription = ganglion.react(text, async (each) => {
      got.push(each);
      await gate.opened;
      subscription.unsubscribe();
    });
    for (const each of ["a", "b", "c"]) await ganglion.transmit(text, each);
    gate.open();
    await subscription.ended;
    await microtasks();
    expect(got).toEqual(["a"]);
    expect(ganglion.stats().dropped).toEqual({ closed: 2 });
  });

  test("that adds another one lets it begin with the next message", async () => {
    const got: string[] = [];
    const first = ganglion.react(text, () => {
      first.unsubscribe();
      ganglion.react(text, (each) => void got.push(each));
    });
    await ganglion.transmit(text, "a");
    await ganglion.transmit(text, "b");
    expect(got).toEqual(["b"]);
  });
});

describe("transmitting from a reactant", () => {
  test("to itself, without waiting and a thousand times, keeps the order", async () => {
    const got: number[] = [];
    ganglion.react(text, (each) => {
      got.push(Number(each));
      if (got.length < 10_000) void ganglion.transmit(text, `${got.length}`);
    });
    await ganglion.transmit(text, "0");
    expect(got).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  });

  test("to itself, and waiting for it, does not deadlock", async () => {
    const got: string[] = [];
    ganglion.react(text, async (each) => {
      got.push(each);
      if (got.length < 100) await ganglion.transmit(text, `${got.length}`);
    });
    await ganglion.transmit(text, "0");
    await microtasks();
    expect(got).toHaveLength(100);
  });

  test("of two neurons that await each other does not deadlock", async () => {
    let rounds = 0;
    ganglion.react(text, async () => {
      rounds += 1;
      if (rounds < 1_000) await ganglion.transmit(answer, "");
    });
    ganglion.react(answer, () => ganglion.transmit(text, ""));
    await ganglion.transmit(text, "");
    await microtasks();
    expect(rounds).toBe(1_000);
    expect(ganglion.stats().dropped).toEqual({});
  });

  test("to its own queue that is full waits no longer than `sendTimeoutMs`", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const narrow = new InprocGanglion({ sendTimeoutMs: 200 });
    incidentsOf(narrow);
    const got: string[] = [];
    const failures: unknown[] = [];
    narrow.react(
      text,
      async (each) => {
        got.push(each);
        if (each !== "0") return;
        await narrow.transmit(text, "1");
        await narrow.transmit(text, "2").catch((error: unknown) => failures.push(error));
      },
      { queue: { limit: 1 } },
    );
    await narrow.transmit(text, "0");
    await vi.advanceTimersByTimeAsync(200);
    vi.useRealTimers();
    expect(failures).toEqual([expect.any(TransportError)]);
    expect(got).toEqual(["0", "1"]);
    expect(narrow.stats().dropped).toEqual({ "timed-out": 1 });
  });
});

describe("the promise of transmit", () => {
  test("waits 10 s for a place in a full queue, unless told otherwise", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    ganglion.react(text, () => makeGate().opened, { queue: { limit: 1 } });
    for (const each of ["0", "1"]) await ganglion.transmit(text, each);
    const waits = ganglion.transmit(text, "2");
    await vi.advanceTimersByTimeAsync(9_999);
    expect(await outcomeOf(waits)).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    const late = ganglion.transmit(text, "3", { timeoutMs: 50 });
    await vi.advanceTimersByTimeAsync(50);
    vi.useRealTimers();
    await expect(waits).rejects.toThrow(/within 10000 ms/);
    await expect(late).rejects.toThrow(/within 50 ms/);
    expect(ganglion.stats().dropped).toEqual({ "timed-out": 2 });
  });

  test("is an incident and no unhandled rejection when it fails and nobody awaits it", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const queue = { limit: 1, policy: "error" } as const;
    ganglion.react(text, () => makeGate().opened, { queue });
    for (const each of ["running", "queued", "refused"]) void ganglion.transmit(text, each);
    void ganglion.transmit(new Date());
    void ganglion.transmitRaw("no topic", new Uint8Array());
    void ganglion.close();
    void ganglion.transmit(text, "closed");
    await microtasks();
    await microtasks();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    const failures = incidents.filter(({ kind }) => kind === "transmit-failed");
    expect(failures.map(({ cause }) => cause)).toEqual([
      expect.any(UsageError),
      expect.any(UsageError),
      expect.any(ClosedError),
    ]);
    // What the queue refused is told once, as what it is.
    const drops = incidents.filter(({ kind }) => kind === "dropped");
    expect(drops.map(({ reason }) => reason)).toContain("queue-full");
  });

  test("rejects for the one reactant that refuses, and the others have the message", async () => {
    const got: string[] = [];
    const queue = { limit: 1, policy: "error" } as const;
    ganglion.react(text, () => makeGate().opened, { queue });
    ganglion.react(text, (each) => void got.push(each));
    for (const each of ["a", "b"]) await ganglion.transmit(text, each);
    await expect(ganglion.transmit(text, "c")).rejects.toThrow(TransportError);
    expect(got).toEqual(["a", "b", "c"]);
  });
});

describe("transmit(instance)", () => {
  class Beer {
    litres = 1;
  }
  class Stout extends Beer {}
  class Porter extends Stout {}
  const codecNamed = (name: string): Codec<Beer> => ({
    name,
    encode: () => new Uint8Array(),
    decode: () => new Beer(),
  });
  const beer = new Neuron(Beer, new Namespace("dev"), codecNamed("json"));
  const stout = new Neuron(Stout, new Namespace("dev"), codecNamed("json"));

  test("goes by the nearest class that has a neuron", async () => {
    const got: string[] = [];
    ganglion.react(beer, () => void got.push("beer"));
    ganglion.react(stout, () => void got.push("stout"));
    for (const each of [new Beer(), new Stout(), new Porter()]) await ganglion.transmit(each);
    expect(got).toEqual(["beer", "stout", "stout"]);
  });

  test("is refused where no neuron, or more than one, is known for the class", async () => {
    await expect(ganglion.transmit(new Beer())).rejects.toThrow(/no neuron known here .* Beer/);
    await ganglion.adapt(beer);
    await ganglion.adapt(new Neuron(Beer, new Namespace("dev"), codecNamed("text")));
    await expect(ganglion.transmit(new Beer())).rejects.toThrow(/Beer has 2 neurons/);
    await expect(ganglion.transmit(new Beer())).rejects.toThrow(UsageError);
    await expect(ganglion.transmit(Object.create(null) as object)).rejects.toThrow(UsageError);
  });

  test("is refused as wrong usage for what is no instance at all", async () => {
    for (const value of [undefined, null, 7, "text", Symbol("text")]) {
      // The types forbid it; this is what plain JavaScript gets.
      await expect(ganglion.transmit(value as never)).rejects.toThrow(UsageError);
    }
  });

  test("finds a class whose topic was known before, by its name only", async () => {
    const got: unknown[] = [];
    ganglion.react(new Neuron("Beer", new Namespace("dev"), codecNamed("json")), (each) => {
      got.push(each);
    });
    await ganglion.adapt(beer);
    const instance = new Beer();
    await ganglion.transmit(instance);
    expect(got).toEqual([instance]);
  });

  test("takes options in the second place", async () => {
    await ganglion.adapt(beer);
    const why = new Error("changed my mind");
    const transmitted = ganglion.transmit(new Beer(), { signal: AbortSignal.abort(why) });
    await expect(transmitted).rejects.toBe(why);
  });
});

describe("readiness in the process", () => {
  test("is at once, and with a number of receivers when they react", async () => {
    await ganglion.ready(text);
    const two = ganglion.ready(text, { receivers: 2 });
    ganglion.react(text, () => {});
    expect(await outcomeOf(two)).toBe("pending");
    const second = ganglion.reactRaw(text, () => {});
    expect(await outcomeOf(two)).toBe("resolved");
    second.unsubscribe();
    expect(await outcomeOf(ganglion.ready(text, { receivers: 2 }))).toBe("pending");
  });

  test("counts reactants to patterns, whether the topic was met or not", async () => {
    ganglion.reactRaw("dev.>", () => {});
    expect(await outcomeOf(ganglion.ready(text, { receivers: 1 }))).toBe("resolved");
  });
});

describe("stats in the process", () => {
  test("count a message that waits once, also for a reactant to several topics", async () => {
    ganglion.reactRaw("dev.>", () => makeGate().opened);
    await ganglion.transmit(text, "running");
    await ganglion.transmit(text, "waits");
    await ganglion.transmit(answer, "waits");
    expect(ganglion.stats().queueDepth).toBe(2);
  });

  test("have every topic, whatever its name", async () => {
    for (const topic of ["__proto__", "constructor", "a"]) {
      await ganglion.transmitRaw(topic, new Uint8Array());
    }
    const { topics, dropped } = ganglion.stats();
    expect(Object.keys(topics)).toEqual(["__proto__", "constructor", "a"]);
    expect(dropped).toEqual({ unclaimed: 3 });
  });
});

describe("incidents", () => {
  test("that a listener causes by transmitting again do not go on without end", async () => {
    const queue = { limit: 1, policy: "drop-newest" } as const;
    ganglion.react(text, () => makeGate().opened, { queue });
    let told = 0;
    ganglion.on("incident", () => {
      told += 1;
      void ganglion.transmit(text, "an incident");
    });
    for (const each of ["running", "queued", "refused"]) await ganglion.transmit(text, each);
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(100);
  });

  test("end with their subscription", async () => {
    const got: Incident[] = [];
    const listener = ganglion.on("incident", (incident) => got.push(incident));
    await ganglion.transmit(text, "a");
    listener.unsubscribe();
    await ganglion.transmit(text, "b");
    expect(got).toHaveLength(1);
    expect(incidents).toHaveLength(2);
  });
});
