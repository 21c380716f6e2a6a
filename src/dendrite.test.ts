import { beforeEach, describe, expect, test, vi } from "vitest";
import { CountingCodec, unfitBytes, unfitText } from "../test/support/counting-codec.ts";
import { makeGate, outcomeOf } from "../test/support/notebook.ts";
import { Dendrite } from "./dendrite.ts";
import { WindowPool } from "./identity.ts";
import { Impulse } from "./impulse.ts";
import type { Incident } from "./incident.ts";
import { Namespace } from "./namespace.ts";
import { Neuron } from "./neuron.ts";
import { Receptor } from "./receptor.ts";
import { Synapse } from "./synapse.ts";

const codec = new CountingCodec();
const neuron = new Neuron("Text", new Namespace("dev"), codec);

let incidents: Incident[];
let synapse: Synapse;
let dendrite: Dendrite;
let log: string[];

beforeEach(() => {
  incidents = [];
  log = [];
  codec.encoded = 0;
  codec.decoded = 0;
  synapse = new Synapse(neuron.name, neuron, {
    name: "test",
    windows: new WindowPool(),
    report: (incident) => incidents.push(incident) > 0,
  });
  dendrite = synapse.dendrite;
});

function typed(name: string, of: Neuron<string> = neuron): Receptor {
  return new Receptor(of, (text: string) => void log.push(`${name} ${text}`), {});
}

function raw(name: string): Receptor {
  return new Receptor(
    undefined,
    (bytes: Uint8Array) => void log.push(`${name} ${bytes.join()}`),
    {},
  );
}

function arrived(...bytes: number[]): Impulse<string> {
  return Impulse.ofBytes(neuron, Uint8Array.from(bytes));
}

describe("a dendrite", () => {
  test("calls its receptors in the order in which they were added", () => {
    for (const name of ["a", "b", "c"]) dendrite.add(typed(name));
    expect(dendrite.transduce(Impulse.ofValue(neuron, "x"), synapse)).toBeUndefined();
    expect(log).toEqual(["a x", "b x", "c x"]);
    expect(dendrite.size).toBe(3);
  });

  test("calls none that was removed", () => {
    const [first, second] = [typed("a"), typed("b")];
    dendrite.add(first);
    dendrite.add(second);
    dendrite.remove(first);
    dendrite.remove(first);
    void dendrite.transduce(Impulse.ofValue(neuron, "x"), synapse);
    expect(log).toEqual(["b x"]);
    expect(dendrite.receptors).toEqual([second]);
  });

  test("that gets a receptor during a message gives it the next one", () => {
    const late = typed("late");
    dendrite.add(
      new Receptor(
        neuron,
        (text: string) => {
          log.push(`first ${text}`);
          if (!dendrite.receptors.includes(late)) dendrite.add(late);
        },
        {},
      ),
    );
    void dendrite.transduce(Impulse.ofValue(neuron, "x"), synapse);
    void dendrite.transduce(Impulse.ofValue(neuron, "y"), synapse);
    expect(log).toEqual(["first x", "first y", "late y"]);
  });

  test("hands over a value that was sent here without encoding or decoding it", () => {
    dendrite.add(typed("a"));
    dendrite.add(typed("b", new Neuron("Text", new Namespace("dev"), new CountingCodec())));
    void dendrite.transduce(Impulse.ofValue(neuron, "x"), synapse);
    expect(log).toEqual(["a x", "b x"]);
    expect(codec).toMatchObject({ encoded: 0, decoded: 0 });
  });

  test("encodes a value once for all who want bytes", () => {
    for (const receptor of [raw("a"), typed("b"), raw("c")]) dendrite.add(receptor);
    void dendrite.transduce(Impulse.ofValue(neuron, "x"), synapse);
    expect(log).toEqual(["a 120", "b x", "c 120"]);
    expect(codec).toMatchObject({ encoded: 1, decoded: 0 });
  });

  test("decodes bytes once for all who want the value, and not for those who want bytes", () => {
    dendrite.add(raw("a"));
    void dendrite.transduce(arrived(120), synapse);
    expect(codec.decoded).toBe(0);
    dendrite.add(typed("b"));
    dendrite.add(typed("c"));
    void dendrite.transduce(arrived(121), synapse);
    expect(log).toEqual(["a 120", "a 121", "b y", "c y"]);
    expect(codec.decoded).toBe(1);
  });

  test("gives bytes that do not decode to those who want bytes, and says it once", () => {
    for (const receptor of [typed("a"), raw("b"), typed("c")]) dendrite.add(receptor);
    void dendrite.transduce(arrived(...unfitBytes), synapse);
    expect(log).toEqual(["b 255"]);
    expect(incidents).toHaveLength(1);
    expect(codec.decoded).toBe(1);
  });

  test("gives a value that does not encode to those who want the value, and says it once", () => {
    for (const receptor of [raw("a"), typed("b"), raw("c")]) dendrite.add(receptor);
    void dendrite.transduce(Impulse.ofValue(neuron, unfitText), synapse);
    expect(log).toEqual([`b ${unfitText}`]);
    expect(incidents).toEqual([expect.objectContaining({ kind: "transmit-failed" })]);
    expect(synapse.counters.encodeErrors).toBe(1);
    expect(codec.encoded).toBe(1);
  });

  test("waits for every receptor that makes the sender wait, and for no other", async () => {
    const gates = [makeGate(), makeGate()];
    for (const gate of gates) {
      const queue = { limit: 1 };
      dendrite.add(new Receptor(neuron, () => gate.opened, { queue }));
    }
    dendrite.add(typed("quick"));
    expect(dendrite.transduce(Impulse.ofValue(neuron, "1"), synapse)).toBeUndefined();
    expect(dendrite.transduce(Impulse.ofValue(neuron, "2"), synapse)).toBeUndefined();
    const wait = dendrite.transduce(Impulse.ofValue(neuron, "3"), synapse) as Promise<void>;
    expect(log).toEqual(["quick 1", "quick 2", "quick 3"]);
    // Two in the queues, and two of senders that wait.
    expect(synapse.counters.queueDepth).toBe(4);
    gates[0]?.open();
    expect(await outcomeOf(wait)).toBe("pending");
    gates[1]?.open();
    expect(await outcomeOf(wait)).toBe("resolved");
  });
});

test("20,000 reactants come and go without a copy of all for each of them", () => {
  const receptors = Array.from({ length: 20_000 }, () => new Receptor(neuron, () => {}, {}));
  const copied = vi.spyOn(Set.prototype, Symbol.iterator);
  for (const receptor of receptors) dendrite.add(receptor);
  for (const receptor of receptors) dendrite.remove(receptor);
  // Twice there is one only, which is looked up.
  expect(copied).toHaveBeenCalledTimes(2);
  copied.mockRestore();
  expect(dendrite.isEmpty).toBe(true);
});
