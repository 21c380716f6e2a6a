/**
 * Fuzzes the decoders: `npm run fuzz -- --help` says how. The results go to .cache/fuzz-report.json
 * as well, and an input that fails to .cache/fuzz.
 */
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { type CaseResult, writeCaseReport } from "../support/case-report.ts";
import { keep } from "./corpus.ts";
import { examine } from "./examine.ts";
import { type Result, runWorker } from "./run-worker.ts";
import { loadTarget, targetNames } from "./targets.ts";
import { linesAt } from "./unreached.ts";
import type { Failure } from "./worker.ts";

const help = `npm run fuzz -- [options] [target…]

Gives the decoders inputs without number, and says which break a law. Targets, all by default:
  ${targetNames.join(" ")}

  --seconds N     so long in all (default: 40)
  --inputs N      so many inputs for each target instead
  --seed N        plays a run again; default: another one each time
  --grow          keeps what reaches new blocks in test/fuzz/corpus, and that as short as it can be
  --unreached     lists the blocks that no input reached
  --replay FILE   gives one target one input, and shows what comes of it
  --hex BYTES     likewise`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string" },
    inputs: { type: "string" },
    seed: { type: "string" },
    grow: { type: "boolean", default: false },
    unreached: { type: "boolean", default: false },
    replay: { type: "string" },
    hex: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(help);
else if (values.replay !== undefined) await replay(new Uint8Array(readFileSync(values.replay)));
else if (values.hex !== undefined) await replay(new Uint8Array(Buffer.from(values.hex, "hex")));
else await fuzzAll();

async function fuzzAll(): Promise<void> {
  const names = chosenNames();
  const inputsMax = numberOf(values.inputs) ?? Number.POSITIVE_INFINITY;
  const secondsMax =
    numberOf(values.seconds) ?? (values.inputs === undefined ? 40 : Number.POSITIVE_INFINITY);
  const seed = numberOf(values.seed) ?? randomInt(2 ** 32);
  console.log(`seed ${seed}`);
  const results: CaseResult[] = [];
  for (const targetName of names) {
    const result = await runWorker({
      targetName,
      seed,
      inputsMax,
      secondsMax: secondsMax / names.length,
      grows: values.grow,
    });
    show(targetName, result);
    const detail = result.failure === undefined ? "" : failureText(targetName, result.failure);
    if (detail !== "") console.log(`${targetName} failed: ${detail}`);
    results.push({ name: `fuzz ${targetName}`, ok: detail === "", detail });
  }
  writeCaseReport(".cache/fuzz-report.json", results);
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}

function show(targetName: string, result: Result): void {
  if (!("inputCount" in result)) return;
  const { inputCount, seconds, blockCount, unreached, newCount } = result;
  const unreachedCount = [...unreached.values()].reduce((sum, { length }) => sum + length, 0);
  console.log(
    `${targetName.padEnd(20)} ${inputCount} inputs in ${seconds.toFixed(1)} s ` +
      `(${Math.round(inputCount / seconds)}/s), ${blockCount - unreachedCount} of ${blockCount} blocks; ` +
      `${newCount} inputs beyond the corpus`,
  );
  if (!values.unreached) return;
  for (const [url, offsets] of unreached) {
    for (const line of linesAt(url, offsets)) console.log(`  ${line}`);
  }
}

/** What is wrong, and how to see it again: by the bytes where they are few, as a file may be gone. */
function failureText(targetName: string, { law, message, input }: Failure): string {
  const path = keep(`.cache/fuzz/${targetName}`, input);
  const way =
    input.length > 500 ? `--replay ${path}` : `--hex ${Buffer.from(input).toString("hex")}`;
  return `"${law}" is broken by ${input.length} bytes: npm run fuzz -- ${targetName} ${way}\n${message}`;
}

async function replay(input: Uint8Array): Promise<void> {
  const [targetName, ...others] = chosenNames();
  if (targetName === undefined || others.length > 0)
    fail("name the one target that the input is for");
  const finding = examine(await loadTarget(targetName), input);
  if (finding === undefined) {
    console.log(`${targetName}: all laws are kept`);
    return;
  }
  console.log(`"${finding.law}" is broken:`);
  console.log(finding.cause ?? finding.message);
  process.exitCode = 1;
}

/** All that begin with what was given. */
function chosenNames(): string[] {
  const names = targetNames.filter(
    (name) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
  );
  if (names.length === 0)
    fail(`no target begins with ${positionals.join(" or ")}; there are ${targetNames.join(", ")}`);
  return names;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number >= 0)) fail(`${text} is no number`);
  return number;
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(1);
}
