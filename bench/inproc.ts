/** In-process: one message to 1 and to 10 synchronous reactants, against emitters of events. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Job } from "./inproc/job.ts";
import type { Section } from "./report.ts";
import { processesSideBySide } from "./side-by-side.ts";
import { EndProcess } from "./wire/end-process.ts";

const ours = "plexo Plexus";
const emitters = ["EventEmitter", "mitt", "RxJS Subject"];
const program = fileURLToPath(new URL("./inproc/end.js", import.meta.url));

export async function inprocSections(rounds: number, calls: number): Promise<Section[]> {
  const sections: Section[] = [];
  for (const reactants of [1, 10]) {
    const messages = Math.ceil(calls / reactants);
    const rivals = [ours, ...emitters].map((name) => ({
      name,
      run: async () => (await timeOf(name, { reactants, messages })) / messages,
    }));
    sections.push({
      title: `In-process, ${reactants === 1 ? "1 reactant" : `${reactants} reactants`}`,
      how:
        `Each run is a process of its own, so that no rival's code is compiled for another. A loop hands over one object ${messages.toLocaleString("en")} times, ` +
        "after as many to warm up; synchronous reactants add up a field of it.",
      unit: "ns a message",
      higherIsBetter: false,
      figures: await processesSideBySide(rivals, rounds),
      targets: emitters.map((rival) => ({ ours, rival, ratio: 1 })),
    });
  }
  return sections;
}

/** In nanoseconds. */
async function timeOf(name: string, job: Job): Promise<number> {
  const end = new EndProcess(name, [process.execPath, program, name], job);
  const { elapsedNs } = await end.next("done");
  await end.finish();
  return elapsedNs;
}
