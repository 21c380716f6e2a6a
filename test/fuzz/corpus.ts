/** Corpus: the inputs that are kept with the sources, one a file, named by what is in them. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Seen from the folder that all programs of this repository are started in. */
const folder = "test/fuzz/corpus";

/** Those of one target, shortest first. */
export function readCorpus(target: string): Uint8Array[] {
  const of = join(folder, target);
  if (!existsSync(of)) return [];
  return readdirSync(of)
    .map((name) => new Uint8Array(readFileSync(join(of, name))))
    .sort((one, other) => one.length - other.length);
}

/** Replaces those of one target. */
export function writeCorpus(target: string, inputs: readonly Uint8Array[]): void {
  rmSync(join(folder, target), { recursive: true, force: true });
  for (const input of inputs) keep(join(folder, target), input);
}

/** @returns The path of the file that has `input` from now on. */
export function keep(inFolder: string, input: Uint8Array): string {
  const path = join(inFolder, createHash("sha256").update(input).digest("hex").slice(0, 16));
  mkdirSync(inFolder, { recursive: true });
  writeFileSync(path, input);
  return path;
}
