/**
 * Receive window: one source's packets that have come, in order or not, until those before them have.
 * It knows nothing of NAKs; `Missing` does.
 *
 * What a single packet claims is taken with care, since anybody can send one: a jump beyond the window
 * counts only once several packets agree on it and none has come where they were expected.
 */
import { distance, plus } from "./sequence.ts";

/** So many packets beyond the window, each near the other, are believed. */
const jumpPackets = 3;

export interface ReceiveLimits {
  /** How far ahead of the next wanted packet one may be. */
  readonly packetsMax: number;
  /** How many bytes may wait for packets before them. */
  readonly bytesMax: number;
}

/**
 * - `taken`: it waits for others, or is the next one. - `old`: it was there, or was given up.
 * - `beyond`: it is too far ahead, and not believed. - `jump`: it is too far ahead, but the source is
 *   really there: the window begins anew with it.
 */
export type TakeResult = "taken" | "old" | "beyond" | "jump";

export class ReceiveWindow {
  readonly #limits: ReceiveLimits;
  readonly #packets = new Map<number, Uint8Array>();
  #bytes = 0;
  /** The next to be handed on. */
  #next: number;
  /** One after the highest that has come. */
  #dataEnd: number;
  /** One after the highest that is known of. */
  #end: number;
  #jumpAt: number | undefined;
  #jumpCount = 0;

  /** @param first The first sequence number that is wanted. */
  constructor(first: number, limits: ReceiveLimits) {
    this.#next = first;
    this.#dataEnd = first;
    this.#end = first;
    this.#limits = limits;
  }

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

  /** How many bytes wait for packets before them. */
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

  /** The first from `sequence` on that is there, undefined if none is. */
  firstHeldFrom(sequence: number): number | undefined {
    let at = sequence;
    for (; distance(at, this.#dataEnd) > 0; at = plus(at, 1)) if (this.#packets.has(at)) return at;
    return undefined;
  }

  take(sequence: number, payload: Uint8Array): TakeResult {
    const ahead = distance(this.#next, sequence);
    if (ahead < 0 || this.#packets.has(sequence)) return "old";
    if (ahead >= this.#limits.packetsMax) return this.#takeBeyond(sequence);
    this.#jumpAt = undefined;
    this.#packets.set(sequence, payload);
    this.#bytes += payload.length;
    this.#dataEnd = later(this.#dataEnd, plus(sequence, 1));
    this.#end = later(this.#end, this.#dataEnd);
    return "taken";
  }

  /** The source says that it has sent up to `lead`. It is not believed beyond the window. */
  extend(lead: number): void {
    if (distance(this.#next, lead) >= this.#limits.packetsMax) return;
    this.#end = later(this.#end, plus(lead, 1));
  }

  /** What is known of only because the source said so is forgotten again. */
  forgetTail(): void {
    this.#end = this.#dataEnd;
  }

  /** Removes and returns the next packet, if it is there. */
  shift(): Uint8Array | undefined {
    const payload = this.#packets.get(this.#next);
    if (payload === undefined) return undefined;
    this.#packets.delete(this.#next);
    this.#bytes -= payload.length;
    this.#next = plus(this.#next, 1);
    return payload;
  }

  /** Gives up all before `sequence`. */
  skipTo(sequence: number): void {
    for (const held of this.#packets.keys()) {
      if (distance(sequence, held) < 0) this.#drop(held);
    }
    this.#next = sequence;
    this.#dataEnd = later(this.#dataEnd, sequence);
    this.#end = later(this.#end, sequence);
  }

  /** Begins anew at `sequence`, with nothing. */
  restart(sequence: number): void {
    this.#packets.clear();
    this.#bytes = 0;
    this.#next = sequence;
    this.#dataEnd = sequence;
    this.#end = sequence;
    this.#jumpAt = undefined;
  }

  #takeBeyond(sequence: number): TakeResult {
    const isNear =
      this.#jumpAt !== undefined &&
      Math.abs(distance(this.#jumpAt, sequence)) < this.#limits.packetsMax;
    this.#jumpCount = isNear ? this.#jumpCount + 1 : 1;
    this.#jumpAt = sequence;
    return this.#jumpCount >= jumpPackets ? "jump" : "beyond";
  }

  #drop(sequence: number): void {
    this.#bytes -= this.#packets.get(sequence)?.length ?? 0;
    this.#packets.delete(sequence);
  }
}

function later(left: number, right: number): number {
  return distance(left, right) > 0 ? right : left;
}
