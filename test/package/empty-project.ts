/** A project of nobody's, outside the checkout, into which the packed plexo is installed. */
import { exec, execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isBuildCurrent } from "../../scripts/build-state.js";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

// npm tells the scripts it runs where its project is; the npm that they run would believe it.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith("npm_")),
);

/** What the tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(
  await readFile(join(checkout, "package.json"), "utf8"),
) as Manifest; // the file is ours

export class EmptyProject {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Packs plexo as it is built, and the packages it cannot do without as they are installed here,
   * and installs these tarballs: no registry is asked.
   * @throws {Error} if the build is not that of the present sources.
   */
  static async withPlexo(): Promise<EmptyProject> {
    if (!isBuildCurrent()) {
      throw new Error("dist is not what the sources would give; run: npm run build");
    }
    const project = new EmptyProject(await mkdtemp(join(tmpdir(), "plexo-package-")));
    try {
      await project.#installPlexo();
    } catch (error) {
      await project[Symbol.asyncDispose]();
      throw error;
    }
    return project;
  }

  async #installPlexo(): Promise<void> {
    const required = Object.keys(manifest.dependencies).map((name) => `./node_modules/${name}`);
    const here = { cwd: checkout, env: environment };
    await promisify(execFile)(process.execPath, ["scripts/pack.js", this.folder], here);
    await promisify(exec)(
      `npm pack --ignore-scripts --pack-destination "${this.folder}" ${required.join(" ")}`,
      here,
    );
    const tarballs = (await readdir(this.folder)).map((tarball) => `./${tarball}`);
    await this.write("package.json", '{ "private": true, "type": "module" }');
    await promisify(exec)(`npm install --offline ${tarballs.join(" ")}`, {
      cwd: this.folder,
      env: environment,
    });
  }

  /** Adds packages that are installed in this checkout, with all they need. */
  async link(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const place = this.path("node_modules", name);
      await mkdir(dirname(place), { recursive: true });
      await symlink(join(checkout, "node_modules", name), place, "dir");
    }
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(this.path(name), text);
  }

  /**
   * What `node` prints, run in the project with these arguments.
   * @throws {Error} if it ends with another code than 0.
   */
  async node(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: this.folder,
      env: environment,
    });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
