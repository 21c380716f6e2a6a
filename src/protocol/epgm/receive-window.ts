/**
 * Receive window: one source's packets that have come, in order or not, until those before them have.
 * It knows nothing of NAKs; `Missing` does.
 */
import { distance, plus } from "./sequence.ts";

/** What a packet takes that waits, beside its bytes. */
const packetOverheadBytes = 128;

export interface ReceiveLimits {
  /** How far ahead of the next wanted packet one may be. */
  readonly packetsMax: number;
  /** How many bytes may wait for packets before them. */
  readonly bytesMax: number;
}

export class ReceiveWindow {
  readonly #limits: ReceiveLimits;
  readonly #packets = new Map<number, Uint8Array>();
  #bytes = 0;
  #next: number;
  #dataEnd: number;
  #end: number;

  /** @param first The first sequence number that is wanted. */
  constructor(first: number, limits: ReceiveLimits) {
    this.#next = first;
    this.#dataEnd = first;
    this.#end = first;
    this.#limits = limits;
  }

  /** The next to be handed on. */
  get next(): number {
    return this.#next;
  }

  /** One after the highest sequence number that has come, or was given up. */
  get dataEnd(): number {
    return this.#dataEnd;
  }

  /** One after the highest sequence number known of. */
  get end(): number {
    return this.#end;
  }

  /** How many bytes wait for packets before them, with an allowance for each packet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether so much waits that the first gap has to be given up. */
  get isFull(): boolean {
    return this.#bytes > this.#limits.bytesMax;
  }

  has(sequence: number): boolean {
    return this.#packets.has(sequence);
  }

  /** Whether a packet, not beyond the window's reach, has neither been handed on nor is there. */
  wants(sequence: number): boolean {
    return distance(this.#next, sequence) >= 0 && !this.#packets.has(sequence);
  }

  /** Whether the window can begin where it does now and still reach to before `end`. */
  reaches(end: number): boolean {
    return distance(this.#next, end) <= this.#limits.packetsMax;
  }

  /** Where the window has to begin to reach to before `end`. */
  startFor(end: number): number {
    return plus(end, -this.#limits.packetsMax);
  }

  /**
   * Takes a packet that is wanted.
   * @returns Whether it is the `next`, which is not kept but to be handed on, or is `kept` for later.
   */
  take(sequence: number, payload: Uint8Array): "next" | "kept" {
    const end = plus(sequence, 1);
    const isNext = sequence === this.#next;
    if (isNext) this.#next = end;
    else this.#keep(sequence, payload);
    this.#dataEnd = later(this.#dataEnd, end);
    this.#end = later(this.#end, end);
    return isNext ? "next" : "kept";
  }

  /** The source says that it has sent all before `end`, which the window reaches, and perhaps more. */
  extendTo(end: number): void {
    this.#end = later(this.#end, end);
  }

  /** The source says that it has sent nothing from `end` on, which is not before the next. */
  trimTo(end: number): void {
    for (const held of this.#packets.keys()) {
      if (distance(end, held) >= 0) this.#drop(held);
    }
    this.#end = end;
    if (distance(end, this.#dataEnd) > 0) this.#dataEnd = end;
  }

  /** Removes and returns the next packet, if it is there. */
  shift(): Uint8Array | undefined {
    if (this.#packets.size === 0) return undefined;
    const payload = this.#packets.get(this.#next);
    if (payload === undefined) return undefined;
    this.#drop(this.#next);
    this.#next = plus(this.#next, 1);
    return payload;
  }

  /** The next is given up: the one after it is wanted instead. Only before the end of the data. */
  passOver(): void {
    this.#next = plus(this.#next, 1);
  }

  /** Begins anew at `sequence`, with nothing. */
  restart(sequence: number): void {
    this.#packets.clear();
    this.#bytes = 0;
    this.#next = sequence;
    this.#dataEnd = sequence;
    this.#end = sequence;
  }

  #keep(sequence: number, payload: Uint8Array): void {
    this.#packets.set(sequence, payload);
    this.#bytes += payload.length + packetOverheadBytes;
  }

  #drop(sequence: number): void {
    const payload = this.#packets.get(sequence);
    if (payload === undefined) return;
    this.#packets.delete(sequence);
    this.#bytes -= payload.length + packetOverheadBytes;
  }
}

function later(left: number, right: number): number {
  return distance(left, right) > 0 ? right : left;
}
