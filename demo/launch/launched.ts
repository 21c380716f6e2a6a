/**
 * Launched: a program's side of its launcher. Started by hand, without a launcher, the program
 * runs until it gets SIGINT or SIGTERM.
 */
import { rm } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Ganglion, type Neuron, openGanglion, type Plexus } from "plexo";
import type { Tally } from "../types.ts";
import { usualVia } from "./meeting.ts";
import type { FromProgram, Report, ToProgram } from "./protocol.ts";

/** For transports that connect: the others come and go, and are to be found soon when they have come. */
const findSoon = { retryMaxMs: 200 } as const;

/** What a program has to do with the others: no more than this is known of them. */
export interface Part {
  readonly sends?: readonly Neuron[];
  /** Topics that it has reactants for. */
  readonly takes?: readonly string[];
}

export class Launched {
  /** Aborted when the program is to end. */
  readonly signal: AbortSignal;
  /** Resolves then, with what was sent by those who have ended before. */
  readonly ended: Promise<readonly Tally[]>;
  readonly #options = readOptions();
  /** How many receive each topic; of those who come later nobody knows. */
  readonly #audience: Promise<Readonly<Record<string, number>>>;
  #end: (tallies: readonly Tally[]) => void = () => {};
  #isAnnounced: (receivers: Readonly<Record<string, number>>) => void = () => {};

  constructor() {
    const ending = new AbortController();
    this.signal = ending.signal;
    this.ended = new Promise((resolve) => {
      this.#end = (tallies) => {
        resolve(tallies);
        ending.abort();
      };
    });
    this.#audience = new Promise((resolve) => {
      this.#isAnnounced = resolve;
    });
    this.#listen();
  }

  /** Opens the transport; if need be its URL, by `--via`, is all that a program is told of the others. */
  openTransport(): Promise<Ganglion> {
    const { via = usualVia } = this.#options;
    return openGanglion(via, via.startsWith("multicast:") ? {} : findSoon);
  }

  /** The file to append to. */
  get log(): string {
    return this.#options.log ?? complain("--log FILE is missing");
  }

  /**
   * Takes part from now on. Resolves when all who receive what the program sends have asked for it:
   * a publisher keeps nothing for those who come later. Without a launcher it waits for nobody.
   */
  async join(plexus: Plexus, { sends = [], takes = [] }: Part): Promise<void> {
    const { signal } = this;
    const audience = await this.#audience;
    try {
      await Promise.all(
        sends.map((neuron) => {
          const receivers = audience[neuron.name] ?? 0;
          return plexus.ready(neuron, { receivers, signal });
        }),
      );
    } catch (cause) {
      // It is to end before they were there; its caller finds that out as always, by `ended`.
      if (signal.aborted) return;
      throw cause;
    }
    await tell({ kind: "ready", topics: takes });
  }

  /** Nobody reads any more what the program prints, so there is no use in going on. */
  async unread(): Promise<void> {
    if (process.connected) await tell({ kind: "unread" });
    else this.#end([]);
  }

  /** The last call: the program ends by itself when nothing keeps it. */
  async done(report: Report = {}): Promise<void> {
    await tell({ kind: "done", ...report });
    const { folder } = this.#options;
    if (process.connected) process.disconnect();
    else if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  #listen(): void {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    const end = (): void => {
      this.#isAnnounced({});
      this.#end([]);
    };
    if (this.#options.folder === undefined) {
      this.#isAnnounced({});
      for (const signal of signals) process.once(signal, end);
      return;
    }
    // A terminal and many a supervisor signal the launcher's whole group. Who ends when is the
    // launcher's to say: receivers must outlive those who still send.
    for (const signal of signals) process.on(signal, () => {});
    process.once("disconnect", end);
    if (!process.connected) end();
    // The launcher, which is a file of this demo, sends nothing else.
    process.on("message", (message: ToProgram) => {
      switch (message.kind) {
        case "audience":
          this.#isAnnounced(message.receivers);
          return;
        case "end":
          this.#end(message.tallies);
          return;
        default:
          message satisfies never;
      }
    });
  }
}

/** Where there is no launcher, or none any more, nobody is told. */
async function tell(message: FromProgram): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => {
    // That it failed is heard of by `disconnect`.
    process.send?.(message, () => resolve());
  });
}

interface ProgramOptions {
  readonly via?: string | undefined;
  readonly log?: string | undefined;
  /** The launcher's, for temporary files. If the launcher dies, those it leaves behind remove it. */
  readonly folder?: string | undefined;
}

function readOptions(): ProgramOptions {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ options: { via: text, log: text, folder: text } }).values;
  } catch (cause) {
    return complain(cause instanceof Error ? cause.message : String(cause));
  }
}

function complain(message: string): never {
  console.error(message);
  process.exit(2);
}
