/**
 * Runs every static check, which is every `check:` script of package.json, in the order given there.
 * One that fails does not stop the next. The results go to .cache/check-report.json as well.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { checkReportPath, writeReport } from "./reports.js";

const { scripts } = /** @type {{ scripts: Record<string, string> }} */ (
  JSON.parse(readFileSync("package.json", "utf8"))
);

/** @type {import("./reports.js").Case[]} */
const cases = [];
for (const name of Object.keys(scripts).filter((script) => script.startsWith("check:"))) {
  console.log(`\n${name}: ${scripts[name]}`);
  const startedMs = performance.now();
  const { status, signal } = spawnSync(`npm run --silent ${name}`, {
    shell: true,
    stdio: "inherit",
  });
  const ok = status === 0;
  const detail = ok ? "" : `ended with ${signal ?? `code ${status}`}`;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${name}: ${ok ? "passed" : detail}, ${seconds} s`);
  cases.push({ name, ok, detail });
}

writeReport(checkReportPath, cases);
const failed = cases.filter(({ ok }) => !ok).map(({ name }) => name);
console.log(failed.length === 0 ? "\nall checks passed" : `\nfailed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
