import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isBuildCurrent, recordBuild } from "./build-state.js";

const startedMs = Date.UTC(2026, 0, 1);
const before = new Date(startedMs - 1);
const after = new Date(startedMs + 1);
const sources = ["src/io", "src/io/listener.ts", "src", "package.json"];

const checkout = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plexo-build-state-"));
  process.chdir(folder);
  for (const made of ["dist", "build", "src/io"]) mkdirSync(made, { recursive: true });
  writeFileSync("src/io/listener.ts", "");
  writeFileSync("package.json", "{}");
  for (const path of sources) utimesSync(path, before, before);
});
afterEach(() => {
  process.chdir(checkout);
  rmSync(folder, { recursive: true });
});

test("a build that has not ended well is not current", () => {
  expect(isBuildCurrent()).toBe(false);
});

test("a build is current while all it reads is older", () => {
  recordBuild(startedMs);
  expect(isBuildCurrent()).toBe(true);
});

test.each(sources)("a change to %s since the build began makes it stale", (path) => {
  recordBuild(startedMs);
  utimesSync(path, after, after);
  expect(isBuildCurrent()).toBe(false);
});

test("a removed file makes a build stale", () => {
  recordBuild(startedMs);
  rmSync("src/io/listener.ts");
  expect(isBuildCurrent()).toBe(false);
});

test.each(["dist", "build"])("a build without %s is not current", (made) => {
  recordBuild(startedMs);
  rmSync(made, { recursive: true });
  expect(isBuildCurrent()).toBe(false);
});
