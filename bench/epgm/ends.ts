/** The ends of the bench of EPGM: programs on hosts of their own, ours or of libzmq. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Host } from "../../test/interop/epgm/lan.ts";
import { LineProgram } from "../../test/interop/line-program.ts";

export type Kind = "ours" | "libzmq";

export interface EndSettings {
  readonly role: "sender" | "receiver";
  readonly interface: string;
  readonly group: string;
  readonly kilobitsPerSecond: number;
  /** Whether ours keeps to what libzmq's receivers bear. */
  readonly foreign: boolean;
  readonly byteCount: number;
  readonly count: number;
  /** Time is taken from this message on. */
  readonly from: number;
}

/**
 * The first 40 % are not measured: libzmq may send what a second allows at once, and programs of Node
 * get faster in their first second.
 */
export function measuredFrom(count: number): number {
  return Math.floor(count * 0.4);
}

export interface Received {
  /** From the message `from` to the last. */
  readonly tookMs: number;
  readonly gotCount: number;
  readonly gapCount: number;
  readonly isOrdered: boolean;
  readonly cpuMs: number;
}

export interface Used {
  readonly cpuMs: number;
  /** How many packets a sender has repeated; -1 where nobody counts. */
  readonly repairs: number;
}

const patienceMs = 60_000;

type Line =
  | { readonly event: "ready" | "probed" }
  | ({ readonly event: "done" } & Received)
  | ({ readonly event: "cpu" } & Used);

export class End extends LineProgram<Line> {
  #isReady = false;
  #hasProbed = false;
  #received: Received | undefined;
  #used: Used | undefined;

  constructor(kind: Kind, python: string, host: Host, settings: EndSettings) {
    const program: [string, ...string[]] =
      kind === "ours"
        ? [process.execPath, fileURLToPath(new URL("./end.js", import.meta.url))]
        : [python, "-B", resolve("bench/epgm/end.py")];
    const text = JSON.stringify({ ...settings, interface: host.address });
    super(`${kind}, the ${settings.role},`, host.command([...program, text]), patienceMs);
  }

  ready(): Promise<void> {
    return this.until("to be ready", () => this.#isReady);
  }

  probed(): Promise<void> {
    return this.until("to be probed", () => this.#hasProbed);
  }

  async done(): Promise<Received> {
    await this.until("to get the last message", () => this.#received !== undefined);
    // It resolves with that only.
    return this.#received as unknown as Received;
  }

  /** What it has used since it was ready. */
  async used(): Promise<Used> {
    this.#used = undefined;
    this.tell("cpu");
    await this.until("to say what it used", () => this.#used !== undefined);
    // It resolves with that only.
    return this.#used as unknown as Used;
  }

  protected override take(line: Line): void {
    switch (line.event) {
      case "ready":
        this.#isReady = true;
        break;
      case "probed":
        this.#hasProbed = true;
        break;
      case "done":
        this.#received = line;
        break;
      case "cpu":
        this.#used = line;
        break;
    }
  }

  protected override facts(): readonly string[] {
    return [];
  }
}

/** Ends whatever was started, whatever happens. */
export class Ends implements AsyncDisposable {
  readonly #ends: End[] = [];

  add(end: End): End {
    this.#ends.push(end);
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) await end[Symbol.asyncDispose]();
  }
}
