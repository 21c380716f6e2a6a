/**
 * Builds the package into dist, and the programs that use it (bench, demo, examples, interop) into
 * build. Both are made from nothing: a file left over from an older build would be shipped.
 *
 * With `--if-stale` nothing is done where the last build is still good. npm runs `prepare` more often
 * than one thinks: `npx plexo` does in this folder, and two of them may start at the same time.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { isBuildCurrent, recordBuild } from "./build-state.js";

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

if (!process.argv.includes("--if-stale") || !isBuildCurrent()) build();

function build() {
  const startedMs = Date.now();
  for (const folder of ["dist", "build"]) rmSync(folder, { recursive: true, force: true });
  mkdirSync("build");
  compile("tsconfig.build.json");
  // npm sets this bit when it links the command of an installed package, but `npx plexo` in this
  // very folder runs the file as it is.
  chmodSync("dist/cli/main.js", 0o755);
  // These import "plexo" as its users do, from dist, so dist has to be there first.
  compile("tsconfig.programs.json");
  recordBuild(startedMs);
}

/** @param {string} project */
function compile(project) {
  const { status } = spawnSync(process.execPath, [tsc, "-p", project], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
