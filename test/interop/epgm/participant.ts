/** Participant: a program that sends or receives by EPGM, ours or of libzmq. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LineProgram } from "../line-program.ts";
import type { EpgmSettings } from "../peers/ours/epgm-settings.ts";
import type { FlowMessage } from "./message.ts";

export type Kind = "ours" | "libzmq";
export type Role = "sender" | "receiver";

type Line =
  | { readonly event: "listening" }
  | ({ readonly event: "arrived" } & FlowMessage)
  | { readonly event: "damaged"; readonly message: string }
  | { readonly event: "gap"; readonly reason: string; readonly packetCount: number }
  | { readonly event: "finished" }
  | { readonly event: "incident"; readonly kind: string; readonly message: string };

/** With heavy loss, and at the rate that this brings a sender to, a case takes its time. */
const patienceMs = 60_000;

export class Participant extends LineProgram<Line> {
  readonly kind: Kind;
  readonly name: string;
  /** Of each sender the numbers of what has come, oldest first. */
  readonly arrived = new Map<string, number[]>();
  /** Gaps that were told, with the number of packets of each. */
  readonly gaps: string[] = [];
  /** What went wrong. */
  readonly faults: string[] = [];
  readonly #probed = new Set<string>();
  #listens = false;
  #finishedCount = 0;

  constructor(kind: Kind, settings: EpgmSettings, command: readonly [string, ...string[]]) {
    super(`${kind}, ${settings.name},`, command, patienceMs);
    this.kind = kind;
    this.name = settings.name;
  }

  /** Resolves when it has opened its sockets. */
  listening(): Promise<void> {
    return this.until("to listen", () => this.#listens);
  }

  /** Resolves when a probe of this sender has come. */
  probed(sender: string): Promise<void> {
    return this.until(`to hear ${sender}`, () => this.#probed.has(sender));
  }

  /** Resolves when the message of this number has come. */
  reached(sender: string, index: number): Promise<void> {
    const wanted = `to get message ${index} of ${sender}`;
    return this.until(wanted, () => this.of(sender).at(-1) === index);
  }

  /** Resolves when a first message of this sender has come, probes left out. */
  heard(sender: string): Promise<void> {
    return this.until(`to get anything of ${sender}`, () => this.of(sender).length > 0);
  }

  /** Resolves when so many sources have said that they end, and all they sent has come. */
  finished(count: number): Promise<void> {
    return this.until(`to see ${count} ends`, () => this.#finishedCount >= count);
  }

  of(sender: string): readonly number[] {
    return this.arrived.get(sender) ?? [];
  }

  protected override take(line: Line): void {
    switch (line.event) {
      case "listening":
        this.#listens = true;
        break;
      case "arrived":
        this.#arrive(line);
        break;
      case "gap":
        this.gaps.push(`${line.reason} ${line.packetCount}`);
        break;
      case "finished":
        this.#finishedCount += 1;
        break;
      case "damaged":
        this.faults.push(line.message);
        break;
      case "incident":
        this.faults.push(`${line.kind}: ${line.message}`);
        break;
      default:
        line satisfies never;
    }
  }

  protected override facts(): readonly string[] {
    const counts = [...this.arrived].map(
      ([sender, indexes]) => `${indexes.length} of ${sender}, the last ${indexes.at(-1)}`,
    );
    return [
      `came: ${counts.join(", ") || "nothing"}`,
      `gaps: ${this.gaps.join(", ") || "none"}`,
      `faults: ${this.faults.join(", ") || "none"}`,
    ];
  }

  #arrive({ topic, sender, index }: FlowMessage): void {
    if (topic === "probe") {
      this.#probed.add(sender);
      return;
    }
    const indexes = this.arrived.get(sender) ?? [];
    indexes.push(index);
    this.arrived.set(sender, indexes);
  }
}

/** How a program is run, before its settings. */
export function programOf(
  kind: Kind,
  role: Role,
  { python, node }: Runtimes,
): [string, ...string[]] {
  return kind === "ours"
    ? [node, fileURLToPath(new URL(`../peers/ours/epgm-${role}.js`, import.meta.url))]
    : // -B: no compiled files beside the sources.
      [python, "-B", resolve(`test/interop/peers/libzmq/epgm_${role}.py`)];
}

export interface Runtimes {
  readonly python: string;
  /** The Node that programs of ours run on. */
  readonly node: string;
  /** One that can share a port with libzmq: 22.12 or newer. */
  readonly sharingNode: string;
}
