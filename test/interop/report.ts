/** What is shown of the results, and what is written down for CI. */
import { mkdirSync, writeFileSync } from "node:fs";
import type { InteropCase } from "./interop-case.ts";

/** One case that is over; `detail` says why it failed, and is empty if it did not. */
export interface Result {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

type Column = Exclude<keyof InteropCase, "run">;

const columns: readonly Column[] = ["peer", "transport", "role", "codec", "direction", "what"];

/** @param cases All that will be shown: they give the widths. */
export function showHead(cases: readonly InteropCase[]): void {
  const heads = columns.map((column) => column.padEnd(widthOf(column, cases)));
  console.log([...heads, "result"].join("  "));
}

export function showResult(cases: readonly InteropCase[], each: InteropCase, result: string): void {
  const cells = columns.map((column) => each[column].padEnd(widthOf(column, cases)));
  console.log([...cells, result].join("  "));
}

function widthOf(column: Column, cases: readonly InteropCase[]): number {
  return Math.max(column.length, ...cases.map((each) => each[column].length));
}

/** Writes the results where CI looks for them. */
export function writeReport(cases: readonly Result[]): void {
  const passed = cases.filter(({ ok }) => ok).length;
  const report = { passed, failed: cases.length - passed, cases };
  mkdirSync(".cache", { recursive: true });
  writeFileSync(".cache/interop-report.json", `${JSON.stringify(report, undefined, 2)}\n`);
}
