/**
 * MutatedBuild: a copy of the compiled sources in which one rule is broken. The sources themselves
 * need no switches for it.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Edit, Mutation } from "./mutations.ts";

/** The folder build/, of which this file is a part once it is compiled. */
export const plainBuild: URL = new URL("../../", import.meta.url);

/** @returns the copy's folder. @throws {Error} if the code to be replaced is not there, or there twice. */
export function mutatedBuild({ name, edits }: Mutation): URL {
  // Inside the repository, so that Node finds its package.json and takes the files for modules.
  const folder = new URL(`../.cache/mutations/${name}/`, plainBuild);
  rmSync(folder, { recursive: true, force: true });
  for (const part of ["src", "test/simulation"]) {
    cpSync(new URL(part, plainBuild), new URL(part, folder), { recursive: true });
  }
  for (const edit of edits) apply(name, folder, edit);
  return folder;
}

function apply(name: string, folder: URL, { file, code, broken }: Edit): void {
  const path = new URL(file, folder);
  const parts = readFileSync(path, "utf8").split(code);
  if (parts.length !== 2) {
    throw new Error(
      `mutation ${name}: ${file} has this ${parts.length - 1} times, ` +
        `but it has to be there once: ${code}`,
    );
  }
  writeFileSync(path, parts.join(broken));
}
