import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryPair } from "../../test/support/memory-ganglion.ts";
import { textNeuron } from "../../test/support/neurons.ts";
import { incidentsOf, microtasks } from "../../test/support/notebook.ts";
import { InprocGanglion } from "../ganglion/inproc.ts";
import { Plexus } from "../plexus.ts";

/** A process: a plexus, and what may be in it. Each has a reactant, and transmits once. */
interface Plan {
  readonly hasInner: boolean;
  readonly hasInproc: boolean;
}

/** A wire from one plexus to another, each given by a process and whether it is the inner one. */
interface WirePlan {
  readonly from: readonly [process: number, isInner: boolean];
  readonly to: readonly [process: number, isInner: boolean];
}

const end = fc.tuple(fc.nat(3), fc.boolean());
const plans = fc.array(fc.record({ hasInner: fc.boolean(), hasInproc: fc.boolean() }), {
  minLength: 4,
  maxLength: 4,
});
const wirePlans = fc.array(fc.record({ from: end, to: end }), { minLength: 1, maxLength: 7 });

test("however plexuses are nested and wired, each reactant gets each message once", async () => {
  await fc.assert(
    fc.asyncProperty(plans, wirePlans, async (processes, wires) => {
      const network = await Network.open(processes, wires);
      const { heard, expected } = await network.run();
      await network.close();
      expect(heard).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

class Network {
  readonly #plexuses = new Map<string, Plexus>();
  readonly #inprocs = new Map<string, InprocGanglion>();
  // Which process each process can reach.
  readonly #component: number[];
  readonly #neuron = textNeuron();
  readonly #heard: string[] = [];

  static async open(processes: readonly Plan[], wires: readonly WirePlan[]): Promise<Network> {
    const network = new Network(processes.length);
    for (const [index, plan] of processes.entries()) network.#addProcess(index, plan);
    for (const [index, wire] of wires.entries()) network.#addWire(index, wire);
    for (const plexus of network.#plexuses.values()) await plexus.adapt(network.#neuron);
    return network;
  }

  private constructor(processCount: number) {
    this.#component = Array.from({ length: processCount }, (_, index) => index);
  }

  /** Lets everybody transmit once, and gives back who heard what, and who should have. */
  async run(): Promise<{ readonly heard: string[]; readonly expected: string[] }> {
    const everybody = [...this.#plexuses, ...this.#inprocs];
    for (const [name, ganglion] of everybody) {
      await ganglion.transmit(this.#neuron, name);
      await microtasks();
    }
    const expected = everybody.flatMap(([to]) =>
      everybody.flatMap(([from]) => (this.#isReachable(from, to) ? [`${to} hears ${from}`] : [])),
    );
    return { heard: this.#heard.sort(), expected: expected.sort() };
  }

  async close(): Promise<void> {
    for (const plexus of this.#plexuses.values()) await plexus.close();
  }

  #addProcess(index: number, { hasInner, hasInproc }: Plan): void {
    const root = this.#addPlexus(`${index} root`);
    if (hasInner) root.infuse(this.#addPlexus(`${index} inner`));
    if (!hasInproc) return;
    const inproc = new InprocGanglion();
    this.#inprocs.set(`${index} inproc`, inproc);
    this.#listen(`${index} inproc`, inproc);
    root.infuse(inproc);
  }

  #addPlexus(name: string): Plexus {
    const plexus = new Plexus({ name, lingerMs: 0 });
    this.#plexuses.set(name, plexus);
    this.#listen(name, plexus);
    return plexus;
  }

  #listen(name: string, ganglion: Plexus | InprocGanglion): void {
    incidentsOf(ganglion);
    ganglion.react(this.#neuron, (from) => void this.#heard.push(`${name} hears ${from}`));
  }

  #addWire(index: number, { from, to }: WirePlan): void {
    if (from[0] === to[0]) return;
    const [left, right] = memoryPair(`${index}`, { lingerMs: 0, framesMax: 1_000 });
    this.#plexusAt(from).infuse(left);
    this.#plexusAt(to).infuse(right);
    const [kept, gone] = [this.#component[from[0]], this.#component[to[0]]];
    for (const [each, component] of this.#component.entries()) {
      if (component === gone) this.#component[each] = kept ?? 0;
    }
  }

  #plexusAt([process, isInner]: readonly [number, boolean]): Plexus {
    const root = this.#plexuses.get(`${process} root`);
    const chosen = (isInner ? this.#plexuses.get(`${process} inner`) : undefined) ?? root;
    if (chosen === undefined) throw new Error(`no process ${process}`);
    return chosen;
  }

  #isReachable(from: string, to: string): boolean {
    const processOf = (name: string): number => Number(name.split(" ")[0]);
    return this.#component[processOf(from)] === this.#component[processOf(to)];
  }
}
