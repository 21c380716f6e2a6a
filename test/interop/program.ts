/** Program: a process that takes part in a case, and what it has said so far. */
import { type ChildProcess, spawn } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import { isOfProbe } from "./foos.ts";
import { splitLines } from "./lines.ts";

/** What a program reports when something went wrong in it; the original reports nothing. */
export interface ReportedIncident {
  readonly kind: string;
  readonly reason?: string;
  readonly topic?: string;
  readonly message: string;
}

/** A line of a program: an object with the name of the event in it. */
type Line =
  | { readonly event: "listening" }
  | { readonly event: "arrived"; readonly value: unknown }
  | { readonly event: "probed"; readonly network: number; readonly probe: string }
  | ({ readonly event: "incident" } & ReportedIncident);

// Far more than any step takes: what is waited for has happened by then, or never will.
const patienceMs = 20_000;
const complaintLengthMax = 1_000;

export class Program implements AsyncDisposable {
  /** What has arrived there, oldest first, probes and their answers left out. */
  readonly values: unknown[] = [];
  readonly incidents: ReportedIncident[] = [];
  /** When the last of `values` came, by `performance.now()`. */
  lastArrivalMs = 0;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  readonly #probes: unknown[] = [];
  /** Of a plexus: networks and the probes that have come from them. */
  readonly #probedFrom = new Set<string>();
  #listens = false;
  /** How it ended; undefined while it runs. */
  #end: string | undefined;
  #complaints = "";

  /**
   * Starts it.
   * @param name For error messages.
   * @param command The file to run, and its arguments.
   */
  constructor(name: string, command: readonly [string, ...string[]]) {
    this.#name = name;
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

  /** Resolves when it has opened its end and reacts to what comes. */
  listening(): Promise<void> {
    return this.#until("to listen", () => this.#listens);
  }

  /** Resolves when `count` values have arrived there. */
  arrived(count: number): Promise<void> {
    return this.#until(`to get ${count} messages`, () => this.values.length >= count);
  }

  /** Resolves when this has arrived there, a probe or the answer to one. */
  probed(probe: unknown): Promise<void> {
    const hasCome = (): boolean => this.#probes.some((each) => isDeepStrictEqual(each, probe));
    return this.#until(`to get ${JSON.stringify(probe)}`, hasCome);
  }

  /** Resolves when it has reported an incident of this kind. */
  reported(kind: string): Promise<void> {
    const isReported = (): boolean => this.incidents.some((each) => each.kind === kind);
    return this.#until(`to report ${kind}`, isReported);
  }

  /** Resolves when so many different probes have come, those of each network counted apart. */
  probedFrom(count: number): Promise<void> {
    return this.#until(`to get ${count} probes`, () => this.#probedFrom.size >= count);
  }

  tell(...commands: readonly object[]): void {
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

  #hear(text: string): void {
    const line = parseLine(text);
    if (line === undefined) this.#complained(`not a line of ours: ${text}\n`);
    else this.#take(line);
    this.#changed();
  }

  #take(line: Line): void {
    switch (line.event) {
      case "listening":
        this.#listens = true;
        break;
      case "arrived":
        this.#arrived(line.value);
        break;
      case "probed":
        this.#probedFrom.add(`${line.network} ${line.probe}`);
        break;
      case "incident":
        this.incidents.push(line);
        break;
    }
  }

  #arrived(value: unknown): void {
    if (isOfProbe(value)) {
      this.#probes.push(value);
      return;
    }
    this.values.push(value);
    this.lastArrivalMs = performance.now();
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
    return this.#until(wanted, () => this.#end !== undefined);
  }

  #until(wanted: string, isDone: () => boolean): Promise<void> {
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
      const timer = setTimeout(() => settle(() => reject(this.#failure(wanted))), patienceMs);
      this.#watchers.add(look);
      look();
    });
  }

  #failure(wanted: string): Error {
    const state = this.#end === undefined ? `${patienceMs} ms are over` : `its end: ${this.#end}`;
    const facts = [
      state,
      `messages: ${this.values.length}`,
      `incidents: ${this.incidents.length}`,
      ...this.incidents.slice(0, 1).map(({ kind, message }) => `the first: ${kind}, ${message}`),
      ...(this.#complaints === "" ? [] : [`standard error: ${this.#complaints.trim()}`]),
    ];
    return new Error(`${this.#name} was expected ${wanted}; ${facts.join("; ")}`);
  }
}

function parseLine(text: string): Line | undefined {
  try {
    // The programs are written for this: what is JSON is a line as described above.
    return JSON.parse(text) as Line;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
