/** The versions of what takes part in a bench. */
import { readFileSync } from "node:fs";

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

/** The version of an npm package that `npm ci` installs here. */
export function npmVersion(name: string): string {
  // npm wrote it, in the form above.
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
  const version = packages[`node_modules/${name}`]?.version;
  if (version === undefined) throw new Error(`package-lock.json has no ${name}`);
  return version;
}
