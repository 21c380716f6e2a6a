/**
 * `npm run bench`: everything side by side in one run; writes bench/RESULTS.md.
 * `npm run bench -- --quick` takes short runs, prints, and writes nothing.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import process from "node:process";
import { peersArePromised } from "../test/support/set-up/missing-peer.ts";
import { codecSections } from "./codec.ts";
import { inprocSections } from "./inproc.ts";
import { pairSections } from "./pair.ts";
import { setUpPeers } from "./peers.ts";
import { pubSubSections } from "./pubsub.ts";
import { renderSection, type Section } from "./report.ts";
import { startUpSections } from "./start-up.ts";
import { typesSections } from "./types.ts";

const notesHeading = "## What bounds them";
const quick = process.argv.includes("--quick");
const rounds = quick ? 1 : 7;
const inprocRounds = quick ? 1 : 15;
const scale = quick ? 0.05 : 1;

await using peers = await setUpPeers();
const benches: readonly (() => Promise<readonly Section[]>)[] = [
  () => inprocSections(inprocRounds, 5_000_000 * scale),
  () => typesSections(rounds, 2_000_000 * scale),
  () => codecSections(rounds, 500_000 * scale),
  () => pairSections(peers, rounds, scale),
  () => pubSubSections(peers, rounds, scale),
  () => startUpSections(rounds),
];

const rendered: string[] = [];
for (const bench of benches) {
  for (const section of await bench()) {
    const text = renderSection(section);
    console.log(text);
    rendered.push(text);
  }
}
const head = renderHead();
console.log(head);
if (!quick) await writeResults();
if (peers.leftOut.length > 0 && peersArePromised()) process.exitCode = 1;

/** The machine, and who took part. */
function renderHead(): string {
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.version}`;
  const rivals = peers.descriptions.join("; ");
  return [
    `Made by \`npm run bench\` on ${machine}. Rivals: ${rivals}. Each bench runs its sides in ` +
      `turns in one run; medians with the lowest and the highest of ${rounds} rounds (${inprocRounds} in-process).`,
    ...peers.leftOut.map((peer) => `Left out: ${peer}.`),
  ].join("\n\n");
}

/** Keeps what stands below the line in the file: what people have found out about the figures. */
async function writeResults(): Promise<void> {
  const file = new URL("../../bench/RESULTS.md", import.meta.url);
  const before = await readFile(file, "utf8").catch(() => "");
  const notes = before.split(notesHeading)[1] ?? "\n";
  await writeFile(file, `# Results\n\n${head}\n\n${rendered.join("\n")}\n${notesHeading}${notes}`);
}
