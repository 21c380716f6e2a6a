/** Runs Spin on the model: makes a verifier for one check, compiles it, and lets it search. */
import { mkdirSync, rmSync } from "node:fs";
import { relative, resolve } from "node:path";
import { run } from "../support/set-up/process.ts";
import type { Check } from "./checks.ts";
import { type PanResult, readPanResult } from "./pan-result.ts";

const model = "test/model/address-agreement.pml";
/** Far more than any run has; a longer one is told, as the search is not complete then. */
const depthMax = 100_000;

export interface SpinResult extends PanResult {
  readonly seconds: number;
  /** Shows the run that led to `violated`, as long as the check's folder is kept. */
  readonly replay: string;
}

/**
 * Searches all states of one check, in a folder of its own.
 * @param memoryMbMax At this the search is cut short.
 * @throws {Error} (rejects) if Spin, the compiler or the verifier cannot be run.
 */
export async function searchAll(check: Check, memoryMbMax: number): Promise<SpinResult> {
  const folder = folderOf(check);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = relative(folder, model);
  const defines = check.defines.map((define) => `-D${define}`);
  await run("spin", ["-a", ...defines, path], { cwd: folder });
  // Only assertions are checked (SAFETY). All variables are shared, so that partial order reduction
  // has nothing to reduce (NOREDUCE). What Spin writes is not all used (-w).
  const flags = ["-O2", "-w", "-DSAFETY", "-DNOREDUCE", `-DMEMLIM=${memoryMbMax}`];
  await run("gcc", [...flags, "-o", "pan", "pan.c"], { cwd: folder });
  const startedMs = performance.now();
  const text = await run(resolve(folder, "pan"), [`-m${depthMax}`, "-n"], { cwd: folder });
  const seconds = (performance.now() - startedMs) / 1000;
  const quoted = defines.map((define) => `'${define}'`).join(" ");
  const replay = `cd ${folder} && spin -k address-agreement.pml.trail -p ${quoted} ${path}`;
  return { ...readPanResult(text), seconds, replay };
}

/** What a search leaves behind is some hundred kilobytes, of use only after a surprise. */
export function tidyUp(check: Check): void {
  rmSync(folderOf(check), { recursive: true, force: true });
}

function folderOf({ name }: Check): string {
  return `.cache/model/${name.replaceAll(/\W+/g, "-")}`;
}
