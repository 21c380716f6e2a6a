/** Stage: the processes that are running, each with its transport. */
import type { Tally } from "../types.ts";
import type { Meeting } from "./meeting.ts";
import { Program, ProgramFailure } from "./program.ts";
import type { Report } from "./protocol.ts";

/** A program to start. It is told its transport's URL beside `args`, where that is not the usual one. */
export interface Role {
  readonly name: string;
  readonly file: URL;
  readonly args?: readonly string[];
  /** True for the one that has the terminal. */
  readonly shows?: boolean;
}

export interface StageOptions {
  /** Has a place for each role. */
  readonly meeting: Meeting;
  /** For temporary files; removed by the programs if this process dies, else by its owner. */
  readonly folder: string;
  /** Called when nobody reads any more what a program prints. */
  readonly unread: () => void;
}

export class Stage {
  readonly #options: StageOptions;
  // Rejects with the first failure of a program.
  readonly #failure: Promise<never>;
  readonly #running = new Set<Program>();
  #isCleared = false;
  #fail: (cause: unknown) => void = () => {};

  constructor(options: StageOptions) {
    this.#options = options;
    this.#failure = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    this.#failure.catch(() => {});
  }

  /**
   * Starts a program, and tells it how many receive what it may send. The others are told nothing.
   * @throws {ProgramFailure} if the stage was cleared: what was started then would never end.
   */
  enter({ name, file, args = [], shows = false }: Role): Program {
    if (this.#isCleared) throw new ProgramFailure(`${name} was not started: the play is over`);
    const { meeting, folder, unread } = this.#options;
    const url = meeting.urlOf(name);
    const common = [...(url === undefined ? [] : ["--via", url]), "--folder", folder];
    const program = new Program({ name, file, args: [...common, ...args], shows });
    program.hear(({ kind }) => {
      if (kind === "unread") unread();
    });
    program.report
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => this.#running.delete(program));
    program.tell({ kind: "audience", receivers: this.#countReceivers() });
    this.#running.add(program);
    return program;
  }

  /** Has a program end its work, and waits until its process is gone. */
  async leave(program: Program, tallies: readonly Tally[] = []): Promise<Report> {
    program.tell({ kind: "end", tallies });
    return await program.report;
  }

  /** Resolves as `work` does. @throws {ProgramFailure} (rejects) as soon as a program fails. */
  async unlessFailing<T>(work: Promise<T>): Promise<T> {
    return await Promise.race([work, this.#failure]);
  }

  /** The same. @throws {ProgramFailure} (rejects) after `limitMs`, too, naming `what` was so slow. */
  async within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(this.#lateness(limitMs, what)), limitMs);
    });
    try {
      return await this.unlessFailing(Promise.race([work, late]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends at once whatever is still running, and starts nothing any more. */
  clear(): void {
    this.#isCleared = true;
    for (const program of this.#running) program.kill();
  }

  /** By topic, of the programs that take part. */
  #countReceivers(): Record<string, number> {
    const receivers: Record<string, number> = {};
    for (const topic of [...this.#running].flatMap(({ topics }) => topics)) {
      receivers[topic] = (receivers[topic] ?? 0) + 1;
    }
    return receivers;
  }

  #lateness(limitMs: number, what: string): ProgramFailure {
    const names = [...this.#running].map(({ name }) => name).join(", ");
    return new ProgramFailure(`${what} took more than ${limitMs} ms; running: ${names}`);
  }
}
