/** A Python for the peers: one that is here, or Debian's where we may install it. */
import process from "node:process";
import { installFromDebian, mayInstallFromDebian } from "./debian.ts";
import { MissingPeer } from "./missing-peer.ts";
import { run } from "./process.ts";

interface Python {
  /** The command that it was found by. */
  readonly name: string;
  readonly version: string;
  /** Debian has the module venv without what it needs, where python3-venv is not installed. */
  readonly makesEnvironments: boolean;
}

const versionPreferred = "3.11";
/** plexo 1.0.0 declares these on PyPI. */
const versions = [versionPreferred, "3.10", "3.9"];

const describe = `
import importlib.util, json, sys
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "makesEnvironments": importlib.util.find_spec("ensurepip") is not None,
}))
`;

/**
 * @returns The command of a Python that the original runs on, with venv.
 * @throws {MissingPeer} (rejects) that says what there is, and what to do.
 */
export async function findPython(): Promise<string> {
  const named = process.env["PYTHON"];
  const names =
    named === undefined
      ? [...versions.map((version) => `python${version}`), "python3", "python"]
      : [named];
  const pythons = await look(names);
  const usable = pythons.find(isUsable);
  if (usable !== undefined) return usable.name;

  const version = pythons.find(isSuitable)?.version ?? versionPreferred;
  const packages = [`python${version}`, `python${version}-venv`];
  if (named === undefined && (await mayInstallFromDebian())) {
    await installFromDebian(packages);
    const installed = (await look([`/usr/bin/python${version}`])).find(isUsable);
    if (installed !== undefined) return installed.name;
  }
  throw new MissingPeer(
    `it runs on Python ${versions.join(", ")} with venv; ${listed(pythons, names)}. Install one, ` +
      `on Debian as root by: apt-get install ${packages.join(" ")}; or name one in ` +
      "the environment: PYTHON=/path/to/python3.11",
  );
}

function isSuitable({ version }: Python): boolean {
  return versions.includes(version);
}

function isUsable(python: Python): boolean {
  return isSuitable(python) && python.makesEnvironments;
}

/** What these are; names that are no Python 3 are left out. */
async function look(names: readonly string[]): Promise<readonly Python[]> {
  const pythons: Python[] = [];
  for (const name of names) {
    // A name may be there and not work, as the shims of pyenv do for versions not chosen.
    const text = await run(name, ["-c", describe]).catch(() => undefined);
    // What the lines above print.
    if (text !== undefined) pythons.push({ name, ...(JSON.parse(text) as Omit<Python, "name">) });
  }
  return pythons;
}

function listed(pythons: readonly Python[], names: readonly string[]): string {
  if (pythons.length === 0) return `none of ${names.join(", ")} is a Python 3`;
  const texts = pythons.map(
    ({ name, version, makesEnvironments }) =>
      `${name} is ${version}${makesEnvironments ? "" : " without venv"}`,
  );
  return `here ${texts.join(", ")}`;
}
