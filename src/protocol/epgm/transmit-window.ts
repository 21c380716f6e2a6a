/**
 * Transmit window: the data packets that a source keeps to repeat them when asked. All sources of a
 * process share one pool of bytes, from which the oldest packets of any source go first.
 */
import { distance, plus } from "./sequence.ts";

/** The bytes that all windows of a process may keep together. */
export class WindowPool {
  readonly #bytesMax: number;
  #bytes = 0;
  /** Which window added a packet, oldest first; the packet itself may have gone since. */
  readonly #added: { readonly window: TransmitWindow; readonly sequence: number }[] = [];
  #head = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(window: TransmitWindow, sequence: number, byteCount: number): void {
    this.#bytes += byteCount;
    this.#added.push({ window, sequence });
    while (this.#head < this.#added.length - 1) {
      const oldest = this.#added[this.#head];
      if (oldest === undefined) break;
      if (oldest.window.has(oldest.sequence)) {
        if (this.#bytes <= this.#bytesMax) break;
        oldest.window.dropUpTo(oldest.sequence);
      }
      this.#head += 1;
    }
    // Removing from the front of an array costs its length, so it is done for many at once.
    if (this.#head < 1024) return;
    this.#added.splice(0, this.#head);
    this.#head = 0;
  }

  release(byteCount: number): void {
    this.#bytes -= byteCount;
  }
}

export interface WindowLimits {
  readonly bytesMax: number;
  readonly packetsMax: number;
  /** Packets older than this are dropped. */
  readonly ageMsMax: number;
}

interface Kept {
  readonly packet: Uint8Array;
  readonly sentMs: number;
  repeatedMs: number;
}

export class TransmitWindow {
  readonly #pool: WindowPool;
  readonly #limits: WindowLimits;
  readonly #kept = new Map<number, Kept>();
  #trail = 0;
  #next = 0;
  #bytes = 0;

  constructor(pool: WindowPool, limits: WindowLimits, firstSequence = 0) {
    this.#pool = pool;
    this.#limits = limits;
    this.#trail = firstSequence;
    this.#next = firstSequence;
  }

  /** The oldest sequence number that can be repeated, or the next one if there is none. */
  get trail(): number {
    return this.#trail;
  }

  /** The newest sequence number; one before the trail while the window is empty. */
  get lead(): number {
    return plus(this.#next, -1);
  }

  /** The sequence number of the next packet. */
  get next(): number {
    return this.#next;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps the packet with the next sequence number. */
  add(packet: Uint8Array, nowMs: number): void {
    const sequence = this.#next;
    this.#next = plus(sequence, 1);
    this.#kept.set(sequence, { packet, sentMs: nowMs, repeatedMs: Number.NEGATIVE_INFINITY });
    this.#bytes += packet.length;
    const { bytesMax, packetsMax } = this.#limits;
    while (this.#kept.size > packetsMax || (this.#bytes > bytesMax && this.#kept.size > 1)) {
      this.#dropOldest();
    }
    this.#pool.add(this, sequence, packet.length);
    this.expire(nowMs);
  }

  has(sequence: number): boolean {
    return this.#kept.has(sequence);
  }

  get(sequence: number): Readonly<Kept> | undefined {
    return this.#kept.get(sequence);
  }

  repeated(sequence: number, nowMs: number): void {
    const kept = this.#kept.get(sequence);
    if (kept !== undefined) kept.repeatedMs = nowMs;
  }

  /** Drops packets that are too old. */
  expire(nowMs: number): void {
    while (this.#kept.size > 0) {
      const oldest = this.#kept.get(this.#trail);
      if (oldest === undefined || nowMs < oldest.sentMs + this.#limits.ageMsMax) return;
      this.#dropOldest();
    }
  }

  dropUpTo(sequence: number): void {
    while (this.#kept.size > 0 && distance(this.#trail, sequence) >= 0) this.#dropOldest();
  }

  clear(): void {
    while (this.#kept.size > 0) this.#dropOldest();
  }

  #dropOldest(): void {
    const byteCount = this.#kept.get(this.#trail)?.packet.length ?? 0;
    this.#kept.delete(this.#trail);
    this.#trail = plus(this.#trail, 1);
    this.#bytes -= byteCount;
    this.#pool.release(byteCount);
  }
}
