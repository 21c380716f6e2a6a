/** LineOutput: lines to a stream at the pace of its reader, until the reader goes away. */
import type { Writable } from "node:stream";
import { TransportError } from "plexo";

export class LineOutput {
  /**
   * Resolves when the reader of the pipe has gone away, as `head` does when it has enough.
   * @throws {TransportError} (rejects) if the stream cannot be written for another reason.
   */
  readonly readerGone: Promise<void>;
  readonly #stream: Writable;
  #isOver = false;
  #behind: { readonly caughtUp: Promise<void>; readonly release: () => void } | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("drain", () => this.#release());
    this.readerGone = new Promise((resolve, reject) => {
      // Stays for good: what was written before the first error fails as well.
      stream.on("error", (cause: NodeJS.ErrnoException) => {
        this.#isOver = true;
        this.#release();
        if (cause.code === "EPIPE") resolve();
        else reject(outputError(cause));
      });
    });
    this.readerGone.catch(() => {});
  }

  /** Writes `line`; a promise when the reader is behind: write no more until it is settled. */
  write(line: string): Promise<void> | undefined {
    if (this.#isOver || this.#stream.write(`${line}\n`)) return undefined;
    this.#behind ??= openGate();
    return this.#behind.caughtUp;
  }

  #release(): void {
    this.#behind?.release();
    this.#behind = undefined;
  }
}

function openGate(): { readonly caughtUp: Promise<void>; readonly release: () => void } {
  let release = (): void => {};
  const caughtUp = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { caughtUp, release };
}

function outputError(cause: Error): TransportError {
  return new TransportError(`standard output cannot be written: ${cause.message}`, { cause });
}
