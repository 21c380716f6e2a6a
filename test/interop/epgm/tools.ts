/** What the cases of EPGM need of the system: network namespaces, nftables, and a libzmq with EPGM. */
import process from "node:process";
import { installFromDebian, mayInstallFromDebian } from "../../support/set-up/debian.ts";
import { MissingPeer } from "../../support/set-up/missing-peer.ts";
import { run, runs } from "../../support/set-up/process.ts";
import { removeLeftovers } from "./lan.ts";
import type { Runtimes } from "./participant.ts";

export interface EpgmTools extends Runtimes {
  readonly description: string;
}

const describe = `
import platform, zmq
assert zmq.has("pgm")
print("libzmq", zmq.zmq_version(), "with EPGM, by pyzmq", zmq.pyzmq_version(),
      "on Python", platform.python_version())
`;

/** Its UDP sockets can have SO_REUSEPORT, as those of 22.12 and later. */
const sharingLine = "24";

/** The wheels on PyPI are built without it; Debian's package is built with it. */
const packages = ["iproute2", "nftables", "python3-zmq"];

/** @throws {MissingPeer} (rejects) that says what is missing, and how to get it. */
export async function setUpEpgmTools(): Promise<EpgmTools> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new MissingPeer("network namespaces are made on Linux, by root");
  }
  const found = await look();
  if (found === undefined && (await mayInstallFromDebian())) await installFromDebian(packages);
  const tools = found ?? (await look());
  if (tools === undefined) {
    throw new MissingPeer(
      "the commands ip and nft are needed, and a Python with a pyzmq whose libzmq has EPGM; " +
        `on Debian, by root: apt-get install ${packages.join(" ")}`,
    );
  }
  await tryNamespace();
  await removeLeftovers();
  return { ...tools, node: process.execPath, sharingNode: await nodeThatShares() };
}

/** The newest of its line, from npm. */
async function nodeThatShares(): Promise<string> {
  try {
    return (await run(process.execPath, ["scripts/print-node.js", sharingLine])).trim();
  } catch (cause) {
    throw new MissingPeer(`no Node ${sharingLine} from npm: ${String(cause)}`, { cause });
  }
}

interface Python {
  /** One whose pyzmq has a libzmq that speaks EPGM. */
  readonly python: string;
  readonly description: string;
}

async function look(): Promise<Python | undefined> {
  const hasTools = (await runs("ip", ["-V"])) && (await runs("nft", ["--version"]));
  if (!hasTools) return undefined;
  for (const python of ["/usr/bin/python3", "python3"]) {
    const description = await run(python, ["-c", describe]).catch(() => undefined);
    if (description !== undefined) return { python, description: description.trim() };
  }
  return undefined;
}

/** A container may have root and not the right to make namespaces. */
async function tryNamespace(): Promise<void> {
  const name = `plexo-interop-${process.pid}-try`;
  try {
    await run("ip", ["netns", "add", name]);
    await run("ip", ["netns", "del", name]);
  } catch (cause) {
    throw new MissingPeer(`no network namespace can be made here: ${String(cause)}`, { cause });
  }
}
