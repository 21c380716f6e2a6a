/**
 * The original of plexo, from PyPI, in a virtual environment that is made here and kept as long as
 * its requirements are the same.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { OriginalPlace } from "../original.ts";
import { MissingPeer } from "./missing-peer.ts";
import { run, runs } from "./process.ts";
import { findPython } from "./python.ts";

const environment = resolve(".cache/interop/venv");
const python = `${environment}/bin/python`;
const requirements = "test/interop/requirements.txt";
/** Written last: the hash of the requirements that were installed. */
const stamp = `${environment}/requirements.sha256`;
const importOriginal = ["-c", "import plexo.codec.json_codec, plexo.ganglion.tcp_pair"];

/** @throws {MissingPeer} (rejects) if there is no Python for it, or it cannot be installed. */
export async function setUpOriginal(): Promise<OriginalPlace> {
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const isInstalled = existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
  if (!isInstalled || !(await runs(python, importOriginal))) {
    await install(await findPython());
    writeFileSync(stamp, hash);
  }
  return { python, programs: resolve("test/interop/peers/python") };
}

/** @param base The Python that the environment is made with. */
async function install(base: string): Promise<void> {
  console.log(`installing plexo 1.0.0 for Python from PyPI into ${environment}, once`);
  rmSync(environment, { recursive: true, force: true });
  try {
    await run(base, ["-m", "venv", environment]);
    await run(python, ["-m", "pip", "install", "--no-deps", "-r", requirements]);
    await run(python, importOriginal);
  } catch (cause) {
    // Most likely there is no network, or no wheel for this machine and no C compiler to make one.
    throw new MissingPeer(`it cannot be installed: ${String(cause)}`, { cause });
  }
}
