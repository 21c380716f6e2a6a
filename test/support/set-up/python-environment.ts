/**
 * A virtual environment of Python, made here and kept as long as its requirements are the same.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { MissingPeer } from "./missing-peer.ts";
import { run } from "./process.ts";
import { findPython } from "./python.ts";

export interface PythonEnvironment {
  /** Its Python. */
  readonly python: string;
  /** What is in it, with versions. */
  readonly description: string;
}

/**
 * Sets up what is named in `test/interop/peers/NAME/requirements.txt`.
 * @param statement Imports what is needed, and prints the description.
 * @throws {MissingPeer} (rejects) if there is no Python for it, or it cannot be installed.
 */
export async function setUpPythonEnvironment(
  name: string,
  statement: string,
): Promise<PythonEnvironment> {
  const environment = resolve(`.cache/interop/${name}`);
  const python = `${environment}/bin/python`;
  const requirements = `test/interop/peers/${name}/requirements.txt`;
  // Written last: the hash of the requirements that were installed.
  const stamp = `${environment}/requirements.sha256`;
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex");

  const describe = (): Promise<string> => run(python, ["-c", statement]);
  const isInstalled = existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
  let description = isInstalled ? await describe().catch(() => undefined) : undefined;
  if (description === undefined) {
    const base = await findPython();
    console.log(`installing ${name} from PyPI into ${environment}, once`);
    rmSync(environment, { recursive: true, force: true });
    try {
      await run(base, ["-m", "venv", environment]);
      await run(python, ["-m", "pip", "install", "--no-deps", "-r", requirements]);
      description = await describe();
    } catch (cause) {
      // Most likely there is no network, or no wheel for this machine and no C compiler to make one.
      throw new MissingPeer(`it cannot be installed: ${String(cause)}`, { cause });
    }
    writeFileSync(stamp, hash);
  }
  return { python, description: description.trim() };
}
