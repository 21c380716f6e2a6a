/** BoundedQueue: first in, first out, with limits and a policy at the limit. */

import { onAbort } from "./abort.ts";
import { TransportError, UsageError } from "./errors.ts";
import type { DropReason } from "./incident.ts";
import { type ClockTimer, systemClock } from "./io/clock.ts";
import type { OptionTable } from "./options.ts";
import { checkCount } from "./ranges.ts";
import type { Wait } from "./wait.ts";

/** What happens to a message when the queue is full. */
export type QueuePolicy =
  /** Its sender waits for a place. */
  | "block"
  /** It is dropped. */
  | "drop-newest"
  /** The oldest one in the queue is dropped in its favour. */
  | "drop-oldest"
  /** It is dropped, and `transmit` rejects. */
  | "error";

/** How much a queue holds, and what happens then. */
export interface QueueOptions {
  /** Messages at most; also how many senders may wait with `block`. Default 1000. */
  readonly limit?: number;
  readonly policy?: QueuePolicy;
}

export const queueOptionTable: OptionTable<QueueOptions> = {
  limit: "a number",
  policy: "a string",
};

/** How long, and until what, a sender is willing to wait. Neither: for ever. */
export interface Patience {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter<T> {
  readonly item: T;
  settle(): void;
  fail(error: unknown): void;
}

const limitDefault = 1_000;
// One for all who give none.
const queueOptionsDefault: Required<QueueOptions> = { limit: limitDefault, policy: "block" };
const policies: readonly string[] = ["block", "drop-newest", "drop-oldest", "error"];

/** @throws {UsageError} if the limit is not a count, or there is no such policy. */
export function completeQueueOptions(options?: QueueOptions): Required<QueueOptions> {
  if (options === undefined) return queueOptionsDefault;
  const { limit = limitDefault, policy = "block" } = options;
  if (policies.includes(policy)) return { limit: checkCount("queue.limit", limit), policy };
  throw new UsageError(`queue.policy is ${policy}; give one of: ${policies.join(", ")}`, {
    details: { policy, policies },
  });
}

export class BoundedQueue<T> {
  readonly limit: number;
  readonly policy: QueuePolicy;
  readonly #what: string;
  readonly #dropped: (item: T, reason: DropReason) => void;
  readonly #bytesMax: number;
  readonly #byteCountOf: ((item: T) => number) | undefined;
  // A ring: `#items[(#head + i) % capacity]`; it grows by doubling up to `limit`.
  #items: (T | undefined)[] = [];
  #head = 0;
  #depth = 0;
  /** What `byteCountOf` said of those that are in it. */
  #bytes = 0;
  readonly #waiters = new Set<Waiter<T>>();

  /**
   * @param what Names the queue in errors. `dropped` is told of each message that is given up. With
   *   `bytes` there may be no more than `max` of them in it, but for a message that is alone.
   */
  constructor(options: {
    readonly what: string;
    readonly limit: number;
    readonly policy: QueuePolicy;
    readonly dropped: (item: T, reason: DropReason) => void;
    readonly bytes?: { readonly max: number; readonly countOf: (item: T) => number };
  }) {
    this.limit = options.limit;
    this.policy = options.policy;
    this.#what = options.what;
    this.#dropped = options.dropped;
    this.#bytesMax = options.bytes?.max ?? Number.POSITIVE_INFINITY;
    this.#byteCountOf = options.bytes?.countOf;
  }

  /** Messages in the queue, those of waiting senders not counted. */
  get depth(): number {
    return this.#depth;
  }

  /**
   * Puts `item` at the end, or does as the policy says.
   * @returns undefined when that is done. With `block`, a promise when the sender has to wait: it
   *   rejects, and the message is dropped, when its patience or the room for waiting is over.
   */
  offer(item: T, patience?: Patience): Wait {
    if (this.#waiters.size === 0 && this.#hasRoomFor(item)) {
      this.#push(item);
      return undefined;
    }
    switch (this.policy) {
      case "drop-newest":
        this.#dropped(item, "queue-full");
        return undefined;
      case "drop-oldest": {
        const oldest = this.#makeRoomFor(item);
        this.#push(item);
        for (const each of oldest) this.#dropped(each, "queue-full");
        return undefined;
      }
      case "error":
        this.#dropped(item, "queue-full");
        return Promise.reject(this.#fullError("its policy is to refuse"));
      case "block":
        return this.#wait(item, patience);
    }
  }

  /** Removes and returns the oldest; the first waiting senders get its place. */
  shift(): T | undefined {
    if (this.#depth === 0) return undefined;
    // "as": it is among the first `#depth`.
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#items.length;
    this.#depth -= 1;
    this.#bytes -= this.#byteCountOf?.(item) ?? 0;
    for (const waiter of this.#waiters) {
      if (!this.#hasRoomFor(waiter.item)) break;
      this.#waiters.delete(waiter);
      this.#push(waiter.item);
      waiter.settle();
    }
    return item;
  }

  /**
   * Empties it, waiting senders included.
   * @param error What those are told; without it their waiting is over, and no fault of theirs.
   * @returns What was in it, oldest first: for the caller to count.
   */
  clear(error?: Error): T[] {
    const waiting = [...this.#waiters];
    this.#waiters.clear();
    const items: T[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift()) items.push(item);
    for (const waiter of waiting) {
      items.push(waiter.item);
      if (error === undefined) waiter.settle();
      else waiter.fail(error);
    }
    return items;
  }

  /** Room for one that is alone there always is: no limit on bytes stops the longest message. */
  #hasRoomFor(item: T): boolean {
    if (this.#depth >= this.limit) return false;
    if (this.#byteCountOf === undefined || this.#depth === 0) return true;
    return this.#bytes + this.#byteCountOf(item) <= this.#bytesMax;
  }

  /** Removes and returns the oldest, as many as are in the way of `item`. */
  #makeRoomFor(item: T): T[] {
    const removed: T[] = [];
    while (!this.#hasRoomFor(item)) {
      const oldest = this.shift();
      if (oldest !== undefined) removed.push(oldest);
    }
    return removed;
  }

  #push(item: T): void {
    if (this.#depth === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#depth) % this.#items.length] = item;
    this.#depth += 1;
    this.#bytes += this.#byteCountOf?.(item) ?? 0;
  }

  #grow(): void {
    const inOrder = [...this.#items.slice(this.#head), ...this.#items.slice(0, this.#head)];
    inOrder.length = Math.min(this.limit, Math.max(16, inOrder.length * 2));
    this.#items = inOrder.fill(undefined, this.#depth);
    this.#head = 0;
  }

  #wait(item: T, patience: Patience = {}): Promise<void> {
    if (this.#waiters.size >= this.limit) {
      this.#dropped(item, "timed-out");
      return Promise.reject(this.#fullError(`${this.#waiters.size} senders wait already`));
    }
    const { timeoutMs, signal } = patience;
    if (signal?.aborted) {
      this.#dropped(item, "aborted");
      return Promise.reject(signal.reason);
    }
    return new Promise((resolve, reject) => {
      let timer: ClockTimer | undefined;
      let forgetSignal: (() => void) | undefined;
      const stopWaiting = (): void => {
        timer?.cancel();
        forgetSignal?.();
      };
      const waiter: Waiter<T> = {
        item,
        settle: () => {
          stopWaiting();
          resolve();
        },
        fail: (error) => {
          stopWaiting();
          reject(error);
        },
      };
      const giveUp = (reason: DropReason, error: unknown): void => {
        this.#waiters.delete(waiter);
        this.#dropped(item, reason);
        waiter.fail(error);
      };
      if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) {
        timer = systemClock.startTimer(timeoutMs, () =>
          giveUp("timed-out", this.#fullError(`no place came free within ${timeoutMs} ms`)),
        );
      }
      if (signal !== undefined) {
        forgetSignal = onAbort(signal, () => giveUp("aborted", signal.reason));
      }
      this.#waiters.add(waiter);
    });
  }

  #fullError(why: string): TransportError {
    const isFullOfBytes = this.#depth < this.limit;
    const bytes = isFullOfBytes ? ` of ${this.#bytes} bytes` : "";
    return new TransportError(
      `the ${this.#what} is full at ${this.#depth} messages${bytes} and ${why}; ` +
        "send more slowly, raise the limit, or choose a policy that drops",
      {
        details: {
          limit: this.limit,
          policy: this.policy,
          ...(isFullOfBytes ? { bytesMax: this.#bytesMax } : {}),
        },
      },
    );
  }
}
