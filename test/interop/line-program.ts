/** LineProgram: a process that takes part in a test, and says in lines of JSON what happens there. */
import { type ChildProcess, spawn } from "node:child_process";
import { splitLines } from "./lines.ts";

// Far more than most steps take: what is waited for has happened by then, or never will.
const patienceMsUsual = 20_000;
const complaintLengthMax = 1_000;

/** `Line` is what it may say: an object with the name of the event in it. */
export abstract class LineProgram<Line extends { readonly event: string }>
  implements AsyncDisposable
{
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  readonly #patienceMs: number;
  /** How it ended; undefined while it runs. */
  #end: string | undefined;
  #complaints = "";

  /**
   * Starts it.
   * @param name For error messages.
   * @param command The file to run, and its arguments.
   * @param patienceMs How long each thing that is waited for may take; 20,000 ms by default.
   */
  constructor(
    name: string,
    command: readonly [string, ...string[]],
    patienceMs: number = patienceMsUsual,
  ) {
    this.#name = name;
    this.#patienceMs = patienceMs;
    const [file, ...args] = command;
    const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    // A program that is gone is noticed by its end, not by the lines that it did not take.
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#complained(text));
    child.stdout.setEncoding("utf8").on(
      "data",
      splitLines((line) => this.#hear(line)),
    );
    child.on("error", (error) => this.#ended(error.message));
    child.on("close", (code, signal) => this.#ended(signal ?? `exit code ${code}`));
  }

  /** Whether it has not ended. */
  get runs(): boolean {
    return this.#end === undefined;
  }

  tell(...commands: readonly (object | string)[]): void {
    for (const command of commands) this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** Lets it end by itself. Rejects if it does not, or not well. */
  async finish(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ending("to end");
    if (this.#end !== "exit code 0") throw this.#failure("to end well");
  }

  /** Ends it as a crash would. Nothing is left of it, its sockets included, when this resolves. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ending("to be killed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end === undefined) await this.kill();
  }

  /** Takes a line that it has said. */
  protected abstract take(line: Line): void;

  /** What to tell of it when something that was waited for has not come. */
  protected abstract facts(): readonly string[];

  /** Resolves when `isDone` is true after one of its lines; rejects when it ends, or patience does. */
  protected until(wanted: string, isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        act();
      };
      const look = (): void => {
        if (isDone()) settle(resolve);
        else if (this.#end !== undefined) settle(() => reject(this.#failure(wanted)));
      };
      const timer = setTimeout(() => settle(() => reject(this.#failure(wanted))), this.#patienceMs);
      this.#watchers.add(look);
      look();
    });
  }

  #hear(text: string): void {
    // The programs are written for this: what is JSON is a line as they may say it.
    const line = parseJson(text) as Line | undefined;
    if (line === undefined) this.#complained(`not a line of ours: ${text}\n`);
    else this.take(line);
    this.#changed();
  }

  #complained(text: string): void {
    this.#complaints = (this.#complaints + text).slice(-complaintLengthMax);
  }

  #ended(how: string): void {
    this.#end ??= how;
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #ending(wanted: string): Promise<void> {
    return this.until(wanted, () => this.#end !== undefined);
  }

  #failure(wanted: string): Error {
    const facts = [
      this.#end === undefined ? `${this.#patienceMs} ms are over` : `its end: ${this.#end}`,
      ...this.facts(),
      ...(this.#complaints === "" ? [] : [`standard error: ${this.#complaints.trim()}`]),
    ];
    return new Error(`${this.#name} was expected ${wanted}; ${facts.join("; ")}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
