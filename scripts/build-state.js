/** Build state: whether dist and build are what a build of the present sources would give. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** All that a build reads; a folder stands for all that is in it. */
const inputs = [
  "src",
  "bench",
  "demo",
  "examples",
  "test/interop",
  "test/fuzz",
  "test/simulation",
  "test/model",
  "test/support/case-report.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.base.json",
  "tsconfig.build.json",
  "tsconfig.programs.json",
];

/** Gone with the folder, so that nobody takes what was half deleted for whole. */
const stamp = "build/built-from.txt";

/**
 * To be called when a build has ended well.
 * @param {number} startedMs When it began, by the wall clock as files have it: what changed since may
 *   or may not be in it.
 */
export function recordBuild(startedMs) {
  writeFileSync(stamp, String(startedMs));
}

/** Whether nothing that goes into the build was changed, added or removed since it began. */
export function isBuildCurrent() {
  if (!existsSync("dist") || !existsSync(stamp)) return false;
  const startedMs = Number(readFileSync(stamp, "utf8"));
  return inputs.filter((path) => existsSync(path)).every((path) => newestMs(path) < startedMs);
}

/**
 * A folder counts with its own time, which is when a file was last added to it or removed.
 * @param {string} path
 * @returns {number}
 */
function newestMs(path) {
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
