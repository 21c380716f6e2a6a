/**
 * Span: a part of what has come, without a view made of it. A frame is looked at where it lies: a
 * view for each (13 ns, Node 20, and 25 by `subarray`), and then one for its payload, was a fifth of
 * what a receiver has to do for a short message.
 */

/** Bytes that have come in one piece, and what it takes to look at parts of them. */
export class Chunk {
  readonly bytes: Uint8Array;
  /** Of the same bytes: reads words of 32 bits at once. */
  readonly view: DataView;
  // Asked of the bytes for each part it would take as long as to make the part.
  readonly #buffer: ArrayBufferLike;
  readonly #byteOffset: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#buffer = bytes.buffer;
    this.#byteOffset = bytes.byteOffset;
    this.view = new DataView(this.#buffer, this.#byteOffset, bytes.length);
  }

  /** A view of the bytes from `start` to `end`, which the caller knows to be inside. */
  cut(start: number, end: number): Uint8Array {
    return new Uint8Array(this.#buffer, this.#byteOffset + start, end - start);
  }
}

const noChunk = new Chunk(new Uint8Array(0));

/** Moved from one part to the next: whoever is given one keeps what it says, not the span. */
export class Span {
  chunk: Chunk = noChunk;
  /** Index in the chunk of the first byte. */
  start = 0;
  /** Index in the chunk of the byte after the last one. */
  end = 0;

  /** All of `bytes`. */
  static of(bytes: Uint8Array): Span {
    const span = new Span();
    span.move(new Chunk(bytes), 0, bytes.length);
    return span;
  }

  move(chunk: Chunk, start: number, end: number): void {
    this.chunk = chunk;
    this.start = start;
    this.end = end;
  }

  get byteCount(): number {
    return this.end - this.start;
  }

  /** A view of the bytes, made at each call. It keeps the whole chunk in memory. */
  get bytes(): Uint8Array {
    return this.chunk.cut(this.start, this.end);
  }
}
