/**
 * `npm run bench`: everything side by side in one run; writes bench/RESULTS.md.
 * `npm run bench -- --quick` takes short runs, prints, and writes nothing.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import process from "node:process";
import { codecSections } from "./codec.ts";
import { inprocSections } from "./inproc.ts";
import { renderSection, type Section } from "./report.ts";
import { startUpSections } from "./start-up.ts";
import { typesSections } from "./types.ts";
import { wireSections } from "./wire.ts";

const notesHeading = "## What bounds them";
const quick = process.argv.includes("--quick");
const rounds = quick ? 1 : 7;
const scale = quick ? 0.05 : 1;

const benches: readonly (() => Promise<readonly Section[]>)[] = [
  () => inprocSections(quick ? 1 : 15, 5_000_000 * scale),
  () => typesSections(rounds, 2_000_000 * scale),
  () => codecSections(rounds, 500_000 * scale),
  () => wireSections(rounds, scale),
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
if (!quick) await writeResults();

/** Keeps what stands below the line in the file: what people have found out about the figures. */
async function writeResults(): Promise<void> {
  const file = new URL("../../bench/RESULTS.md", import.meta.url);
  const before = await readFile(file, "utf8").catch(() => "");
  const notes = before.split(notesHeading)[1] ?? "\n";
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.version}`;
  await writeFile(
    file,
    `# Results\n\nMade by \`npm run bench\` on ${machine}. Each bench runs its sides in turns in one run; ` +
      `medians with the lowest and the highest of ${rounds} rounds (15 in-process).\n\n` +
      `${rendered.join("\n")}\n${notesHeading}${notes}`,
  );
}
