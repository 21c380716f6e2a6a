/** EndProcess: one end of a wire bench, a program that is given a job and reports on it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Report } from "./report.ts";

/** The file to run and its arguments; the job comes after them. */
export type Command = readonly [string, ...string[]];

// Far more than any run takes: one that is not done by then never will be.
const patienceMs = 20_000;

export class EndProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;
  /** How it ended; empty if well. */
  readonly #end: Promise<string>;

  /** @param name For error messages. */
  constructor(name: string, command: Command, job: object) {
    this.#name = name;
    const [file, ...args] = command;
    const child = spawn(file, [...args, JSON.stringify(job)], {
      stdio: ["pipe", "pipe", "inherit"],
      timeout: patienceMs,
      killSignal: "SIGKILL",
    });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#end = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => resolve(code === 0 ? "" : `${signal ?? code}`));
    });
    // A program that is gone is noticed by its end.
    child.stdin.on("error", () => {});
  }

  /**
   * What it reports next.
   * @throws {Error} (rejects) if that is something else, or it ends instead: by itself, or because
   *   it was killed after 20 s.
   */
  async next<Kind extends Report["kind"]>(
    kind: Kind,
  ): Promise<Extract<Report, { readonly kind: Kind }>> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`${this.#name} ended by ${(await this.#end) || "itself"}`);
    // What a report looks like is agreed on in report.ts.
    const report = JSON.parse(value) as Report;
    if (report.kind === kind) return report as Extract<Report, { readonly kind: Kind }>;
    throw new Error(`${this.#name} reported ${value} where ${kind} was expected`);
  }

  /** Has it begin, where it waits for that. */
  begin(): void {
    this.#child.stdin?.write("begin\n");
  }

  /** Lets it close. Resolves when it is gone; rejects if it does not end well. */
  async finish(): Promise<void> {
    this.#child.stdin?.end();
    const problem = await this.#end;
    if (problem !== "") throw new Error(`${this.#name} ended by ${problem}`);
  }

  /** Resolves when nothing is left of it. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#end;
  }
}
