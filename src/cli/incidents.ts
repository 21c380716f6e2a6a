/** Incidents on standard error: a line each, but few a second, whatever goes wrong how often. */

import type { Ganglion, Incident } from "plexo";
import { textOfIncident } from "../incident-text.ts";
import { type Shell, tell } from "./shell.ts";

/**
 * Tells the user what goes wrong in `ganglion`, unless `quiet`, until the returned function is
 * called. A failed transmit is left out: the command that transmitted ends with it.
 */
export function tellIncidents(
  ganglion: Ganglion,
  shell: Shell,
  options: { readonly quiet: boolean },
): () => void {
  const printer = new IncidentPrinter(
    (line) => tell(shell, line),
    () => performance.now(),
  );
  let isOver = options.quiet;
  // Listens to the end: what nobody listens to would be a warning of the process.
  ganglion.on("incident", (incident) => {
    if (!isOver && incident.kind !== "transmit-failed") printer.take(incident);
  });
  return () => {
    isOver = true;
    printer.flush();
  };
}

const windowMs = 1_000;
const linesPerWindowMax = 5;

/** The part of it that knows no stream and no clock. */
export class IncidentPrinter {
  readonly #print: (line: string) => void;
  readonly #nowMs: () => number;
  #windowEndMs = Number.NEGATIVE_INFINITY;
  #printed = 0;
  #unsaid = 0;

  /** @param nowMs Monotonic milliseconds. */
  constructor(print: (line: string) => void, nowMs: () => number) {
    this.#print = print;
    this.#nowMs = nowMs;
  }

  /** Prints `incident`, or counts it when this second has had its lines. */
  take(incident: Incident): void {
    const nowMs = this.#nowMs();
    if (nowMs >= this.#windowEndMs) {
      this.flush();
      this.#windowEndMs = nowMs + windowMs;
      this.#printed = 0;
    }
    if (this.#printed >= linesPerWindowMax) {
      this.#unsaid += 1;
      return;
    }
    this.#printed += 1;
    this.#print(textOfIncident(incident));
  }

  /** Says how many were only counted. */
  flush(): void {
    if (this.#unsaid === 0) return;
    this.#print(`${this.#unsaid} more of what went wrong is not shown`);
    this.#unsaid = 0;
  }
}
