/** The command as users run it: built from the sources as they are now, a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import process from "node:process";
import type { Readable } from "node:stream";
import { BuiltPackage } from "../support/built-package.ts";

export interface StartOptions {
  /** A file to write standard output to; without it `RunningCommand.stdout` has it. */
  readonly stdout?: string;
  /** A module that Node loads before the command. */
  readonly import?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export class BuiltCommand {
  readonly #package = new BuiltPackage();
  readonly #running = new Set<RunningCommand>();

  start(args: readonly string[], options: StartOptions = {}): RunningCommand {
    const command = new RunningCommand([this.#package.file("cli/main.js"), ...args], options);
    this.#running.add(command);
    return command;
  }

  /** Ends what still runs and removes what was built. */
  remove(): void {
    for (const command of this.#running) command.child.kill("SIGKILL");
    this.#package.remove();
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
