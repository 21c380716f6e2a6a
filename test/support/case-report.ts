/** What programs write down of the cases they ran, for CI to count. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** One case that is over; `detail` says why it failed, and is empty if it did not. */
export interface CaseResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** In the form that `scripts/reports.js` reads. */
export function writeCaseReport(path: string, cases: readonly CaseResult[]): void {
  const passed = cases.filter(({ ok }) => ok).length;
  const report = { passed, failed: cases.length - passed, cases };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`);
}
