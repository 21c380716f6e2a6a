/**
 * Legacy: what the presence of pyplexo 1.0.0's nodes asks of ours.
 *
 * They vote for nobody of ours, and hold for good the address they won with. They send promises on
 * the channel of proposals; ours repeat them where they belong, once each among all of ours. A new
 * one of theirs is asked, once for each type in use, whether it holds an address.
 */
import { compareBallots } from "./ballot.ts";
import type { PromiseMessage } from "./message.ts";

/**
 * A misdirected promise is repeated by one of ours, since each copy counts as a vote: by the voter with
 * the lowest id, or, one after the other, by the next two if none before them has done it.
 */
const repeaters = { count: 3, turnMs: 10 } as const;

/** Misdirected promises that wait to be repeated; more are not. */
const repeatsMax = 256;

/** One type after the other is asked for. */
const inquiryPauseMs = 10;

/** Addresses held by nodes of pyplexo for one type; more are not followed. */
const heldMax = 8;

export interface LegacyOptions {
  /** For how many types it is followed what nodes of pyplexo hold. */
  readonly typesMax: number;
  readonly random: () => number;
  readonly send: (message: PromiseMessage) => void;
  /** Sends a preparation for the type, so that nodes of pyplexo answer with what they hold. */
  readonly inquire: (typeName: string, nowMs: number) => void;
}

export class Legacy {
  readonly #options: LegacyOptions;
  readonly #repeats: { readonly promise: PromiseMessage; readonly dueMs: number }[] = [];
  /** Types to be asked for, in this order. */
  readonly #inquiries = new Set<string>();
  #inquiryMs = Number.POSITIVE_INFINITY;
  readonly #held = new Map<string, Set<number>>();

  constructor(options: LegacyOptions) {
    this.#options = options;
  }

  get deadlineMs(): number {
    let deadlineMs = this.#inquiryMs;
    for (const { dueMs } of this.#repeats) deadlineMs = Math.min(deadlineMs, dueMs);
    return deadlineMs;
  }

  /** For how many types something is known to be held. */
  get size(): number {
    return this.#held.size;
  }

  /** The addresses that nodes of pyplexo were heard to hold for a type. */
  heldAddresses(typeName: string): Iterable<number> {
    return this.#held.get(typeName) ?? [];
  }

  /** @returns whether it is news, and whether it differs from another that is held for the type. */
  hold(typeName: string, address: number): { readonly isNew: boolean; readonly isSplit: boolean } {
    const isFull = this.#held.size >= this.#options.typesMax && !this.#held.has(typeName);
    const held = this.#held.get(typeName) ?? new Set();
    if (isFull || held.has(address) || held.size >= heldMax) {
      return { isNew: false, isSplit: false };
    }
    held.add(address);
    this.#held.set(typeName, held);
    return { isNew: true, isSplit: held.size > 1 };
  }

  /** No node of pyplexo is in view any more: nobody holds anything. @returns the types it concerns. */
  forget(): string[] {
    const typeNames = [...this.#held.keys()];
    this.#held.clear();
    this.#inquiries.clear();
    this.#inquiryMs = Number.POSITIVE_INFINITY;
    return typeNames;
  }

  /** A node of pyplexo is new: the types in use are asked for. */
  ask(typeNames: Iterable<string>, nowMs: number): void {
    for (const typeName of typeNames) this.#inquiries.add(typeName);
    if (this.#inquiries.size === 0) return;
    this.#inquiryMs = Math.min(this.#inquiryMs, nowMs + this.#options.random() * inquiryPauseMs);
  }

  /** Somebody has asked for the type. */
  asked(typeName: string): void {
    this.#inquiries.delete(typeName);
  }

  /**
   * A promise has come on the channel of proposals.
   * @param rank How many voters have a lower id than this node; below 0 if it does not vote.
   */
  takeMisdirected(promise: PromiseMessage, rank: number, nowMs: number): void {
    if (rank < 0 || rank >= repeaters.count || this.#repeats.length >= repeatsMax) return;
    const dueMs = nowMs + rank * repeaters.turnMs;
    this.#repeats.push({ promise: { ...promise, misdirected: false }, dueMs });
  }

  /** Another of ours has repeated a misdirected promise. */
  takeRepeated(promise: PromiseMessage): void {
    const index = this.#repeats.findIndex((repeat) => isSamePromise(repeat.promise, promise));
    if (index >= 0) this.#repeats.splice(index, 1);
  }

  wake(nowMs: number): void {
    for (const repeat of this.#repeats.filter(({ dueMs }) => dueMs <= nowMs)) {
      this.#repeats.splice(this.#repeats.indexOf(repeat), 1);
      this.#options.send(repeat.promise);
    }
    if (this.#inquiryMs > nowMs) return;
    const [typeName] = this.#inquiries;
    if (typeName !== undefined) {
      this.#inquiries.delete(typeName);
      this.#options.inquire(typeName, nowMs);
    }
    this.#inquiryMs = this.#inquiries.size > 0 ? nowMs + inquiryPauseMs : Number.POSITIVE_INFINITY;
  }
}

function isSamePromise(left: PromiseMessage, right: PromiseMessage): boolean {
  return (
    left.typeName === right.typeName &&
    left.address === right.address &&
    compareBallots(left.ballot, right.ballot) === 0 &&
    compareBallots(left.accepted, right.accepted) === 0
  );
}
