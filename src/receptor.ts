/** Receptor: one reactant with its queue, so that a slow reactant delays nobody until it is full. */

import { ClosedError } from "./errors.ts";
import type { Impulse } from "./impulse.ts";
import type { DropReason } from "./incident.ts";
import type { Neuron } from "./neuron.ts";
import { BoundedQueue, completeQueueOptions, type Patience, type QueueOptions } from "./queue.ts";
import { checkCount } from "./ranges.ts";
import type { ReactOptions } from "./reactant.ts";
import { type Counters, countBy } from "./stats.ts";
import type { Wait } from "./wait.ts";

/** Where a delivery is written down: the synapse the message came by. */
export interface Ledger {
  readonly counters: Counters;
  failed(cause: unknown): void;
  dropped(reason: DropReason, count?: number, cause?: unknown): void;
  /** Its bytes could not be decoded, or its value not encoded for one who wants bytes. */
  unreadable(impulse: Impulse, cause: unknown): void;
}

interface Delivery {
  readonly input: unknown;
  readonly impulse: Impulse;
  readonly ledger: Ledger;
}

// As good as no limit, and a small integer for the engine, as 1 is: infinity less one were infinity.
const concurrencyMax = 2 ** 30 - 1;

export class Receptor {
  /** Whose values it takes; undefined for one that takes bytes. */
  readonly neuron: Neuron | undefined;
  // A Reactant or a RawReactant: `neuron` tells which, and with it what the input is.
  readonly #call: (input: never, impulse: Impulse<never>) => unknown;
  readonly #concurrency: number;
  readonly #queueOptions: Required<QueueOptions>;
  /** How many further calls may be unsettled; none, or less than none, once it is closed. */
  #room: number;
  /** True once anything is to be looked after when a call is over: a queue, who waits, the end. */
  #isWatched = false;
  // Made when it is first needed: most reactants never have two messages at once.
  #queue: BoundedQueue<Delivery> | undefined;
  #idle: (() => void)[] | undefined;
  #draining = false;
  #closed = false;

  constructor(
    neuron: Neuron | undefined,
    call: (input: never, impulse: Impulse<never>) => unknown,
    options: ReactOptions,
  ) {
    this.neuron = neuron;
    this.#call = call;
    const concurrency = checkCount("concurrency", options.concurrency ?? 1);
    this.#concurrency = Math.min(concurrency, concurrencyMax);
    this.#room = this.#concurrency;
    this.#queueOptions = completeQueueOptions(options.queue);
  }

  /** Calls the reactant, or queues the message while it is busy; a promise when the sender must wait. */
  take(input: unknown, impulse: Impulse, ledger: Ledger, patience?: Patience): Wait {
    if (this.#room <= 0) return this.#takeLater(input, impulse, ledger, patience);
    // Counted before the call, so that a reactant that transmits to itself finds itself busy.
    // All of it stands here: one function more, and the engine no longer inlines it in `transmit`.
    this.#room -= 1;
    ledger.counters.delivered += 1;
    let isOver = true;
    try {
      const outcome = this.#call(input as never, impulse as Impulse<never>);
      if (outcome !== undefined) isOver = !this.#follow(outcome, ledger);
    } catch (cause) {
      ledger.failed(cause);
    } finally {
      // Where the stack is used up, to tell of it fails as well; the call is over all the same.
      if (isOver) this.#room += 1;
    }
    if (isOver && this.#isWatched) this.#goOn();
    return undefined;
  }

  #takeLater(input: unknown, impulse: Impulse, ledger: Ledger, patience?: Patience): Wait {
    if (this.#closed) {
      ledger.dropped("closed");
      return undefined;
    }
    this.#isWatched = true;
    this.#queue ??= new BoundedQueue<Delivery>({
      what: `queue of a reactant to ${impulse.topic}`,
      ...this.#queueOptions,
      dropped: ({ ledger: of }, reason) => {
        of.counters.queueDepth -= 1;
        of.dropped(reason);
      },
    });
    ledger.counters.queueDepth += 1;
    return this.#queue.offer({ input, impulse, ledger }, patience);
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => {
      this.#isWatched = true;
      this.#idle ??= [];
      this.#idle.push(resolve);
    });
  }

  /** Takes nothing more and drops what waits, counted. A call under way goes on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#isWatched = true;
    // What the calls under way give back when they are over leaves none, too.
    this.#room -= this.#concurrency;
    const ended = new ClosedError("the subscription ended while a message waited");
    const left = this.#queue?.clear(ended) ?? [];
    for (const [ledger, count] of countBy(left, (delivery) => delivery.ledger)) {
      ledger.counters.queueDepth -= count;
      ledger.dropped("closed", count);
    }
    this.#tellIdle();
  }

  /** Waits for what the reactant returned. False if that cannot be waited for. */
  #follow(outcome: unknown, ledger: Ledger): boolean {
    if (!isThenable(outcome)) return false;
    // A promise made elsewhere might settle twice, or throw in `then`; ours does neither.
    new Promise((resolve) => resolve(outcome)).then(
      () => this.#settled(),
      (cause: unknown) => {
        ledger.failed(cause);
        this.#settled();
      },
    );
    return true;
  }

  #settled(): void {
    this.#room += 1;
    this.#goOn();
  }

  /** After a call: the next one, or word to those who wait for the end of all. */
  #goOn(): void {
    if (this.#queue !== undefined) this.#drain(this.#queue);
    else if (this.#isIdle) this.#tellIdle();
  }

  // A loop, so that a reactant that transmits to itself without end does not grow the stack.
  #drain(queue: BoundedQueue<Delivery>): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#room > 0) {
        const next = queue.shift();
        if (next === undefined) break;
        next.ledger.counters.queueDepth -= 1;
        // There is room, so it is called at once.
        void this.take(next.input, next.impulse, next.ledger);
      }
    } finally {
      this.#draining = false;
    }
    if (this.#isIdle) this.#tellIdle();
  }

  get #isIdle(): boolean {
    return this.#closed || this.#room === this.#concurrency;
  }

  #tellIdle(): void {
    const waiting = this.#idle;
    this.#idle = undefined;
    for (const tell of waiting ?? []) tell();
  }
}

function isThenable(outcome: unknown): boolean {
  return outcome !== null && typeof (outcome as { then?: unknown }).then === "function";
}
