/** RunningExample: an example as its reader runs it, built, in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";

export class RunningExample {
  /** Resolves with all it has printed; rejects if it ends with an error. Handled. */
  readonly ended: Promise<readonly string[]>;
  readonly #child: ChildProcessWithoutNullStreams;
  #printed = "";
  #complaints = "";

  /** @param name That of its file, which `npm run build` has put into `build/examples`. */
  constructor(name: string, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, [`build/examples/${name}.js`, ...args]);
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#printed += text;
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code, signal) => {
        if (code === 0) resolve(this.lines);
        else reject(new Error(`${name} ended with ${signal ?? code}: ${this.#complaints}`));
      });
    });
    this.ended.catch(() => {});
  }

  get lines(): readonly string[] {
    return this.#printed.split("\n").slice(0, -1);
  }

  /** What it wrote to standard error. */
  get complaints(): string {
    return this.#complaints;
  }

  /** Resolves when it has printed `count` lines; rejects if it ends before. */
  async printed(count: number): Promise<void> {
    const enough = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.lines.length >= count) resolve();
      };
      this.#child.stdout.on("data", look);
      look();
    });
    const early = this.ended.then(() => {
      if (this.lines.length < count) throw new Error(`it printed only ${this.lines.length} lines`);
    });
    await Promise.race([enough, early]);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
