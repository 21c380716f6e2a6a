/** Lines: a byte stream cut at line feeds, in memory bounded by the longest line that is taken. */
import { addAbortSignal, type Readable } from "node:stream";
import { CodecError, TransportError } from "plexo";

export interface Line {
  /** Counts from 1, empty lines included. */
  readonly number: number;
  /** Without the line feed, or carriage return and line feed, that ended it. */
  readonly text: string;
}

/** The longest line taken. A quarter of what a message on a pair may have. */
export const lineBytesMax: number = 16 * 1024 * 1024;

const lineFeed = 0x0a;
const byteOrderMark = "\ufeff";

/**
 * The lines of a stream in UTF-8. What stands after the last line feed is a line too; a byte order
 * mark at the start of the stream is passed over.
 * @param signal Ends the reading, and the stream; its reason is thrown.
 * @throws {CodecError} at a line that is too long or not UTF-8.
 * @throws {TransportError} if the stream cannot be read.
 */
export async function* readLines(stream: Readable, signal: AbortSignal): AsyncGenerator<Line> {
  const splitter = new LineSplitter(lineBytesMax);
  for await (const chunk of readChunks(stream, signal)) yield* splitter.push(chunk);
  yield* splitter.end();
}

async function* readChunks(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* addAbortSignal(signal, stream);
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TransportError(`standard input cannot be read: ${why}`, { cause });
  }
}

/** The part of it without I/O. */
export class LineSplitter {
  readonly #bytesMax: number;
  // Of the line that has not ended: the first `#held` bytes of a buffer that doubles, because a
  // list of chunks would cost a hundred times the line where they come byte by byte.
  #buffer = new Uint8Array(0);
  #held = 0;
  #number = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The lines that `chunk` ends, oldest first. Take them all before the next call. */
  *push(chunk: Uint8Array): Generator<Line> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, start);
      if (end === -1) break;
      yield this.#finish(chunk.subarray(start, end));
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  /** The line without a line feed at the end of the stream, if there is one. */
  *end(): Generator<Line> {
    if (this.#held > 0) yield this.#finish(new Uint8Array(0));
  }

  #finish(rest: Uint8Array): Line {
    let bytes = rest;
    if (this.#held > 0) {
      this.#hold(rest);
      bytes = this.#buffer.subarray(0, this.#held);
      this.#held = 0;
    } else {
      this.#checkLength(rest.length);
    }
    this.#number += 1;
    return { number: this.#number, text: this.#textOf(bytes) };
  }

  #hold(bytes: Uint8Array): void {
    const byteCount = this.#held + bytes.length;
    this.#checkLength(byteCount);
    if (byteCount > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(byteCount, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#held);
    this.#held = byteCount;
  }

  #checkLength(byteCount: number): void {
    if (byteCount <= this.#bytesMax) return;
    throw lineError(
      this.#number + 1,
      `it has more than ${this.#bytesMax} bytes, the longest line taken`,
    );
  }

  #textOf(bytes: Uint8Array): string {
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch (cause) {
      throw lineError(this.#number, "it is not UTF-8 text", cause);
    }
    if (this.#number === 1 && text.startsWith(byteOrderMark)) text = text.slice(1);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }
}

// Only the mark at the start of the stream is none of the text.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A line that cannot be sent, named by its number. */
export function lineError(number: number, why: string, cause?: unknown): CodecError {
  return new CodecError(`line ${number}: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { line: number },
  });
}
