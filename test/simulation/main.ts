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
import { type RunOptions, runWorkers } from "./run-workers.ts";
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
  const { tally, seconds } = await run({ mutation, firstSeed, schedules, failuresMax });
  for (const line of summaryOf(tally)) console.log(line);
  console.log(
    `${seconds.toFixed(1)} s, ${((seconds * 1_000) / tally.schedules).toFixed(2)} ms a schedule`,
  );
  for (const failure of tally.failures) console.log(failureText(failure, mutation));
  const results = judge(tally);
  for (const { name, ok, detail } of results) if (!ok) console.log(`failed: ${name}: ${detail}`);
  writeCaseReport(".cache/simulation-report.json", results);
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}

async function tryMutations(): Promise<void> {
  console.log(`up to ${schedules} schedules each, from seed ${firstSeed} on`);
  const results: CaseResult[] = [];
  for (const each of mutations) {
    const { tally, seconds } = await run({ mutation: each, firstSeed, schedules, failuresMax: 1 });
    const [failure] = tally.failures;
    const detail = failure === undefined ? "it is not found" : await problemWithout(failure);
    const cost = `${tally.schedules} schedules, ${seconds.toFixed(1)} s`;
    console.log(`\n${each.name}: ${detail === "" ? "found" : detail}, ${cost}`);
    if (failure !== undefined) console.log(failureText(failure, each));
    results.push({ name: `mutation ${each.name} is found`, ok: detail === "", detail });
  }
  writeCaseReport(".cache/mutations-report.json", results);
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
}

/** A mutation is found only by what does not fail without it. */
async function problemWithout({ seed: failedSeed }: Failure): Promise<string> {
  const options = { mutation: undefined, firstSeed: failedSeed, schedules: 1, failuresMax: 1 };
  const { tally } = await run(options);
  return tally.failures.length === 0 ? "" : `seed ${failedSeed} fails without it too`;
}

async function run({
  mutation: chosen,
  ...order
}: {
  readonly mutation: Mutation | undefined;
} & Omit<RunOptions, "workerUrl">): Promise<{ readonly tally: Tally; readonly seconds: number }> {
  const build = chosen === undefined ? plainBuild : mutatedBuild(chosen);
  const startedMs = performance.now();
  const workerUrl = new URL("test/simulation/worker.js", build);
  const tally = await runWorkers({ workerUrl, ...order });
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

function failureText({ seed: failedSeed, message }: Failure, broken: Mutation | undefined): string {
  const option = broken === undefined ? "" : ` --mutation ${broken.name}`;
  return `${message}\n  npm run simulate -- --seed ${failedSeed}${option}`;
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
