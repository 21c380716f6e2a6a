/** An end that is a program for Node: its job, its reports, its end. */
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Report } from "./report.ts";

let isDone = false;
const input = createInterface({ input: process.stdin });
const inputEnd = once(input, "close");
void inputEnd.then(() => {
  if (!isDone) process.exit(1);
});

/** Resolves when this end is told to begin. */
export const toldToBegin: Promise<unknown> = once(input, "line");

export function report(message: Report): void {
  console.log(JSON.stringify(message));
}

/** Resolves when every end is done, so that this one may close: not all send what is left then. */
export async function reportDone(elapsedNs: number): Promise<void> {
  isDone = true;
  report({ kind: "done", elapsedNs });
  await inputEnd;
}
