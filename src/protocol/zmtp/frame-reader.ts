/** Cuts one peer's byte stream into frames. */
import { Chunk, Span } from "../span.ts";
import { type FrameRules, frameHeadByteCountByFlags, readBodyByteCount } from "./frame.ts";
import { PartialFrame } from "./partial-frame.ts";

export interface FrameHandler {
  /**
   * Takes one frame. It may pause or stop the reader.
   * @param body Where it lies: in the chunk, or in memory of its own if the frame came in pieces. It
   *   is moved to the next one, but its bytes stay as they are.
   * @param flags As on the wire; with LONG where the rules have it mended.
   */
  frame(body: Span, flags: number): void;
}

/**
 * Source: RFC 37 (ZMTP 3.1), "Framing". The RFC allows bodies of 2^63-1 bytes; the limits are in
 * the rules given. For a frame that lies in one chunk nothing is made; one that spans chunks is copied
 * into a buffer that grows with the bytes that came, not with the size that was claimed.
 */
export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #rules: FrameRules;
  #chunk: Chunk | undefined;
  #at = 0;
  /** Chunks that came while the reader was paused or busy. */
  #later: Uint8Array[] = [];
  #partial: PartialFrame | undefined;
  readonly #body = new Span();
  #paused = false;
  #reading = false;
  /** Stopped means paused, too, so that the loop looks at one flag only. */
  #stopped = false;

  constructor(handler: FrameHandler, rules: FrameRules) {
    this.#handler = handler;
    this.#rules = rules;
  }

  /**
   * Hands each frame that `chunk` completes to the handler, oldest first. While paused, or when
   * called by the handler, it keeps the chunk for later; whoever pauses also stops pushing.
   * The chunk's memory must not be used again.
   * @throws {PeerError} on a head that breaks a rule. The stream cannot be picked up again: the
   *   reader takes nothing more. The same holds for whatever the handler throws.
   */
  push(chunk: Uint8Array): void {
    if (this.#stopped) return;
    this.#later.push(chunk);
    this.#read();
  }

  /** No frame is handed over until `resume`, not even one that has already arrived. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on, first with what has arrived meanwhile. @throws {PeerError} as `push`. */
  resume(): void {
    if (this.#stopped) return;
    this.#paused = false;
    this.#read();
  }

  /** Forgets what has arrived and takes nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#paused = true;
    this.#chunk = undefined;
    this.#at = 0;
    this.#later = [];
    this.#partial = undefined;
  }

  /** How far the frame is that has begun and not ended, for an error message. */
  get unfinished(): string | undefined {
    return this.#partial?.progress;
  }

  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    let finished = false;
    try {
      for (let chunk = this.#nextChunk(); chunk; chunk = this.#nextChunk()) this.#readChunk(chunk);
      finished = true;
    } finally {
      this.#reading = false;
      if (!finished) this.stop();
    }
  }

  /** The chunk to read on in, if there is something to read and nobody minds. */
  #nextChunk(): Chunk | undefined {
    if (this.#paused) return undefined;
    if (this.#chunk !== undefined && this.#at < this.#chunk.bytes.length) return this.#chunk;
    const next = this.#later.shift();
    this.#chunk = next && new Chunk(next);
    this.#at = 0;
    return this.#chunk;
  }

  #readChunk(chunk: Chunk): void {
    const { bytes } = chunk;
    const { length } = bytes;
    if (this.#partial !== undefined) this.#continueFrame(this.#partial, bytes);
    while (this.#at < length && !this.#paused) {
      const at = this.#at;
      const flags = this.#rules.readFlags(bytes, at, length);
      const bodyAt = at + frameHeadByteCountByFlags(flags);
      if (bodyAt > length) return this.#continueFrame(new PartialFrame(this.#rules), bytes);
      const bodyByteCount = readBodyByteCount(bytes, at, flags);
      this.#rules.check(flags, bodyByteCount);
      const end = bodyAt + bodyByteCount;
      if (end > length) return this.#continueFrame(new PartialFrame(this.#rules), bytes);
      this.#at = end;
      this.#body.move(chunk, bodyAt, end);
      this.#handler.frame(this.#body, flags);
    }
  }

  #continueFrame(partial: PartialFrame, chunk: Uint8Array): void {
    this.#at = partial.take(chunk, this.#at);
    if (!partial.complete) {
      this.#partial = partial;
      return;
    }
    this.#partial = undefined;
    this.#handler.frame(Span.of(partial.body), partial.flags);
  }
}
