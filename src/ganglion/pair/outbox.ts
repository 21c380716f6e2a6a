/** Outbox: what waits for the peer of a pair: because there is none, or because it is slow. */
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
import type { PairLink } from "./link.ts";
import type { PairSynapse } from "./synapse.ts";

interface Letter {
  readonly synapse: PairSynapse;
  readonly impulse: Impulse;
}

export class Outbox {
  readonly #queue: BoundedQueue<Letter>;
  #link: PairLink | undefined;
  #tellEmpty: (() => void)[] = [];

  /** @param name The ganglion's, for errors. */
  constructor(name: string, options: QueueOptions | undefined) {
    this.#queue = new BoundedQueue<Letter>({
      what: `send queue of ${name}`,
      ...completeQueueOptions(options),
      dropped: ({ synapse }, reason) => {
        synapse.counters.queueDepth -= 1;
        synapse.dropped(reason);
      },
    });
  }

  /** From now on messages go to `link`, first those that wait; undefined: there is none. */
  connect(link: PairLink | undefined): void {
    this.#link = link;
    this.flush();
  }

  offer(synapse: PairSynapse, impulse: Impulse, patience: Patience | undefined): Wait {
    const link = this.#link;
    if (link?.isWritable && this.#queue.depth === 0) {
      link.send(synapse.envelopes, impulse.bytes, impulse.label);
      return undefined;
    }
    synapse.counters.queueDepth += 1;
    return this.#queue.offer({ synapse, impulse }, patience);
  }

  /** Sends what waits, as far as the link takes it. */
  flush(): void {
    while (this.#link?.isWritable) {
      const letter = this.#queue.shift();
      if (letter === undefined) break;
      letter.synapse.counters.queueDepth -= 1;
      this.#link.send(letter.synapse.envelopes, letter.impulse.bytes, letter.impulse.label);
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

  /** Drops what waits, counted as `closed`. */
  close(): void {
    this.#link = undefined;
    const closed = new ClosedError("the pair was closed while the message waited");
    for (const [synapse, count] of countBy(this.#queue.clear(closed), (letter) => letter.synapse)) {
      synapse.counters.queueDepth -= count;
      synapse.dropped("closed", count);
    }
    this.#tellAll();
  }
}
