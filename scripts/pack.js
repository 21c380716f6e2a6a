/**
 * `node scripts/pack.js [FOLDER]`: packs what would be published as FOLDER/plexo.tgz, which has no
 * version in its name; FOLDER is .cache by default. The build in it is of the present sources.
 *
 * The packed package.json lacks what is for this checkout only. npm warns whoever installs a package
 * that has a `prepare` script, and the script itself is not in the package.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";

/** @typedef {{ version: string, files: string[], [field: string]: unknown }} Manifest */

const unpublished = ["scripts", "devDependencies", "allowScripts"];
const folder = resolve(process.argv[2] ?? ".cache");
const manifest = /** @type {Manifest} */ (JSON.parse(readFileSync("package.json", "utf8")));

run("node scripts/build.js --if-stale", process.cwd());
mkdirSync(folder, { recursive: true });
const staged = mkdtempSync(join(tmpdir(), "plexo-pack-"));
try {
  stage(staged);
  run(`npm pack --pack-destination "${folder}"`, staged);
} finally {
  rmSync(staged, { recursive: true });
}
renameSync(join(folder, `plexo-${manifest.version}.tgz`), join(folder, "plexo.tgz"));

/**
 * Puts the package into a folder as it is to be packed.
 * @param {string} place
 */
function stage(place) {
  for (const file of [...manifest.files, "README.md", "LICENSE"]) {
    cpSync(file, join(place, file), { recursive: true });
  }
  const published = Object.fromEntries(
    Object.entries(manifest).filter(([field]) => !unpublished.includes(field)),
  );
  writeFileSync(join(place, "package.json"), `${JSON.stringify(published, undefined, 2)}\n`);
}

/**
 * @param {string} command
 * @param {string} cwd
 */
function run(command, cwd) {
  const { status } = spawnSync(command, { cwd, shell: true, stdio: "inherit" });
  if (status === 0) return;
  console.error(`${command} failed`);
  process.exit(status ?? 1);
}
