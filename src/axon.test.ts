import { beforeEach, describe, expect, test } from "vitest";
import { CountingCodec } from "../test/support/counting-codec.ts";
import { incidentsOf, makeGate, microtasks, outcomeOf } from "../test/support/notebook.ts";
import { ClosedError } from "./errors.ts";
import { Namespace } from "./namespace.ts";
import { Neuron } from "./neuron.ts";
import { Plexus } from "./plexus.ts";

const neuron = new Neuron("Text", new Namespace("dev"), new CountingCodec());

let plexus: Plexus;

beforeEach(() => {
  plexus = new Plexus({ lingerMs: 0 });
});

describe("an axon", () => {
  test("holds neuron and ganglion together, for every call", async () => {
    const axon = plexus.axon(neuron);
    expect(axon.neuron).toBe(neuron);
    expect(axon.ganglion).toBe(plexus);
    const got: unknown[] = [];
    await axon.adapt();
    axon.react((text) => void got.push(text));
    axon.reactRaw((bytes) => void got.push(bytes.length));
    await axon.ready({ receivers: 2 });
    await axon.transmit("ale");
    await axon.transmitRaw(Uint8Array.of(120));
    expect(got).toEqual(["ale", 3, "x", 1]);
  });
});

describe("iterating an axon", () => {
  test("gives every value from then on, in order", async () => {
    const axon = plexus.axon(neuron);
    const values = axon[Symbol.asyncIterator]();
    for (const text of ["a", "b", "c"]) await axon.transmit(text);
    for (const text of ["a", "b", "c"]) {
      expect(await values.next()).toEqual({ done: false, value: text });
    }
    const next = values.next();
    await axon.transmit("d");
    expect(await next).toEqual({ done: false, value: "d" });
  });

  test("ends by `break`, which ends the subscription", async () => {
    const axon = plexus.axon(neuron);
    const got: string[] = [];
    queueMicrotask(() => {
      for (const text of ["a", "b", "c"]) void axon.transmit(text);
    });
    incidentsOf(plexus);
    for await (const text of axon) {
      got.push(text);
      if (got.length === 2) break;
    }
    expect(got).toEqual(["a", "b"]);
    expect(await outcomeOf(axon.ready({ receivers: 1 }))).toBe("pending");
  });

  test("ends by an error in the loop's body", async () => {
    const axon = plexus.axon(neuron);
    queueMicrotask(() => void axon.transmit("a"));
    const loop = async (): Promise<void> => {
      for await (const text of axon) throw new Error(`no ${text}`);
    };
    await expect(loop()).rejects.toThrow("no a");
    incidentsOf(plexus);
    await axon.transmit("b");
    expect(plexus.stats().dropped).toEqual({ unclaimed: 1 });
  });

  test("ends by its signal, after the value that was there already", async () => {
    const axon = plexus.axon(neuron);
    incidentsOf(plexus);
    const controller = new AbortController();
    const values = axon.values({ signal: controller.signal });
    await axon.transmit("a");
    await axon.transmit("b");
    controller.abort();
    expect(await values.next()).toEqual({ done: false, value: "a" });
    expect(await values.next()).toEqual({ done: true, value: undefined });
    // The second one was in the queue, and is accounted for.
    expect(plexus.stats().dropped).toEqual({ closed: 1 });
  });

  test("ends by `close()`, for one who waits too", async () => {
    const axon = plexus.axon(neuron);
    const next = axon.values().next();
    await plexus.close();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(() => axon.values()).toThrow(ClosedError);
  });

  test("has a queue, whose policy holds for what was not asked for yet", async () => {
    const axon = plexus.axon(neuron);
    incidentsOf(plexus);
    const values = axon.values({ queue: { limit: 1, policy: "drop-oldest" } });
    for (const text of ["a", "b", "c"]) await axon.transmit(text);
    expect((await values.next()).value).toBe("a");
    expect((await values.next()).value).toBe("c");
    expect(plexus.stats().dropped).toEqual({ "queue-full": 1 });
  });

  test("makes the sender wait for who does not ask, by default", async () => {
    const axon = plexus.axon(neuron);
    const values = axon.values({ queue: { limit: 1 } });
    await axon.transmit("a");
    await axon.transmit("b");
    const third = axon.transmit("c");
    expect(await outcomeOf(third)).toBe("pending");
    await values.next();
    expect(await outcomeOf(third)).toBe("resolved");
    expect((await values.next()).value).toBe("b");
    expect((await values.next()).value).toBe("c");
  });

  test("answers those who ask before there is a value in the order they asked", async () => {
    const axon = plexus.axon(neuron);
    const values = axon.values();
    const asked = [values.next(), values.next(), values.next()];
    for (const text of ["a", "b"]) await axon.transmit(text);
    expect(await Promise.all(asked.slice(0, 2))).toEqual([
      { done: false, value: "a" },
      { done: false, value: "b" },
    ]);
    await values.return?.();
    expect(await asked[2]).toEqual({ done: true, value: undefined });
  });

  test("after its end stays ended", async () => {
    const values = plexus.axon(neuron).values();
    const first = values.next();
    expect(await values.return?.()).toEqual({ done: true, value: undefined });
    expect(await first).toEqual({ done: true, value: undefined });
    expect(await values.next()).toEqual({ done: true, value: undefined });
    expect(await values.return?.()).toEqual({ done: true, value: undefined });
  });

  test("by several is independent: each gets every value", async () => {
    const axon = plexus.axon(neuron);
    const [one, other] = [axon.values(), axon.values()];
    await axon.transmit("a");
    expect((await one.next()).value).toBe("a");
    expect((await other.next()).value).toBe("a");
  });

  test("does not hold up reactants", async () => {
    const axon = plexus.axon(neuron);
    axon.values();
    const got: string[] = [];
    axon.react((text) => void got.push(text));
    for (const text of ["a", "b"]) await axon.transmit(text);
    expect(got).toEqual(["a", "b"]);
  });

  test("survives values that come while one is being handed over", async () => {
    const axon = plexus.axon(neuron);
    const gate = makeGate();
    const got: string[] = [];
    const loop = (async () => {
      for await (const text of axon) {
        got.push(text);
        if (text === "a") await gate.opened;
        if (text === "d") break;
      }
    })();
    for (const text of ["a", "b", "c"]) await axon.transmit(text);
    await microtasks();
    expect(got).toEqual(["a"]);
    gate.open();
    await axon.transmit("d");
    await loop;
    expect(got).toEqual(["a", "b", "c", "d"]);
  });
});
