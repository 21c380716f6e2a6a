/** NatsServer: a nats-server of our own, on a free port of this host. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const announcement = /Listening for client connections on 127\.0\.0\.1:(\d+)/;

export class NatsServer implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /**
   * Resolves when it takes connections.
   * @param file The program.
   */
  static async start(file: string): Promise<NatsServer> {
    // Port -1: one that is free, which its log tells.
    const args = ["--addr", "127.0.0.1", "--port", "-1"];
    const child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe"] });
    const log: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      log.push(line);
      const port = announcement.exec(line)?.[1];
      if (port === undefined) continue;
      // A log that nobody reads would stop it in the end.
      child.stderr.resume();
      return new NatsServer(child, Number(port));
    }
    throw new Error(`${file} ended before it took connections:\n${log.join("\n")}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }
}
