/** Cuts one peer's byte stream into frames. */
import { type FrameRules, frameHeadByteCountByFlags, readBodyByteCount } from "./frame.ts";
import { PartialFrame } from "./partial-frame.ts";

export interface FrameHandler {
  /**
   * Takes one frame. It may pause or stop the reader.
   * @param body A view into the chunk, or into memory of its own if the frame came in pieces. It
   *   stays valid, and keeps its whole chunk in memory: copy what you keep.
   * @param flags As on the wire; with LONG where the rules have it mended.
   */
  frame(body: Uint8Array, flags: number): void;
}

const nothing = new Uint8Array(0);

/**
 * Source: RFC 37 (ZMTP 3.1), "Framing". The RFC allows bodies of 2^63-1 bytes; the limits are in
 * the rules given. A frame that lies in one chunk costs one view; one that spans chunks is copied
 * into a buffer that grows with the bytes that came, not with the size that was claimed.
 */
export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #rules: FrameRules;
  #chunk: Uint8Array = nothing;
  #at = 0;
  /** Chunks that came while the reader was paused or busy. */
  #later: Uint8Array[] = [];
  #partial: PartialFrame | undefined;
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
    this.#chunk = nothing;
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
      while (this.#nextChunk()) this.#readChunk();
      finished = true;
    } finally {
      this.#reading = false;
      if (!finished) this.stop();
    }
  }

  /** True if there is something to read and nobody minds. */
  #nextChunk(): boolean {
    if (this.#paused) return false;
    if (this.#at < this.#chunk.length) return true;
    const next = this.#later.shift();
    this.#chunk = next ?? nothing;
    this.#at = 0;
    return next !== undefined;
  }

  #readChunk(): void {
    const chunk = this.#chunk;
    if (this.#partial !== undefined) this.#continueFrame(this.#partial, chunk);
    // `new Uint8Array` on the buffer takes half as long as `subarray`.
    const { buffer, byteOffset, length } = chunk;
    while (this.#at < length && !this.#paused) {
      const at = this.#at;
      const flags = this.#rules.readFlags(chunk, at, length);
      const bodyAt = at + frameHeadByteCountByFlags(flags);
      if (bodyAt > length) return this.#continueFrame(new PartialFrame(this.#rules), chunk);
      const bodyByteCount = readBodyByteCount(chunk, at, flags);
      this.#rules.check(flags, bodyByteCount);
      const end = bodyAt + bodyByteCount;
      if (end > length) return this.#continueFrame(new PartialFrame(this.#rules), chunk);
      this.#at = end;
      this.#handler.frame(new Uint8Array(buffer, byteOffset + bodyAt, bodyByteCount), flags);
    }
  }

  #continueFrame(partial: PartialFrame, chunk: Uint8Array): void {
    this.#at = partial.take(chunk, this.#at);
    if (!partial.complete) {
      this.#partial = partial;
      return;
    }
    this.#partial = undefined;
    this.#handler.frame(partial.body, partial.flags);
  }
}
