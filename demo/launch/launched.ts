/**
 * Launched: a program's side of its launcher. Started by hand, without a launcher, the program
 * runs until it gets SIGINT or SIGTERM.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import type { Tally } from "../types.ts";
import type { FromProgram, Report, ToProgram } from "./protocol.ts";

/** What the launcher asks the hub. A request that fails ends the program, as any error does. */
export interface Desk {
  openSeat(holder: string): Promise<void>;
  closeSeat(holder: string): Promise<void>;
}

export class Launched {
  /** Aborted when the program is to end. */
  readonly signal: AbortSignal;
  /** Resolves then, with what was sent by those who have ended before. */
  readonly ended: Promise<readonly Tally[]>;
  readonly #options = readOptions();
  #end: (tallies: readonly Tally[]) => void = () => {};

  /** @param desk The hub's. */
  constructor(desk?: Desk) {
    const ending = new AbortController();
    this.signal = ending.signal;
    this.ended = new Promise((resolve) => {
      this.#end = (tallies) => {
        resolve(tallies);
        ending.abort();
      };
    });
    listen(this.#end, desk);
  }

  /** The URL of the transport: all that a program is told of the others. */
  get via(): string {
    return this.#options.via ?? complain("--via URL is missing, as in --via pair://127.0.0.1:5580");
  }

  /** The file to append to. */
  get log(): string {
    return this.#options.log ?? complain("--log FILE is missing");
  }

  /** Tells the launcher when `joined` resolves. @param topics What the program receives. */
  async ready(joined: Promise<void>, topics: readonly string[]): Promise<void> {
    try {
      await joined;
    } catch (cause) {
      // It is to end before it was ready; its caller finds that out as always, by `ended`.
      if (this.signal.aborted) return;
      throw cause;
    }
    await tell({ kind: "ready", topics });
  }

  /** Nobody reads any more what the program prints, so there is no use in going on. */
  async unread(): Promise<void> {
    if (process.connected) await tell({ kind: "unread" });
    else this.#end([]);
  }

  /** The last call: the program ends by itself when nothing keeps it. */
  async done(report: Report = {}): Promise<void> {
    await tell({ kind: "done", ...report });
    if (process.connected) process.disconnect();
  }
}

/** @throws {Error} if the launcher is gone. */
export async function tell(message: FromProgram): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}

function listen(end: (tallies: readonly Tally[]) => void, desk: Desk | undefined): void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  if (!process.connected) {
    for (const signal of signals) process.once(signal, () => end([]));
    return;
  }
  // A terminal and many a supervisor signal the launcher's whole group. Who ends when is the
  // launcher's to say: the hub must outlive those who still send.
  for (const signal of signals) process.on(signal, () => {});
  process.once("disconnect", () => end([]));
  // The launcher, which is a file of this demo, sends nothing else.
  process.on("message", (message: ToProgram) => {
    switch (message.kind) {
      case "end":
        end(message.tallies);
        return;
      case "open-seat":
        void desk?.openSeat(message.holder);
        return;
      case "close-seat":
        void desk?.closeSeat(message.holder);
        return;
      default:
        message satisfies never;
    }
  });
}

function readOptions(): { readonly via?: string | undefined; readonly log?: string | undefined } {
  try {
    return parseArgs({ options: { via: { type: "string" }, log: { type: "string" } } }).values;
  } catch (cause) {
    return complain(cause instanceof Error ? cause.message : String(cause));
  }
}

function complain(message: string): never {
  console.error(message);
  process.exit(2);
}
