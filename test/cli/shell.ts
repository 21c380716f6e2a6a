/** A shell for tests: streams that can be written to and read, and a button for Ctrl-C. */
import { constants } from "node:os";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "../../src/cli/program.ts";
import { Interruption, type Shell } from "../../src/cli/shell.ts";

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class TestShell implements Shell {
  readonly stdin: PassThrough & { isTTY?: boolean } = new PassThrough();
  readonly stdout: PassThrough = new PassThrough();
  readonly stderr: PassThrough = new PassThrough();
  readonly env: Record<string, string> = {};
  readonly #interruption = new AbortController();
  readonly interruption: AbortSignal = this.#interruption.signal;

  /** Runs the command to its end. */
  async run(...args: readonly string[]): Promise<Outcome> {
    const printed = Promise.all([text(this.stdout), text(this.stderr)]);
    const exitCode = await run(args, this);
    this.stdout.end();
    this.stderr.end();
    const [stdout, stderr] = await printed;
    return { exitCode, stdout, stderr };
  }

  interrupt(): void {
    this.#interruption.abort(new Interruption(constants.signals.SIGINT));
  }
}
