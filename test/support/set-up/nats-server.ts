/** nats-server: one that is here, or Debian's. */
import { mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { mayInstallFromDebian } from "./debian.ts";
import { MissingPeer } from "./missing-peer.ts";
import { run } from "./process.ts";

export interface NatsServerProgram {
  readonly file: string;
  /** As in `2.9.10`. */
  readonly version: string;
}

const folder = resolve(".cache/nats-server");
/** Debian has it in a folder that is on the path of root only. */
const files = ["nats-server", "/usr/sbin/nats-server", `${folder}/usr/sbin/nats-server`];

/** @throws {MissingPeer} (rejects) that says how to get it, if it is not here and cannot be had. */
export async function setUpNatsServer(): Promise<NatsServerProgram> {
  const found = await look();
  if (found !== undefined) return found;
  if (await mayInstallFromDebian()) await unpackFromDebian();
  const unpacked = await look();
  if (unpacked !== undefined) return unpacked;
  throw new MissingPeer(
    "no nats-server on the path; get one from nats.io, or on Debian as root by: " +
      "apt-get install nats-server",
  );
}

async function look(): Promise<NatsServerProgram | undefined> {
  for (const file of files) {
    const text = await run(file, ["--version"]).catch(() => "");
    const version = /^nats-server: v(\S+)/.exec(text)?.[1];
    if (version !== undefined) return { file, version };
  }
  return undefined;
}

/** Unpacked, not installed: the package would start a service at each boot of the machine. */
async function unpackFromDebian(): Promise<void> {
  console.log(`unpacking Debian's nats-server into ${folder}, once`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await run("apt-get", ["update"]);
    await run("apt-get", ["download", "nats-server"], { cwd: folder });
    await run("sh", ["-c", "dpkg-deb -x nats-server_*.deb ."], { cwd: folder });
  } catch (error) {
    // Not every release has the package. The caller looks what is there now.
    console.log(String(error));
  }
}
