/** RunningProgram: an example or the demo as its user runs it, built, in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";

export class RunningProgram {
  /** Resolves with all it has printed; rejects if it ends with an error. Handled. */
  readonly ended: Promise<readonly string[]>;
  readonly #file: string;
  readonly #child: ChildProcessWithoutNullStreams;
  #printed = "";
  #complaints = "";

  /**
   * @param file What `npm run build` has put into `build/`, without its extension.
   * @param env Added to the environment.
   */
  constructor(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#file = file;
    this.#child = spawn(process.execPath, [`build/${file}.js`, ...args], {
      env: { ...process.env, ...env },
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#printed += text;
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code, signal) => {
        if (code === 0) resolve(this.#lines);
        else reject(new Error(`${file} ended with ${signal ?? code}: ${this.#complaints}`));
      });
    });
    this.ended.catch(() => {});
  }

  get #lines(): readonly string[] {
    return this.#printed.split("\n").slice(0, -1);
  }

  /** What it wrote to standard error. */
  get complaints(): string {
    return this.#complaints;
  }

  /** Resolves when it has printed `text`; rejects if it ends before. */
  async prints(text: string): Promise<void> {
    const printed = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#printed.includes(text)) resolve();
      };
      this.#child.stdout.on("data", look);
      look();
    });
    const early = this.ended.then(() => {
      if (!this.#printed.includes(text)) throw new Error(`${this.#file} did not print "${text}"`);
    });
    await Promise.race([printed, early]);
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.#child.kill(signal);
  }
}
