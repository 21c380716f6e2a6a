/** Program: a process that takes part in a case, and what it has said so far. */
import { isDeepStrictEqual } from "node:util";
import { isOfProbe } from "./foos.ts";
import { LineProgram } from "./line-program.ts";

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

export class Program extends LineProgram<Line> {
  /** What has arrived there, oldest first, probes and their answers left out. */
  readonly values: unknown[] = [];
  readonly incidents: ReportedIncident[] = [];
  /** When the last of `values` came, by `performance.now()`. */
  lastArrivalMs = 0;
  readonly #probes: unknown[] = [];
  /** Of a plexus: networks and the probes that have come from them. */
  readonly #probedFrom = new Set<string>();
  #listens = false;

  /** Resolves when it has opened its end and reacts to what comes. */
  listening(): Promise<void> {
    return this.until("to listen", () => this.#listens);
  }

  /** Resolves when `count` values have arrived there. */
  arrived(count: number): Promise<void> {
    return this.until(`to get ${count} messages`, () => this.values.length >= count);
  }

  /** Resolves when this has arrived there, a probe or the answer to one. */
  probed(probe: unknown): Promise<void> {
    const hasCome = (): boolean => this.#probes.some((each) => isDeepStrictEqual(each, probe));
    return this.until(`to get ${JSON.stringify(probe)}`, hasCome);
  }

  /** Resolves when it has reported an incident of this kind. */
  reported(kind: string): Promise<void> {
    const isReported = (): boolean => this.incidents.some((each) => each.kind === kind);
    return this.until(`to report ${kind}`, isReported);
  }

  /** Resolves when so many different probes have come, those of each network counted apart. */
  probedFrom(count: number): Promise<void> {
    return this.until(`to get ${count} probes`, () => this.#probedFrom.size >= count);
  }

  protected override take(line: Line): void {
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

  protected override facts(): readonly string[] {
    const [first] = this.incidents;
    return [
      `messages: ${this.values.length}`,
      `incidents: ${this.incidents.length}`,
      ...(first === undefined ? [] : [`the first: ${first.kind}, ${first.message}`]),
    ];
  }

  #arrived(value: unknown): void {
    if (isOfProbe(value)) {
      this.#probes.push(value);
      return;
    }
    this.values.push(value);
    this.lastArrivalMs = performance.now();
  }
}
