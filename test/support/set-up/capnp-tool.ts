/** The command `capnp` of Cap'n Proto: one that is here, or Debian's. */
import { execFileSync } from "node:child_process";
import { installFromDebian, mayInstallFromDebian } from "./debian.ts";
import { MissingPeer, peersArePromised } from "./missing-peer.ts";
import { runs } from "./process.ts";

const file = "capnp";

/** Runs it to its end, `input` being what it reads. @returns What it writes. */
export function runCapnpTool(args: readonly string[], input: Uint8Array | string): Uint8Array {
  return execFileSync(file, args, { input });
}

/**
 * Where peers are promised it is installed, if need be.
 * @throws {MissingPeer} (rejects) that says how to get it, if it is not here.
 */
export async function setUpCapnpTool(): Promise<void> {
  if (await isHere()) return;
  // A plain `npm test` changes nothing of the system.
  if (peersArePromised() && (await mayInstallFromDebian())) await installFromDebian(["capnproto"]);
  if (await isHere()) return;
  throw new MissingPeer(
    "no capnp on the path; get it from capnproto.org, or on Debian as root by: " +
      "apt-get install capnproto",
  );
}

function isHere(): Promise<boolean> {
  return runs(file, ["--version"]);
}
