import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { casesOf, readReport, readVitestReport, writeReport } from "./reports.js";

const good = { name: "good", ok: true, detail: "" };
const bad = { name: "bad", ok: false, detail: "1 is not 2" };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plexo-reports-"));
  path = join(folder, "report.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(content: unknown): void {
  writeFileSync(path, JSON.stringify(content));
}

describe("a report of our own", () => {
  test("is read as it was written", () => {
    writeReport(path, [good, bad]);
    expect(readReport(path)).toEqual([good, bad]);
  });

  test("is refused when its counts are not those of its cases", () => {
    put({ passed: 2, failed: 0, cases: [good, bad] });
    expect(() => readReport(path)).toThrow("says 2 passed and 0 failed, but has 1 case");
  });
});

describe("a report of vitest", () => {
  const file = { name: resolve("src/a.test.ts"), status: "passed", message: "" };

  test("has a case for each test that passed or failed, none for one that was skipped", () => {
    const assertionResults = [
      { fullName: "it works", status: "passed", failureMessages: [] },
      { fullName: "it does not", status: "failed", failureMessages: ["1 is not 2\n  at a.ts"] },
      { fullName: "it was not asked", status: "skipped", failureMessages: [] },
      { fullName: "it may come", status: "todo", failureMessages: [] },
    ];
    put({ testResults: [{ ...file, status: "failed", assertionResults }] });
    expect(readVitestReport(path)).toEqual([
      { name: "src/a.test.ts: it works", ok: true, detail: "" },
      { name: "src/a.test.ts: it does not", ok: false, detail: "1 is not 2" },
    ]);
  });

  test("has a failed case for a file that could not be loaded", () => {
    put({
      testResults: [{ ...file, status: "failed", message: "no module b\n", assertionResults: [] }],
    });
    expect(readVitestReport(path)).toEqual([
      { name: "src/a.test.ts", ok: false, detail: "no module b" },
    ]);
  });
});

describe("the cases of a step", () => {
  const step = { name: "step", problem: undefined, read: () => [good] };

  test("are those of its report", () => {
    expect(casesOf({ ...step, read: () => [good, bad] })).toEqual([good, bad]);
  });

  test("are one where it has no report", () => {
    const whole = { name: "step", read: undefined };
    expect(casesOf({ ...whole, problem: undefined })).toEqual([{ ...good, name: "step" }]);
    expect(casesOf({ ...whole, problem: "ended with code 1" })).toEqual([
      { name: "step", ok: false, detail: "ended with code 1" },
    ]);
  });

  test("are one failure when the report is missing", () => {
    const [only, ...more] = casesOf({ ...step, read: () => readReport(path) });
    expect(more).toEqual([]);
    expect(only?.ok).toBe(false);
    expect(only?.detail).toContain("ENOENT");
  });

  test("are one failure when it ran nothing", () => {
    expect(casesOf({ ...step, read: () => [] })).toEqual([
      { name: "step", ok: false, detail: "it ran nothing" },
    ]);
  });

  test("include a failure when all cases are good and the step is not", () => {
    expect(casesOf({ ...step, problem: "ended with code 1" })).toEqual([
      good,
      { name: "step", ok: false, detail: "ended with code 1" },
    ]);
  });

  test("blame the step for no more than the cases that failed", () => {
    expect(casesOf({ ...step, problem: "ended with code 1", read: () => [good, bad] })).toEqual([
      good,
      bad,
    ]);
  });
});
