/**
 * Simulates the agreement on addresses: `npm run simulate -- --help` says how. The results go to
 * .cache/simulation-report.json as well, those of mutations to .cache/mutations-report.json.
 */
import { randomInt } from "node:crypto";
import process from "node:process";
import { parseArgs } from "node:util";
import { type CaseResult, writeCaseReport } from "../support/case-report.ts";
import { judge, summaryOf } from "./judge.ts";
import { makeSchedule } from "./make-schedule.ts";
import { mutatedBuild, plainBuild } from "./mutated-build.ts";
import { type Mutation, mutations } from "./mutations.ts";
import { runWorkers } from "./run-workers.ts";
import type { Failure, Tally } from "./tally.ts";

/** Ten minutes on two cores. */
const schedulesInCi = 100_000;
const schedulesInLongRun = 1_000_000;
const failuresMax = 10;

const help = `npm run simulate -- [options]

Runs nodes that agree on addresses through schedules of faults, each made from a seed, and checks
after each what docs/protocols/consensus.md guarantees.

  --schedules N     so many (default: ${schedulesInCi})
  --long            ${schedulesInLongRun} of them
  --first-seed N    their seeds are N, N + 1, …; default: others each time
  --seed N          plays this one again, and shows all that happens
  --mutations       breaks one rule after the other, and shows that each is found out
  --mutation NAME   breaks this rule only, in whatever else is asked for
                    ${mutations.map(({ name }) => name).join("\n                    ")}`;

const { values } = parseArgs({
  options: {
    schedules: { type: "string" },
    long: { type: "boolean", default: false },
    "first-seed": { type: "string" },
    seed: { type: "string" },
    mutations: { type: "boolean", default: false },
    mutation: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const mutation = mutationNamed(values.mutation);
const schedules =
  numberOf("--schedules", values.schedules) ?? (values.long ? schedulesInLongRun : schedulesInCi);
const firstSeed =
  numberOf("--first-seed", values["first-seed"]) ?? randomInt(2 ** 32 - schedulesInLongRun);
const seed = numberOf("--seed", values.seed);

if (values.help) console.log(help);
else if (values.mutations) await tryMutations();
else if (seed !== undefined) await replay(seed);
else await simulate();

async function simulate(): Promise<void> {
  console.log(`${schedules} schedules from seed ${firstSeed} on`);
  const { tally, seconds } = await run(mutation, failuresMax);
  for (const line of summaryOf(tally)) console.log(line);
  console.log(
    `${seconds.toFixed(1)} s, ${((seconds * 1_000) / tally.schedules).toFixed(2)} ms a schedule`,
  );
  for (const failure of tally.failures) console.log(failureText(failure));
  const results = judge(tally);
  for (const { name, ok, detail } of results) if (!ok) console.log(`failed: ${name}: ${detail}`);
  writeCaseReport(".cache/simulation-report.json", results);
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}

async function tryMutations(): Promise<void> {
  const results: CaseResult[] = [];
  for (const each of mutations) {
    const { tally, seconds } = await run(each, 1);
    const [failure] = tally.failures;
    const cost = `${tally.schedules} schedules, ${seconds.toFixed(1)} s`;
    const found = failure === undefined ? "NOT FOUND" : `found by seed ${failure.seed}`;
    console.log(`${each.name.padEnd(28)} ${found} after ${cost}: ${failure?.message ?? each.rule}`);
    const detail = failure === undefined ? `${schedules} schedules do not find it` : "";
    results.push({ name: `mutation ${each.name} is found`, ok: detail === "", detail });
  }
  writeCaseReport(".cache/mutations-report.json", results);
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}

async function run(
  chosen: Mutation | undefined,
  failuresAtMost: number,
): Promise<{ readonly tally: Tally; readonly seconds: number }> {
  const build = chosen === undefined ? plainBuild : mutatedBuild(chosen);
  const startedMs = performance.now();
  const tally = await runWorkers({
    workerUrl: new URL("test/simulation/worker.js", build),
    firstSeed,
    schedules,
    failuresMax: failuresAtMost,
  });
  return { tally, seconds: (performance.now() - startedMs) / 1_000 };
}

async function replay(replayedSeed: number): Promise<void> {
  const build = mutation === undefined ? plainBuild : mutatedBuild(mutation);
  // "as": the same module as the one imported above, built from the same or from mutated sources.
  const { World } = (await import(
    new URL("test/simulation/world.js", build).href
  )) as typeof import("./world.ts");
  const schedule = makeSchedule(replayedSeed);
  console.log(JSON.stringify(schedule, bigintAsText, 2));
  try {
    console.log(new World(schedule, (line) => console.log(line)).run());
  } catch (error) {
    console.log(error);
    process.exitCode = 1;
  }
}

function failureText({ seed: failedSeed, message }: Failure): string {
  const option = mutation === undefined ? "" : ` --mutation ${mutation.name}`;
  return `\n${message}\n  npm run simulate -- --seed ${failedSeed}${option}`;
}

function mutationNamed(name: string | undefined): Mutation | undefined {
  if (name === undefined) return undefined;
  const found = mutations.find((each) => each.name === name);
  if (found === undefined) {
    fail(
      `no mutation is called ${name}; there are ${mutations.map((each) => each.name).join(", ")}`,
    );
  }
  return found;
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) fail(`${option} takes a number, not ${text}`);
  return number;
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(1);
}
