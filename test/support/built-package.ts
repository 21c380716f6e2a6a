/** BuiltPackage: built from the sources as they are now, for tests that need processes of their own. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";

export class BuiltPackage {
  readonly #directory: string;

  /** Builds it, apart from `dist`. Types are checked elsewhere. */
  constructor() {
    // Inside of the package, where its dependencies are found, and out of the way of its own builds.
    mkdirSync(".cache", { recursive: true });
    this.#directory = mkdtempSync(resolve(".cache", "package-"));
    const compiler = join("node_modules", "typescript", "bin", "tsc");
    execFileSync(process.execPath, [
      ...[compiler, "-p", "tsconfig.build.json", "--outDir", join(this.#directory, "dist")],
      "--noCheck",
    ]);
    // Makes the directory a package named as ours is, so that the command finds itself in it.
    copyFileSync("package.json", join(this.#directory, "package.json"));
  }

  /** @param name Of a file, from `dist` on: `cli/main.js`. */
  file(name: string): string {
    return join(this.#directory, "dist", name);
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }
}
