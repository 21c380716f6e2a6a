/** Transmit window: the data packets that a source keeps to repeat them when asked. */
import { plus } from "./sequence.ts";
import type { WindowPool } from "./window-pool.ts";

export interface WindowLimits {
  readonly bytesMax: number;
  readonly packetsMax: number;
  /** Packets older than this are dropped. */
  readonly ageMsMax: number;
}

/** A packet, and when it was last sent, confirmed to be asked for, and repeated. */
export interface Kept {
  readonly packet: Uint8Array;
  readonly sentMs: number;
  confirmedMs: number;
  repeatedMs: number;
}

export class TransmitWindow {
  readonly #pool: WindowPool;
  readonly #limits: WindowLimits;
  readonly #kept = new Map<number, Kept>();
  #trail: number;
  #next: number;
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

  get packetCount(): number {
    return this.#kept.size;
  }

  /** Keeps the packet with the next sequence number; the newest is always kept. */
  add(packet: Uint8Array, nowMs: number): void {
    const sequence = this.#next;
    this.#next = plus(sequence, 1);
    this.#kept.set(sequence, {
      packet,
      sentMs: nowMs,
      confirmedMs: Number.NEGATIVE_INFINITY,
      repeatedMs: Number.NEGATIVE_INFINITY,
    });
    this.#bytes += packet.length;
    this.#pool.added(this, sequence, packet.length);
    const { bytesMax, packetsMax } = this.#limits;
    while (this.#kept.size > 1 && (this.#kept.size > packetsMax || this.#bytes > bytesMax)) {
      this.dropOldest();
    }
    this.expire(nowMs);
  }

  has(sequence: number): boolean {
    return this.#kept.has(sequence);
  }

  get(sequence: number): Kept | undefined {
    return this.#kept.get(sequence);
  }

  /** Drops packets that are too old. */
  expire(nowMs: number): void {
    for (;;) {
      const oldest = this.#kept.get(this.#trail);
      if (oldest === undefined || nowMs < oldest.sentMs + this.#limits.ageMsMax) return;
      this.dropOldest();
    }
  }

  clear(): void {
    while (this.#kept.size > 0) this.dropOldest();
  }

  dropOldest(): void {
    const oldest = this.#kept.get(this.#trail);
    if (oldest === undefined) return;
    this.#kept.delete(this.#trail);
    this.#trail = plus(this.#trail, 1);
    this.#bytes -= oldest.packet.length;
    this.#pool.dropped(oldest.packet.length);
  }
}
