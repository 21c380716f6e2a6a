/** A frame whose end has not arrived: the bytes of it that have. */
import { type FrameRules, frameHeadByteCountByFlags, readBodyByteCount } from "./frame.ts";

// The longest head fits, so the buffer first grows when the size of the frame is known.
const initialBytes = 9;
// Allocated at once for a claimed size; beyond it memory follows the bytes that came.
const trustedBytes = 64 * 1024;
const growthFactor = 4;

export class PartialFrame {
  readonly #rules: FrameRules;
  #bytes = new Uint8Array(initialBytes);
  #count = 0;
  #flags = 0;
  #headByteCount = 0;
  /** How many bytes the next step needs: the flags, then the head, then the whole frame. */
  #wanted = 1;
  #wantsAll = false;

  constructor(rules: FrameRules) {
    this.#rules = rules;
  }

  /**
   * Copies what the frame still lacks out of `chunk`, from `at` on.
   * @returns The position after what was taken.
   * @throws {PeerError} as soon as the head is there and breaks a rule.
   */
  take(chunk: Uint8Array, at: number): number {
    let position = at;
    for (;;) {
      const taken = Math.min(this.#wanted - this.#count, chunk.length - position);
      this.#append(chunk.subarray(position, position + taken));
      position += taken;
      if (this.#count < this.#wanted || this.#wantsAll) return position;
      this.#wantMore();
    }
  }

  get complete(): boolean {
    return this.#wantsAll && this.#count === this.#wanted;
  }

  /** The flags of a complete frame. */
  get flags(): number {
    return this.#flags;
  }

  /** The body of a complete frame, in memory of its own. */
  get body(): Uint8Array {
    return this.#bytes.subarray(this.#headByteCount, this.#count);
  }

  /** How far it is, for an error message. */
  get progress(): string {
    const wanted = this.#wantsAll ? `${this.#wanted}` : "an unknown number of";
    return `${this.#count} of ${wanted} bytes`;
  }

  #wantMore(): void {
    // Anew at each step: what the first octet means may be clear from the second only.
    this.#flags = this.#rules.readFlags(this.#bytes, 0, this.#count);
    this.#headByteCount = frameHeadByteCountByFlags(this.#flags);
    this.#wanted = this.#headByteCount;
    if (this.#count < this.#headByteCount) return;
    const bodyByteCount = readBodyByteCount(this.#bytes, 0, this.#flags);
    this.#rules.check(this.#flags, bodyByteCount);
    this.#wanted += bodyByteCount;
    this.#wantsAll = true;
  }

  #append(piece: Uint8Array): void {
    const needed = this.#count + piece.length;
    if (needed > this.#bytes.length) {
      const capacity = Math.min(this.#wanted, Math.max(trustedBytes, needed * growthFactor));
      const grown = new Uint8Array(capacity);
      grown.set(this.#bytes.subarray(0, this.#count));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#count);
    this.#count = needed;
  }
}
