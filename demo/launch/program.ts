/** Program: the launcher's side of one process it has started. */
import { type ChildProcess, fork } from "node:child_process";
import process from "node:process";
import type { FromProgram, Report, ToProgram } from "./protocol.ts";

/** A program did not do its part; the message says which, and what it said last. */
export class ProgramFailure extends Error {
  override readonly name = "ProgramFailure";
  /** The signal that ended it before its time. */
  readonly signal: NodeJS.Signals | undefined;

  constructor(message: string, signal?: NodeJS.Signals) {
    super(message);
    this.signal = signal;
  }
}

export interface ProgramOptions {
  readonly name: string;
  readonly file: URL;
  readonly args: readonly string[];
  /** True for one that has the terminal. */
  readonly shows?: boolean;
}

/** Of what a program says on standard error, so much is kept, in characters. */
const lastWordsMax = 2_000;

export class Program {
  readonly name: string;
  /** Resolves when it takes part. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, having done its part; rejects when it went otherwise. */
  readonly report: Promise<Report>;
  readonly #child: ChildProcess;
  #topics: readonly string[] = [];
  #wasAskedToEnd = false;
  #lastWords = "";

  constructor({ name, file, args, shows = false }: ProgramOptions) {
    this.name = name;
    this.#child = fork(file, args, {
      stdio: ["ignore", shows ? "inherit" : "ignore", "pipe", "ipc"],
      // What the launcher's own process is given, a debugger's port say, is not for all of them.
      execArgv: [],
      // A terminal's Ctrl-C is for the launcher, which has the programs end in order. One that has
      // the terminal must not be apart, or it would not be told of a new size; on Windows one that
      // is would have a window.
      detached: !shows && process.platform !== "win32",
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (words: string) => {
      this.#lastWords = (this.#lastWords + words).slice(-lastWordsMax);
    });
    this.ready = new Promise((resolve) => {
      this.hear((message) => {
        if (message.kind !== "ready") return;
        this.#topics = message.topics;
        resolve();
      });
    });
    this.report = this.#watch();
    // Whoever waits for something else hears of it through the stage.
    this.report.catch(() => {});
  }

  /** What it receives; nothing before it is ready. */
  get topics(): readonly string[] {
    return this.#topics;
  }

  hear(listener: (message: FromProgram) => void): void {
    // A program, which is a file of this demo, sends nothing else.
    this.#child.on("message", (message) => listener(message as FromProgram));
  }

  tell(message: ToProgram): void {
    this.#wasAskedToEnd ||= message.kind === "end";
    // One that is gone already is heard of through `report`.
    this.#child.send(message, () => {});
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #watch(): Promise<Report> {
    return new Promise((resolve, reject) => {
      let report: Report | undefined;
      this.hear((message) => {
        if (message.kind === "done") report = message;
      });
      this.#child.once("error", (cause) => reject(this.#failure(`failed: ${cause.message}`)));
      // Unlike `exit`, it comes after the last of what the program has said.
      this.#child.once("close", (code, signal) => {
        const how = signal === null ? `exit status ${code}` : signal;
        const early = `ended before its time (${how})`;
        if (!this.#wasAskedToEnd) reject(this.#failure(early, signal ?? undefined));
        else if (report === undefined || code !== 0) reject(this.#failure(`failed (${how})`));
        else resolve(report);
      });
    });
  }

  #failure(what: string, signal?: NodeJS.Signals): ProgramFailure {
    const lastWords = this.#lastWords.trim();
    const said = lastWords === "" ? "" : `; it said:\n${lastWords}`;
    return new ProgramFailure(`${this.name} ${what}${said}`, signal);
  }
}
