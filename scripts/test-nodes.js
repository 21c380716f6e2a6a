/**
 * Runs the tests on each line of Node that is supported beside the one that runs here. Its newest
 * version comes from npm into .cache/nodes, and stays there until that folder is deleted. What follows
 * `--` goes to vitest: `npm run test:nodes -- src/queue.test.ts`. The results go to
 * .cache/nodes-report.json as well.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import process from "node:process";
import { obtainNode } from "./obtain-node.js";
import { casesOf, nodesReportPath, readVitestReport, writeReport } from "./reports.js";

const supported = ["20", "22", "24"];

const cases = supported
  .filter((line) => line !== process.versions.node.split(".")[0])
  .flatMap(test);
writeReport(nodesReportPath, cases);
process.exitCode = cases.every(({ ok }) => ok) ? 0 : 1;

/**
 * @param {string} line
 * @returns {import("./reports.js").Case[]} Named after the version, too.
 */
function test(line) {
  const node = obtainNode(line);
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  console.log(`\n=== Node ${version}`);
  const reportPath = `.cache/nodes/${line}-report.json`;
  rmSync(reportPath, { force: true });
  const problem = runTests(node, reportPath);
  const results = casesOf({ name: "test", problem, read: () => readVitestReport(reportPath) });
  const failedCount = results.filter(({ ok }) => !ok).length;
  console.log(`Node ${version}: ${results.length - failedCount} passed, ${failedCount} failed`);
  return results.map(({ name, ...rest }) => ({ name: `Node ${version}: ${name}`, ...rest }));
}

/**
 * @param {string} node The executable.
 * @param {string} reportPath
 * @returns {string | undefined} What went wrong, if anything did.
 */
function runTests(node, reportPath) {
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`];
  const args = ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...process.argv.slice(2)];
  // Tests start programs, npm for one, by the name `node` too. The other two are how npm tells its
  // scripts what Node it runs on itself.
  const PATH = [dirname(node), process.env["PATH"]].join(delimiter);
  const env = { ...process.env, PATH, NODE: node, npm_node_execpath: node };
  const { status, signal, error } = spawnSync(node, args, { stdio: "inherit", env });
  return status === 0 ? undefined : (error?.message ?? `ended with ${signal ?? `code ${status}`}`);
}
