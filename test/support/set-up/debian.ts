/** Packages of Debian, where we may install them. */
import process from "node:process";
import { run, runs } from "./process.ts";

/** Whether this is a Debian, or what comes from it, and we are root. */
export async function mayInstallFromDebian(): Promise<boolean> {
  return process.getuid?.() === 0 && (await runs("apt-get", ["--version"]));
}

/** Installs them, or says why not: the caller looks what is there now. */
export async function installFromDebian(packages: readonly string[]): Promise<void> {
  console.log(`installing from Debian: ${packages.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["update"], { env });
    await run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env });
  } catch (error) {
    // Not every release has every package.
    console.log(String(error));
  }
}
