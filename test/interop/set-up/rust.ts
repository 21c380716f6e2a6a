/** Sockets of libzmq and envelopes of Cap'n Proto in Rust, built here from crates.io. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { installFromDebian, mayInstallFromDebian } from "../../support/set-up/debian.ts";
import { MissingPeer } from "../../support/set-up/missing-peer.ts";
import { run, runs } from "../../support/set-up/process.ts";
import type { Peer } from "../peer.ts";

const manifest = "test/interop/peers/rust/Cargo.toml";
const target = resolve(".cache/interop/rust");
const program = `${target}/debug/plexo-peer`;
/** As in the manifest. */
const minorVersionMin = 85;

/** @throws {MissingPeer} (rejects) if there is no Rust or C++ compiler, or it cannot be built. */
export async function setUpRust(): Promise<Peer> {
  const cargo = await findCargo();
  const args = ["build", "--manifest-path", manifest, "--target-dir", target];
  if (!existsSync(program)) console.log(`building the peer in Rust in ${target}, once`);
  try {
    await run(cargo, args);
  } catch (cause) {
    // Most likely there is no network.
    throw new MissingPeer(`it cannot be built: ${String(cause)}`, { cause });
  }
  const version = await run(program, ["version"]);
  return {
    name: "rust",
    description: `crates zmq, with ${version.trim()}, and capnp`,
    command: (name) => [program, name],
  };
}

/** The command of a cargo that is new enough, with a C++ compiler beside it. */
async function findCargo(): Promise<string> {
  const cargo = await usableCargo();
  if (cargo !== undefined && (await hasCompiler())) return cargo;
  if (process.env["CARGO"] === undefined && (await mayInstallFromDebian())) {
    if (!(await hasCompiler())) await installFromDebian(["g++"]);
    // Where a release has `cargo-web`, for its browsers, that is newer than `cargo`.
    for (const name of ["cargo-web", "cargo"]) {
      if ((await usableCargo()) === undefined) await installFromDebian([name]);
    }
    const installed = await usableCargo();
    if (installed !== undefined && (await hasCompiler())) return installed;
  }
  throw new MissingPeer(
    `it is built by cargo 1.${minorVersionMin} or later, and a C++ compiler (c++) for the libzmq ` +
      "that it brings along. Install both, on Debian as root by: apt-get install g++ cargo-web, or " +
      "cargo where that is new enough; or name a cargo: CARGO=/path/to/cargo npm run interop",
  );
}

async function usableCargo(): Promise<string | undefined> {
  const named = process.env["CARGO"];
  // Where rustup puts it, which not every shell has on its path.
  const names = named === undefined ? ["cargo", `${homedir()}/.cargo/bin/cargo`] : [named];
  for (const name of names) {
    const text = await run(name, ["--version"]).catch(() => "");
    const minorVersion = Number(/^cargo 1\.(\d+)\./.exec(text)?.[1]);
    if (minorVersion >= minorVersionMin) return name;
  }
  return undefined;
}

function hasCompiler(): Promise<boolean> {
  return runs("c++", ["--version"]);
}
