/**
 * Reports: what the steps of a run say they ran, for `.ci/run` to count. Most write the form below;
 * vitest's own JSON is read into the same cases.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import process from "node:process";

/**
 * One thing that passed or failed; `detail` says why it failed, and is empty if it did not.
 * @typedef {{ name: string, ok: boolean, detail: string }} Case
 */

/**
 * The content of a report, as JSON. `passed` and `failed` count the cases.
 * @typedef {{ passed: number, failed: number, cases: Case[] }} Report
 */

export const checkReportPath = ".cache/check-report.json";
export const fuzzReportPath = ".cache/fuzz-report.json";
export const interopReportPath = ".cache/interop-report.json";
export const mutationsReportPath = ".cache/mutations-report.json";
export const modelReportPath = ".cache/model-report.json";
export const nodesReportPath = ".cache/nodes-report.json";
export const simulationReportPath = ".cache/simulation-report.json";
export const vitestReportPath = ".cache/vitest-report.json";

/**
 * @param {string} path
 * @param {Case[]} cases
 */
export function writeReport(path, cases) {
  const passed = cases.filter(({ ok }) => ok).length;
  /** @type {Report} */
  const report = { passed, failed: cases.length - passed, cases };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`);
}

/**
 * @param {string} path
 * @returns {Case[]}
 * @throws {Error} if there is no report, or its counts are not those of its cases.
 */
export function readReport(path) {
  const { passed, failed, cases } = /** @type {Report} */ (JSON.parse(readFileSync(path, "utf8")));
  const passedCases = cases.filter(({ ok }) => ok).length;
  if (passed !== passedCases || failed !== cases.length - passedCases) {
    throw new Error(
      `${path} says ${passed} passed and ${failed} failed, ` +
        `but has ${passedCases} cases that passed among ${cases.length}`,
    );
  }
  return cases;
}

/**
 * Skipped tests are no cases: they neither passed nor failed.
 * @param {string} path
 * @returns {Case[]}
 * @throws {Error} if there is no report.
 */
export function readVitestReport(path) {
  const { testResults } = /** @type {import("vitest/node").JsonTestResults} */ (
    JSON.parse(readFileSync(path, "utf8"))
  );
  return testResults.flatMap((file) => {
    const fileName = relative(process.cwd(), file.name);
    const cases = file.assertionResults
      .filter(({ status }) => status === "passed" || status === "failed")
      .map(({ fullName, status, failureMessages }) => ({
        name: `${fileName}: ${fullName}`,
        ok: status === "passed",
        detail: failureMessages?.[0]?.split("\n")[0] ?? "",
      }));
    // A file that throws while it is loaded, or in a hook, fails as a whole.
    if (file.status === "failed" && cases.every(({ ok }) => ok)) {
      cases.push({ name: fileName, ok: false, detail: file.message.split("\n")[0] ?? "" });
    }
    return cases;
  });
}

/**
 * The cases of one step, never none and never all good when the step itself went wrong.
 * @param {object} step
 * @param {string} step.name
 * @param {string | undefined} step.problem What went wrong with the step as a whole.
 * @param {(() => Case[]) | undefined} step.read Without it the step is one case.
 * @returns {Case[]}
 */
export function casesOf({ name, problem, read }) {
  const whole = { name, ok: problem === undefined, detail: problem ?? "" };
  if (read === undefined) return [whole];
  try {
    const cases = read();
    if (cases.length === 0) return [{ name, ok: false, detail: problem ?? "it ran nothing" }];
    // vitest, for one, ends with an error when all tests passed but a promise was left to reject.
    return problem !== undefined && cases.every(({ ok }) => ok) ? [...cases, whole] : cases;
  } catch (error) {
    return [{ name, ok: false, detail: problem ?? `its report cannot be read: ${String(error)}` }];
  }
}
