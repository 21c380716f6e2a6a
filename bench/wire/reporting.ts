/** An end that is a program for Node: its job, its reports, its end. */
import { once } from "node:events";
import process from "node:process";
import type { Report } from "./report.ts";

let isDone = false;
const inputEnd = once(process.stdin.resume(), "end");
void inputEnd.then(() => {
  if (!isDone) process.exit(1);
});

export function report(message: Report): void {
  console.log(JSON.stringify(message));
}

/** Resolves when every end is done, so that this one may close: not all send what is left then. */
export async function reportDone(elapsedNs: number): Promise<void> {
  isDone = true;
  report({ kind: "done", elapsedNs });
  await inputEnd;
}
