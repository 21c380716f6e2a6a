/**
 * What `.ci/run` runs in a fresh clone: the commands that everybody has, one after the other. One
 * that fails does not stop the next. The last line counts the single tests and checks that the
 * steps report, and a step without a report as one.
 */
import { existsSync, rmSync } from "node:fs";
import process from "node:process";
import { runInGroup } from "./process-group.js";
import {
  casesOf,
  checkReportPath,
  fuzzReportPath,
  interopReportPath,
  modelReportPath,
  mutationsReportPath,
  nodesReportPath,
  readReport,
  readVitestReport,
  simulationReportPath,
  vitestReportPath,
} from "./reports.js";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} command
 * @property {number} minutesMax
 * @property {{ path: string, read: (path: string) => import("./reports.js").Case[] }} [report]
 */

/** @type {Step[]} */
const steps = [
  { name: "install", command: "npm ci", minutesMax: 5 },
  {
    name: "check",
    command: "npm run check",
    minutesMax: 5,
    report: { path: checkReportPath, read: readReport },
  },
  {
    name: "test",
    command: `npm test -- --reporter=default --reporter=json --outputFile.json=${vitestReportPath}`,
    minutesMax: 10,
    report: { path: vitestReportPath, read: readVitestReport },
  },
  {
    name: "test:nodes",
    command: "npm run test:nodes",
    minutesMax: 12,
    report: { path: nodesReportPath, read: readReport },
  },
  {
    name: "fuzz",
    command: "npm run fuzz",
    minutesMax: 3,
    report: { path: fuzzReportPath, read: readReport },
  },
  {
    name: "simulate",
    command: "npm run simulate",
    minutesMax: 10,
    report: { path: simulationReportPath, read: readReport },
  },
  {
    name: "simulate:mutations",
    command: "npm run simulate -- --mutations",
    minutesMax: 10,
    report: { path: mutationsReportPath, read: readReport },
  },
  {
    name: "model",
    command: "npm run model",
    // Spin may have to be installed first.
    minutesMax: 12,
    report: { path: modelReportPath, read: readReport },
  },
  {
    name: "interop",
    command: "npm run interop",
    // Nothing is there yet: it installs two peers, and builds the third with its libzmq.
    minutesMax: 15,
    report: { path: interopReportPath, read: readReport },
  },
  { name: "demo", command: "npm run demo", minutesMax: 2 },
  { name: "bench", command: "npm run bench -- --quick", minutesMax: 4 },
  { name: "soak", command: "npm run soak -- --quick", minutesMax: 2 },
];

// As CI does, wherever this runs: no snapshot is written, and nothing asks or watches.
process.env["CI"] = "true";

const startedMs = performance.now();
const cases = [];
for (const step of steps) {
  cases.push(...(await take(step)));
  // npm writes this file when all packages are in place; only then can anything else run.
  if (!existsSync("node_modules/.package-lock.json")) break;
}

const failed = cases.filter(({ ok }) => !ok);
console.log(`\n=== all steps, ${secondsSince(startedMs)} s`);
for (const { name, detail } of failed) console.log(`failed: ${name}: ${detail}`);
console.log(`${cases.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** @param {Step} step */
async function take({ name, command, minutesMax, report }) {
  // An older run's report must not speak for this one.
  if (report !== undefined) rmSync(report.path, { force: true });
  console.log(`\n=== ${name}: ${command}`);
  const stepStartedMs = performance.now();
  const problem = await runInGroup(command, minutesMax * 60_000);
  console.log(`=== ${name}: ${problem ?? "done"}, ${secondsSince(stepStartedMs)} s`);
  return casesOf({ name, problem, read: report && (() => report.read(report.path)) });
}

/** @param {number} sinceMs */
function secondsSince(sinceMs) {
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}
