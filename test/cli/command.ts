/** The command as users run it: built from the sources as they are now, a process of its own. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import type { Readable } from "node:stream";

export interface StartOptions {
  /** A file to write standard output to; without it `RunningCommand.stdout` has it. */
  readonly stdout?: string;
  /** A module that Node loads before the command. */
  readonly import?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export class BuiltCommand {
  readonly #directory: string;
  readonly #running = new Set<RunningCommand>();

  /** Builds it, apart from `dist`. Types are checked elsewhere. */
  constructor() {
    // Inside of the package, where its dependencies are found, and out of the way of its own builds.
    mkdirSync(".cache", { recursive: true });
    this.#directory = mkdtempSync(join(".cache", "command-"));
    const compiler = join("node_modules", "typescript", "bin", "tsc");
    const outDir = join(this.#directory, "dist");
    execFileSync(process.execPath, [
      ...[compiler, "-p", "tsconfig.build.json", "--outDir", outDir],
      ...["--noCheck", "--customConditions", "plexo-source"],
    ]);
    // Makes the directory a package named as ours is, so that the command finds itself in it.
    copyFileSync("package.json", join(this.#directory, "package.json"));
  }

  start(args: readonly string[], options: StartOptions = {}): RunningCommand {
    const main = join(this.#directory, "dist", "cli", "main.js");
    const command = new RunningCommand([main, ...args], options);
    this.#running.add(command);
    return command;
  }

  /** Ends what still runs and removes what was built. */
  remove(): void {
    for (const command of this.#running) command.child.kill("SIGKILL");
    rmSync(this.#directory, { recursive: true });
  }
}

export class RunningCommand {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: Text;
  readonly stderr: Text;
  /** The exit code; undefined where a signal ended the process. */
  readonly exitCode: Promise<number | undefined>;

  constructor(args: readonly string[], options: StartOptions) {
    const nodeOptions = options.import === undefined ? [] : ["--import", options.import];
    const node = [process.execPath, ...nodeOptions, ...args];
    const redirected = ["-c", 'exec "$@" > "$0"', options.stdout ?? "", ...node];
    const [file = "", ...rest] = options.stdout === undefined ? node : ["sh", ...redirected];
    this.child = spawn(file, rest, { env: { ...process.env, ...options.env } });
    this.stdout = new Text(this.child.stdout);
    this.stderr = new Text(this.child.stderr);
    this.exitCode = once(this.child, "close").then(([code]) =>
      typeof code === "number" ? code : undefined,
    );
  }
}

/** What a stream has brought. */
class Text {
  #text = "";
  #look = (): void => {};

  constructor(stream: Readable) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
      this.#look();
    });
  }

  get lines(): string[] {
    return this.#text.split("\n").slice(0, -1);
  }

  toString(): string {
    return this.#text;
  }

  /** Resolves when there are so many lines. */
  async hasLines(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#look = () => {
        if (this.lines.length >= count) resolve();
      };
      this.#look();
    });
  }
}

/** A port that nobody listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // An address with a port is what a server on TCP has.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
