/** What is written down for CI. */
import { type CaseResult, writeCaseReport } from "../support/case-report.ts";

export type Result = CaseResult;

/** Writes the results where CI looks for them. */
export function writeReport(cases: readonly Result[]): void {
  writeCaseReport(".cache/interop-report.json", cases);
}
