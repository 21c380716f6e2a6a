/** What is written down for CI. */
import { mkdirSync, writeFileSync } from "node:fs";

/** One case that is over; `detail` says why it failed, and is empty if it did not. */
export interface Result {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Writes the results where CI looks for them. */
export function writeReport(cases: readonly Result[]): void {
  const passed = cases.filter(({ ok }) => ok).length;
  const report = { passed, failed: cases.length - passed, cases };
  mkdirSync(".cache", { recursive: true });
  writeFileSync(".cache/interop-report.json", `${JSON.stringify(report, undefined, 2)}\n`);
}
