/**
 * Runs the tests on each line of Node that is supported beside the one that runs here. Its newest
 * version comes from npm into .cache/nodes, and stays there until that folder is deleted. What follows
 * `--` goes to vitest: `npm run test:nodes -- src/queue.test.ts`. The results go to
 * .cache/nodes-report.json as well.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";
import process from "node:process";
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
  const node = obtain(line);
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

/**
 * npm's package `node` fetches one that has the executable, by a script that npm may be told not to
 * run: that other package is installed here, without any script.
 * @param {string} line
 * @returns {string} The executable.
 */
function obtain(line) {
  const { platform, arch } = process;
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node";
  const name = `${prefix}-${platform}-${arch}`;
  const folder = resolve(".cache/nodes", line);
  const node = resolve(folder, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  const options = "--no-save --no-package-lock --no-audit --no-fund --ignore-scripts";
  const command = `npm install --prefix "${folder}" ${options} ${name}@${line}`;
  const { status } = spawnSync(command, { shell: true, stdio: "inherit" });
  if (status === 0) return node;
  throw new Error(`Node ${line} cannot be installed by: ${command}`);
}
