/** Shell: what a command has of the process it runs in, so that tests can run one without. */
import type { Readable, Writable } from "node:stream";
import { onOneLine } from "../one-line.ts";

export interface Shell {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user or the system wants the command to end; the reason is an `Interruption`. */
  readonly interruption: AbortSignal;
}

/** What a command ends with. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** The end of a command by a signal. */
export class Interruption extends Error {
  /** As shells have it: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(signalNumber: number) {
    super(`interrupted by signal ${signalNumber}`);
    this.exitCode = 128 + signalNumber;
  }
}

/** Says one thing to the user, on one line of standard error. */
export function tell(shell: Shell, message: string): void {
  shell.stderr.write(`plexo: ${onOneLine(message)}\n`);
}
