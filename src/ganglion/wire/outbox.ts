/** Outbox: what waits for one peer: because there is none, or because it is slow. */
import { ClosedError } from "../../errors.ts";
import type { Impulse } from "../../impulse.ts";
import {
  BoundedQueue,
  completeQueueOptions,
  type Patience,
  type QueueOptions,
} from "../../queue.ts";
import { countBy } from "../../stats.ts";
import type { Wait } from "../../wait.ts";
import type { WireSynapse } from "../transport.ts";

/** Takes messages to the peer. */
export interface Carrier<S> {
  readonly isWritable: boolean;
  carry(synapse: S, impulse: Impulse): void;
}

interface Letter<S> {
  readonly synapse: S;
  readonly impulse: Impulse;
}

/** @typeParam S What the transport keeps for each topic. */
export class Outbox<S extends WireSynapse> {
  readonly #queue: BoundedQueue<Letter<S>>;
  #carrier: Carrier<S> | undefined;
  #tellEmpty: (() => void)[] = [];

  /**
   * @param what Names the queue in errors.
   * @param bytesMax Of the payloads in it, but for one that is alone.
   */
  constructor(what: string, options: QueueOptions | undefined, bytesMax: number) {
    this.#queue = new BoundedQueue<Letter<S>>({
      what,
      ...completeQueueOptions(options),
      bytes: { max: bytesMax, countOf: ({ impulse }) => impulse.bytes.length },
      dropped: ({ synapse }, reason) => {
        synapse.counters.queueDepth -= 1;
        synapse.dropped(reason);
      },
    });
  }

  /** From now on messages go by `carrier`, first those that wait; undefined: there is none. */
  connect(carrier: Carrier<S> | undefined): void {
    this.#carrier = carrier;
    this.flush();
  }

  offer(synapse: S, impulse: Impulse, patience: Patience | undefined): Wait {
    const carrier = this.#carrier;
    if (carrier?.isWritable && this.#queue.depth === 0) {
      carrier.carry(synapse, impulse);
      return undefined;
    }
    synapse.counters.queueDepth += 1;
    return this.#queue.offer({ synapse, impulse }, patience);
  }

  /** Sends what waits, as far as the carrier takes it. */
  flush(): void {
    while (this.#carrier?.isWritable) {
      const letter = this.#queue.shift();
      if (letter === undefined) break;
      letter.synapse.counters.queueDepth -= 1;
      this.#carrier.carry(letter.synapse, letter.impulse);
    }
    if (this.#queue.depth === 0) this.#tellAll();
  }

  #tellAll(): void {
    const waiting = this.#tellEmpty;
    this.#tellEmpty = [];
    for (const tell of waiting) tell();
  }

  /** Resolves when nothing waits. */
  empty(): Promise<void> {
    if (this.#queue.depth === 0) return Promise.resolve();
    return new Promise((resolve) => this.#tellEmpty.push(resolve));
  }

  /**
   * Drops what waits, counted as `closed`.
   * @param why What senders who wait are told; without it nothing is wrong with what they did.
   */
  close(why?: string): void {
    this.#carrier = undefined;
    const left = this.#queue.clear(why === undefined ? undefined : new ClosedError(why));
    for (const [synapse, count] of countBy(left, (letter) => letter.synapse)) {
      synapse.counters.queueDepth -= count;
      synapse.dropped("closed", count);
    }
    this.#tellAll();
  }
}
