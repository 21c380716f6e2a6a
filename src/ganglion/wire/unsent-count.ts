/**
 * UnsentCount: how many of the messages written to a connection the system has not taken yet. For
 * peers that confirm nothing, where it is all that can be known.
 */
export class UnsentCount {
  // Where each message ended in the stream, oldest first; what the system has is let go of.
  #ends: number[] = [];
  #written = 0;

  /** A message of `byteCount` bytes was written; now `pendingBytes` wait for the system. */
  wrote(byteCount: number, pendingBytes: number): void {
    this.#written += byteCount;
    this.#ends.push(this.#written);
    const first = this.#ends[0];
    // Half of them at once, so that each message is moved about once.
    if (first !== undefined && this.#written - first > 2 * pendingBytes + byteCount) {
      this.#ends = this.#ends.filter((end) => end > this.#written - pendingBytes);
    }
  }

  /** The messages of which something is among the last `unsentBytes`. */
  after(unsentBytes: number): number {
    return this.#ends.filter((end) => end > this.#written - unsentBytes).length;
  }
}
