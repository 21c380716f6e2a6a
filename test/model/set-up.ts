/** Spin and the C compiler that it needs: those that are here, or Debian's where we may install. */
import { installFromDebian, mayInstallFromDebian } from "../support/set-up/debian.ts";
import { run, runs } from "../support/set-up/process.ts";

/**
 * @returns What there is now, with its version.
 * @throws {Error} (rejects) that says how to get what is missing, and cannot be installed by us.
 */
export async function setUpSpin(): Promise<string> {
  const missing = await missingPackages();
  if (missing.length > 0 && (await mayInstallFromDebian())) await installFromDebian(missing);
  const stillMissing = await missingPackages();
  if (stillMissing.length > 0) {
    throw new Error(
      `the model check needs ${stillMissing.join(" and ")} on the path. On Debian as root: ` +
        `apt-get install ${stillMissing.join(" ")}; Spin for others is at spinroot.com`,
    );
  }
  return (await run("spin", ["-V"])).trim();
}

/** Debian's packages have the names of the commands. */
async function missingPackages(): Promise<string[]> {
  const missing: string[] = [];
  if (!(await runs("spin", ["-V"]))) missing.push("spin");
  if (!(await runs("gcc", ["--version"]))) missing.push("gcc", "libc6-dev");
  return missing;
}
