import fc from "fast-check";
import { expect, test } from "vitest";
import { type MemoryGanglion, memoryPair } from "../../test/support/memory-ganglion.ts";
import { textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, microtasks } from "../../test/support/notebook.ts";
import { InprocGanglion } from "../ganglion/inproc.ts";
import { Plexus } from "../plexus.ts";
import type { Subscription } from "../subscription.ts";
import { matches } from "../topic.ts";

const neurons = [textNeuron("Ale"), textNeuron("Stout")] as const;
const targets = ["dev.brewery.Ale.text", "dev.brewery.Stout.text", "dev.*.Ale.>", "dev.>"] as const;
// A tree: the root has an inner plexus, and that the innermost; each has a wire and what is in-process.
const levels = ["root", "inner", "innermost"] as const;
const kinds = ["plexus", "inproc", "wire"] as const;

const place = fc.record({ level: fc.constantFrom(...levels), kind: fc.constantFrom(...kinds) });
const step = fc.oneof(
  fc.record({
    do: fc.constant("react" as const),
    at: place,
    target: fc.constantFrom(...targets),
    isTyped: fc.boolean(),
  }),
  fc.record({ do: fc.constant("unsubscribe" as const), index: fc.nat(20) }),
  fc.record({ do: fc.constant("transmit" as const), at: place, neuron: fc.nat(1) }),
  fc.record({ do: fc.constant("renew" as const), level: fc.constantFrom(...levels) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Place = Extract<Step, { do: "transmit" }>["at"];

test("whoever reacts, wherever in a tree of plexuses, hears each message from then until they stop", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const tree = new Tree();
      for (const each of steps) await tree.take(each);
      await tree.close();
      expect(tree.heard).toEqual(tree.expected);
    }),
    { numRuns: 200 },
  );
});

interface Listener {
  readonly name: string;
  readonly at: Place;
  readonly target: string;
  readonly subscription: Subscription;
}

class Tree {
  /** By message, who heard it. */
  readonly heard: string[][] = [];
  readonly expected: string[][] = [];
  readonly #plexuses = new Map<string, Plexus>();
  readonly #inprocs = new Map<string, InprocGanglion>();
  readonly #wires = new Map<string, readonly [MemoryGanglion, MemoryGanglion]>();
  #listeners: Listener[] = [];
  #count = 0;

  constructor() {
    let around: Plexus | undefined;
    for (const level of levels) {
      const plexus = new Plexus({ name: level, lingerMs: 0 });
      const wire = memoryPair(level, { lingerMs: 0 });
      incidentsOf(plexus);
      incidentsOf(wire[1]);
      plexus.infuse(wire[0]);
      this.#plexuses.set(level, plexus);
      this.#wires.set(level, wire);
      this.#renewInproc(level, plexus);
      around?.infuse(plexus);
      around = plexus;
    }
  }

  async take(next: Step): Promise<void> {
    if (next.do === "react") this.#react(next);
    else if (next.do === "unsubscribe") this.#unsubscribe(next.index);
    else if (next.do === "transmit") await this.#transmit(next);
    else await this.#renew(next.level);
  }

  async close(): Promise<void> {
    await this.#plexuses.get("root")?.close();
  }

  #react({ at, target, isTyped }: Extract<Step, { do: "react" }>): void {
    const name = `${this.#count++} at ${at.level} ${at.kind} to ${target}`;
    const ganglion = this.#ganglionAt(at);
    const hears = (): void => void this.heard.at(-1)?.push(name);
    const neuron = neurons.find((each) => each.name === target);
    const subscription =
      isTyped && neuron !== undefined
        ? ganglion.react(neuron, hears)
        : ganglion.reactRaw(target, hears);
    this.#listeners.push({ name, at, target, subscription });
  }

  #unsubscribe(index: number): void {
    this.#listeners[index]?.subscription.unsubscribe();
    this.#listeners = this.#listeners.filter((_, each) => each !== index);
  }

  async #transmit({ at, neuron: index }: Extract<Step, { do: "transmit" }>): Promise<void> {
    const neuron = neurons[index] ?? neurons[0];
    const ganglion = at.kind === "wire" ? this.#wires.get(at.level)?.[1] : this.#ganglionAt(at);
    this.heard.push([]);
    await ganglion?.transmit(neuron, "pint");
    await microtasks();
    this.heard.at(-1)?.sort();
    // Who reacts at the end of a wire itself hears only what comes by this wire.
    const hearing = this.#listeners.filter(
      (each) =>
        matches(each.target, neuron.name) &&
        (each.at.kind !== "wire" || (at.kind === "wire" && at.level === each.at.level)),
    );
    this.expected.push(hearing.map(({ name }) => name).sort());
  }

  /** The in-process ganglion of a level is closed, and another one comes. */
  async #renew(level: string): Promise<void> {
    await this.#inprocs.get(level)?.close();
    this.#listeners = this.#listeners.filter(
      ({ at }) => at.kind !== "inproc" || at.level !== level,
    );
    const plexus = this.#plexuses.get(level);
    if (plexus !== undefined) this.#renewInproc(level, plexus);
  }

  #renewInproc(level: string, plexus: Plexus): void {
    const inproc = new InprocGanglion({ lingerMs: 0 });
    this.#inprocs.set(level, inproc);
    plexus.infuse(inproc);
  }

  #ganglionAt({ level, kind }: Place): Plexus | InprocGanglion | MemoryGanglion {
    const ganglion =
      kind === "plexus"
        ? this.#plexuses.get(level)
        : kind === "inproc"
          ? this.#inprocs.get(level)
          : this.#wires.get(level)?.[0];
    if (ganglion === undefined) throw new Error(`nothing at ${level}`);
    return ganglion;
  }
}
