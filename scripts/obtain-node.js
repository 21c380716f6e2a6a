/**
 * obtainNode: a Node of another line, from npm into .cache/nodes, where it stays until that folder is
 * deleted.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";

/**
 * npm's package `node` fetches one that has the executable, by a script that npm may be told not to
 * run: that other package is installed here, without any script.
 * @param {string} line Its major version.
 * @returns {string} The executable.
 */
export function obtainNode(line) {
  const { platform, arch } = process;
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node";
  const name = `${prefix}-${platform}-${arch}`;
  const folder = resolve(".cache/nodes", line);
  const node = resolve(folder, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  const options = "--no-save --no-package-lock --no-audit --no-fund --ignore-scripts";
  const command = `npm install --prefix "${folder}" ${options} ${name}@${line}`;
  // What npm says is for people: standard output may be read by a program.
  const { status } = spawnSync(command, { shell: true, stdio: ["ignore", 2, 2] });
  if (status === 0) return node;
  throw new Error(`Node ${line} cannot be installed by: ${command}`);
}
