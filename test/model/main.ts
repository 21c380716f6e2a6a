/**
 * Checks the model of the address agreement with Spin, in all its states: the rules as they are, and
 * each broken on purpose. `npm run model -- --help` says how. The results go to
 * .cache/model-report.json as well.
 */
import { totalmem } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { type CaseResult, writeCaseReport } from "../support/case-report.ts";
import { type Check, checks, type Expected } from "./checks.ts";
import { setUpSpin } from "./set-up.ts";
import { type SpinResult, searchAll, tidyUp } from "./spin.ts";

const help = `npm run model -- [options] [word…]

Checks the model of the address agreement, test/model/address-agreement.pml, in all its states.
Words are those that the names of checks must have, all of them, to be made.

  --long     with larger bounds as well`;

/** One is long, and the others are done beside it. */
const searchesAtOnceMax = 2;
const memoryMbMax = Math.floor(totalmem() / 2 ** 20 / searchesAtOnceMax);

const endings: Readonly<Record<Expected, SpinResult["ending"]>> = {
  holds: "complete",
  reached: "violated",
  refuted: "violated",
  needless: "complete",
};

const head = ["verdict", "check", "states", "depth", "MB", "seconds", "-D"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    long: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(help);
else report(await checkAll());

async function checkAll(): Promise<readonly CaseResult[]> {
  const startedMs = performance.now();
  try {
    console.log(`${await setUpSpin()}\n`);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    console.log(detail);
    return [{ name: "model: Spin", ok: false, detail }];
  }
  const chosen = checks.filter(
    ({ name, isLong }) =>
      (values.long || isLong === undefined) && positionals.every((word) => name.includes(word)),
  );
  const results: CaseResult[] = [];
  const rows: (readonly string[])[] = [];
  const queue = chosen.entries();
  const searcher = async (): Promise<void> => {
    for (const [index, check] of queue) {
      const { detail, row } = await makeCheck(check);
      if (detail !== "") console.log(`failed: ${check.name}: ${detail}`);
      results[index] = { name: `model: ${check.name}`, ok: detail === "", detail };
      rows[index] = row;
    }
  };
  await Promise.all(Array.from({ length: searchesAtOnceMax }, searcher));
  for (const line of aligned([head, ...rows])) console.log(line);
  console.log(`\nAll took ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
  return results;
}

function report(results: readonly CaseResult[]): void {
  writeCaseReport(".cache/model-report.json", results);
  const failedCount = results.filter(({ ok }) => !ok).length;
  console.log(`${results.length - failedCount} passed, ${failedCount} failed`);
  process.exitCode = failedCount === 0 && results.length > 0 ? 0 : 1;
}

/** Its row in the table, and what is not as expected; empty if all is. */
async function makeCheck(check: Check): Promise<{ detail: string; row: readonly string[] }> {
  try {
    const result = await searchAll(check, memoryMbMax);
    const detail = surpriseIn(check, result);
    if (detail === "") tidyUp(check);
    return { detail, row: rowOf(check, detail, result) };
  } catch (error) {
    // A model that does not compile, most likely. The other checks are made all the same.
    const detail = error instanceof Error ? error.message : String(error);
    return { detail, row: rowOf(check, detail) };
  }
}

function surpriseIn({ expected }: Check, { ending, detail, replay }: SpinResult): string {
  if (ending === endings[expected]) return "";
  if (ending === "cut short") return `the search did not end: ${detail}`;
  if (ending === "complete") return `all states were visited, and it was not ${expected}`;
  return `a property is broken, ${detail}; to see how: ${replay}`;
}

function rowOf(check: Check, surprise: string, result?: SpinResult): readonly string[] {
  return [
    surprise === "" ? check.expected : "FAILED",
    check.name,
    result?.states.toLocaleString("en") ?? "",
    String(result?.depth ?? ""),
    result?.memoryMb.toFixed(0) ?? "",
    result?.seconds.toFixed(1) ?? "",
    check.defines.join(" "),
  ];
}

/** Each column as wide as its widest cell; numbers stand at the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column >= 2 && column <= 5
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
