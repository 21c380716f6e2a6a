/** Stage: the processes that are running, and the hub that joins them. */
import type { Tally } from "../types.ts";
import { Program, ProgramFailure } from "./program.ts";
import type { Report } from "./protocol.ts";

/** A program to start. It is told its transport's URL beside `args`. */
export interface Role {
  readonly name: string;
  readonly file: URL;
  readonly args?: readonly string[];
  /** True for the one that has the terminal. */
  readonly shows?: boolean;
}

export class Stage {
  // Rejects with the first failure of a program.
  readonly #failure: Promise<never>;
  readonly #unread: () => void;
  readonly #hub: Program;
  readonly #running = new Set<Program>();
  readonly #seatWaiters = new Map<string, (url: string) => void>();
  #isCleared = false;
  #fail: (cause: unknown) => void = () => {};

  /** @param unread Called when nobody reads any more what a program prints. */
  constructor(hub: Role, unread: () => void) {
    this.#unread = unread;
    this.#failure = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    this.#failure.catch(() => {});
    this.#hub = this.#start(hub, []);
    this.#hub.hear((message) => {
      if (message.kind === "seat") this.#seatWaiters.get(message.holder)?.(message.url);
    });
  }

  /** Starts a program at a seat of its own. The others are told nothing. */
  async enter(role: Role): Promise<Program> {
    await this.#hub.ready;
    const url = await new Promise<string>((resolve) => {
      this.#seatWaiters.set(role.name, resolve);
      this.#hub.tell({ kind: "open-seat", holder: role.name });
    });
    return this.#start(role, ["--via", url]);
  }

  /** Has a program end its work, and waits until its process is gone. */
  async leave(program: Program, tallies: readonly Tally[] = []): Promise<Report> {
    program.tell({ kind: "end", tallies });
    const report = await program.report;
    this.#hub.tell({ kind: "close-seat", holder: program.name });
    return report;
  }

  /** Ends the hub, when all others have left. */
  async close(): Promise<void> {
    this.#hub.tell({ kind: "end", tallies: [] });
    await this.#hub.report;
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

  #lateness(limitMs: number, what: string): ProgramFailure {
    const names = [...this.#running].map(({ name }) => name).join(", ");
    return new ProgramFailure(`${what} took more than ${limitMs} ms; running: ${names}`);
  }

  #start({ name, file, args = [], shows = false }: Role, via: readonly string[]): Program {
    // The hub's answer may come when all is over; what was started then would never end.
    if (this.#isCleared) throw new ProgramFailure(`${name} was not started: the play is over`);
    const program = new Program({ name, file, args: [...via, ...args], shows });
    this.#running.add(program);
    program.hear(({ kind }) => {
      if (kind === "unread") this.#unread();
    });
    program.report
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => this.#running.delete(program));
    return program;
  }
}
