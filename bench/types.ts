/** Many types on one plexus: what a message costs, and what an idle type takes of the heap. */
import { Namespace, Neuron, Plexus } from "plexo";
import { jsonCodec } from "plexo/json";
import { collectedHeapBytes } from "./heap.ts";
import type { Section } from "./report.ts";
import { type Rival, sideBySide } from "./side-by-side.ts";

const namespace = new Namespace("dev.plexo.bench.types");

export async function typesSections(rounds: number, messages: number): Promise<Section[]> {
  const few = plexusWith(10);
  const many = plexusWith(10_000);
  const figures = await sideBySide(
    [
      loop("one hot type of 10", few, messages, () => 0),
      loop("one hot type of 10,000", many, messages, () => 0),
      loop("all of 10 in turns", few, messages, (index) => index % 10),
      loop("all of 10,000 in turns", many, messages, (index) => (index * 7_919) % 10_000),
    ],
    rounds,
  );
  return [
    {
      title: "10,000 types on one plexus",
      how: "In-process, one reactant for each type; a loop transmits to one type, or to all in a scattered order.",
      unit: "ns a message",
      higherIsBetter: false,
      figures,
      targets: [
        { ours: "one hot type of 10,000", rival: "one hot type of 10", ratio: 1.1 },
        { ours: "all of 10,000 in turns", rival: "all of 10 in turns", ratio: 1.5 },
      ],
    },
    heapSection(),
  ];
}

interface Populated {
  readonly plexus: Plexus;
  readonly neurons: readonly Neuron<number>[];
  readonly calls: { count: number };
}

function plexusWith(types: number): Populated {
  const plexus = new Plexus();
  const calls = { count: 0 };
  const codec = jsonCodec<number>();
  const neurons = Array.from(
    { length: types },
    (_, index) => new Neuron(`Type${index}`, namespace, codec),
  );
  for (const neuron of neurons) {
    plexus.react(neuron, () => {
      calls.count += 1;
    });
  }
  return { plexus, neurons, calls };
}

function loop(
  name: string,
  { plexus, neurons, calls }: Populated,
  messages: number,
  pick: (index: number) => number,
): Rival {
  return {
    name,
    run: () => {
      const before = calls.count;
      const start = process.hrtime.bigint();
      for (let index = 0; index < messages; index++) {
        const neuron = neurons[pick(index)];
        if (neuron !== undefined) void plexus.transmit(neuron, index);
      }
      const elapsedNs = Number(process.hrtime.bigint() - start);
      if (calls.count - before !== messages) throw new Error(`${calls.count - before} calls`);
      return elapsedNs / messages;
    },
  };
}

function heapSection(): Section {
  const types = 10_000;
  const beforeBytes = collectedHeapBytes();
  const populated = plexusWith(types);
  const bytes = (collectedHeapBytes() - beforeBytes) / populated.neurons.length;
  const name = "an idle type with one reactant";
  return {
    title: "Heap of an idle type",
    how: "Heap after a collection, with 10,000 neurons and a reactant for each, less that before.",
    unit: "bytes",
    higherIsBetter: false,
    figures: new Map([
      [name, { name, median: bytes, min: bytes, max: bytes }],
      ["the bound", { name: "the bound", median: 2_048, min: 2_048, max: 2_048 }],
    ]),
    targets: [{ ours: name, rival: "the bound", ratio: 1 }],
  };
}
