/**
 * Slab: memory for many small pieces that come and go about in order. A buffer for each costs more
 * than what is in it; here they share one, which goes when the last of its pieces has gone.
 */

const slabBytes = 65_536;

/** A longer piece has a buffer of its own, lest much of a slab stay unused. */
const pieceBytesMax = slabBytes / 16;

export class Slab {
  #buffer = new ArrayBuffer(0);
  #used = 0;

  /** Bytes, all 0, that nobody else has. */
  allocate(byteCount: number): Uint8Array {
    if (byteCount > pieceBytesMax) return new Uint8Array(byteCount);
    if (this.#used + byteCount > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(slabBytes);
      this.#used = 0;
    }
    const piece = new Uint8Array(this.#buffer, this.#used, byteCount);
    this.#used += byteCount;
    return piece;
  }
}
