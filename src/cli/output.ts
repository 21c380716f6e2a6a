/** LineOutput: lines to a stream at the pace of its reader, until the reader goes away. */
import type { Writable } from "node:stream";
import { TransportError } from "plexo";

/** Lines are written in batches: a write to a file or pipe costs more than all else of a line. */
const batchUnitsMax = 64 * 1024;

export class LineOutput {
  /**
   * Resolves when the reader of the pipe has gone away, as `head` does when it has enough.
   * @throws {TransportError} (rejects) if the stream cannot be written for another reason.
   */
  readonly readerGone: Promise<void>;
  readonly #stream: Writable;
  #batch = "";
  #behind: Gate | undefined;
  #isUsed = false;
  #isOver = false;

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

  /**
   * Writes `line`, at the latest when what runs now is done.
   * @returns A promise when the reader is behind: write no more until it is settled.
   */
  write(line: string): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    this.#isUsed = true;
    if (this.#batch === "") queueMicrotask(() => this.#flush());
    this.#batch += `${line}\n`;
    if (this.#batch.length >= batchUnitsMax) this.#flush();
    return this.#behind?.caughtUp;
  }

  /**
   * Resolves when every line is out, or the reader has gone away.
   * @throws {TransportError} if the stream cannot be written.
   */
  async finish(): Promise<void> {
    this.#flush();
    if (this.#isUsed) await allWritten(this.#stream);
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = "";
    if (batch === "" || this.#isOver || this.#stream.write(batch)) return;
    this.#behind ??= shutGate();
  }

  #release(): void {
    this.#behind?.open();
    this.#behind = undefined;
  }
}

/**
 * Resolves when what was written to `stream` is out, or its reader has gone away. Not to be asked
 * where nothing was: to write nothing fails on a device that is full.
 * @throws {TransportError} if it cannot be written.
 */
export async function allWritten(stream: Writable): Promise<void> {
  const late = await new Promise<Error | null | undefined>((resolve) => {
    // It comes after all that was written before.
    stream.write("", resolve);
  });
  // What failed first; whatever is written later fails because of it.
  const cause: NodeJS.ErrnoException | null | undefined = stream.errored ?? late;
  if (cause && cause.code !== "EPIPE") throw outputError(cause);
}

interface Gate {
  readonly caughtUp: Promise<void>;
  open(): void;
}

function shutGate(): Gate {
  let open = (): void => {};
  const caughtUp = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { caughtUp, open };
}

function outputError(cause: Error): TransportError {
  return new TransportError(`standard output cannot be written: ${cause.message}`, { cause });
}
