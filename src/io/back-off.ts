/** Back-off: how long to wait before the next try. */
import { UsageError } from "../errors.ts";
import { randomUint32 } from "./entropy.ts";

export interface BackOffOptions {
  /** The first wait. Default: 100 ms. It doubles with each failure. */
  readonly retryMinMs?: number | undefined;
  /** The longest wait, and the one after an error that trying again soon does not mend. Default: 5,000 ms. */
  readonly retryMaxMs?: number | undefined;
}

const retryMinMsDefault = 100;
const retryMaxMsDefault = 5_000;

/** @throws {UsageError} unless 0 < `retryMinMs` <= `retryMaxMs`. */
export function completeBackOff(options: BackOffOptions): {
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
} {
  const { retryMinMs = retryMinMsDefault, retryMaxMs = retryMaxMsDefault } = options;
  if (retryMinMs > 0 && retryMinMs <= retryMaxMs) return { retryMinMs, retryMaxMs };
  throw new UsageError(
    `retryMinMs ${retryMinMs} and retryMaxMs ${retryMaxMs}: the first must be above 0, the second no less`,
    { details: { retryMinMs, retryMaxMs } },
  );
}

/**
 * Each wait is a random one between half of its length and the whole, so that processes that lost
 * the same peer at once do not come back at once.
 */
export class BackOff {
  readonly #minMs: number;
  readonly #maxMs: number;
  /** 32 random bits. */
  readonly #random: () => number;
  #nextMs: number;
  /** The length of the wait that was given last. */
  #lastMs = 0;

  /** @throws {UsageError} as `completeBackOff`. */
  constructor(options: BackOffOptions = {}, random: () => number = randomUint32) {
    const { retryMinMs, retryMaxMs } = completeBackOff(options);
    this.#minMs = retryMinMs;
    this.#maxMs = retryMaxMs;
    this.#random = random;
    this.#nextMs = this.#minMs;
  }

  /** The wait after one more failure. */
  next(): number {
    const waitMs = this.#nextMs;
    this.#lastMs = waitMs;
    this.#nextMs = Math.min(this.#maxMs, waitMs * 2);
    return this.#jitter(waitMs);
  }

  /** The wait after a failure that will most likely come again. */
  longest(): number {
    this.#nextMs = this.#maxMs;
    return this.next();
  }

  /**
   * It has worked, for `lastedMs`. If that is as long as the wait before it was, the next wait is the
   * first one again. If not it counts as one more failure: whom a peer lets in and drops at once does
   * not come again for ever at the first pace.
   */
  worked(lastedMs: number): void {
    if (lastedMs >= this.#lastMs) this.#nextMs = this.#minMs;
  }

  #jitter(waitMs: number): number {
    return (waitMs / 2) * (1 + this.#random() / 2 ** 32);
  }
}
