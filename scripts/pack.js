/**
 * Packs what would be published as .cache/plexo.tgz, which has no version in its name. npm runs
 * `prepare` before it packs, so that the build is of the present sources.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync } from "node:fs";
import process from "node:process";

const folder = ".cache";
const { version } = /** @type {{ version: string }} */ (
  JSON.parse(readFileSync("package.json", "utf8"))
);

mkdirSync(folder, { recursive: true });
const { status } = spawnSync(`npm pack --pack-destination ${folder}`, {
  shell: true,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
renameSync(`${folder}/plexo-${version}.tgz`, `${folder}/plexo.tgz`);
