/** In-process: one message to 1 and to 10 synchronous reactants, against EventEmitter. */
import { EventEmitter } from "node:events";
import { Namespace, Neuron, Plexus } from "plexo";
import { jsonCodec } from "plexo/json";
import type { Section } from "./report.ts";
import { type Rival, sideBySide } from "./side-by-side.ts";

interface Reading {
  readonly celsius: number;
}

const namespace = new Namespace("dev.plexo.bench");
const reading: Reading = { celsius: 11.4 };

export async function inprocSections(rounds: number, messages: number): Promise<Section[]> {
  const sections: Section[] = [];
  for (const reactants of [1, 10]) {
    const count = Math.ceil(messages / reactants);
    const figures = await sideBySide([plexo(reactants, count), emitter(reactants, count)], rounds);
    sections.push({
      title: `In-process, ${reactants === 1 ? "1 reactant" : `${reactants} reactants`}`,
      how: `A loop hands over one object ${count.toLocaleString("en")} times; synchronous reactants add up a field of it.`,
      unit: "ns a message",
      higherIsBetter: false,
      figures,
      targets: [{ ours: "plexo Plexus", rival: "EventEmitter", ratio: 1 }],
    });
  }
  return sections;
}

function plexo(reactants: number, count: number): Rival {
  const plexus = new Plexus();
  const neuron = new Neuron("Reading", namespace, jsonCodec<Reading>());
  let sum = 0;
  for (let index = 0; index < reactants; index++) {
    plexus.react(neuron, ({ celsius }) => {
      sum += celsius;
    });
  }
  return {
    name: "plexo Plexus",
    run: () => {
      const before = sum;
      const elapsedNs = nanosecondsOf(() => {
        for (let index = 0; index < count; index++) void plexus.transmit(neuron, reading);
      });
      checkSum(sum - before, count * reactants);
      return elapsedNs / count;
    },
  };
}

function emitter(reactants: number, count: number): Rival {
  const events = new EventEmitter();
  let sum = 0;
  for (let index = 0; index < reactants; index++) {
    events.on("reading", ({ celsius }: Reading) => {
      sum += celsius;
    });
  }
  return {
    name: "EventEmitter",
    run: () => {
      const before = sum;
      const elapsedNs = nanosecondsOf(() => {
        for (let index = 0; index < count; index++) events.emit("reading", reading);
      });
      checkSum(sum - before, count * reactants);
      return elapsedNs / count;
    },
  };
}

function nanosecondsOf(act: () => void): number {
  const start = process.hrtime.bigint();
  act();
  return Number(process.hrtime.bigint() - start);
}

function checkSum(sum: number, calls: number): void {
  if (Math.abs(sum - calls * reading.celsius) > 1) throw new Error(`${calls} calls added ${sum}`);
}
