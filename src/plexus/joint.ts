/** Joint: one ganglion as a plexus holds it. */

import { ClosedError } from "../errors.ts";
import type { Attachment, Ganglion, Junction } from "../ganglion/ganglion.ts";
import type { Impulse } from "../impulse.ts";
import type { Patience } from "../queue.ts";
import type { Ledger } from "../receptor.ts";
import type { TopicPattern } from "../topic.ts";
import type { Wait } from "../wait.ts";
import { Way } from "./way.ts";

export class Joint {
  readonly ganglion: Ganglion;
  /** The network it reaches; shared with others of the same segment. */
  way: Way;
  /** What it reaches alone. */
  readonly ownWay: Way;
  #attachment: Attachment | undefined;
  readonly #junction: Junction;
  readonly #wanted = new Set<TopicPattern>();
  // True from a wait that was in vain until a message finds a place again.
  #stalled = false;

  constructor(ganglion: Ganglion, junction: Junction) {
    this.ganglion = ganglion;
    this.ownWay = new Way(ganglion);
    this.way = this.ownWay;
    this.#junction = junction;
  }

  /** @throws what `attach` of the ganglion throws. */
  attach(): void {
    this.#attachment = this.ganglion.attach(this.#junction);
  }

  /** Lets the ganglion go, as it was before. */
  detach(): void {
    for (const target of this.#wanted) this.want(target, false);
    this.#attachment?.detach();
  }

  /** Tells the ganglion that the plexus takes this from it, or no longer; only what is news. */
  want(target: TopicPattern, wanted: boolean): void {
    if (wanted === this.#wanted.has(target)) return;
    if (wanted) {
      this.#wanted.add(target);
      this.#attachment?.want(target);
    } else {
      this.#wanted.delete(target);
      this.#attachment?.unwant(target);
    }
  }

  /** Resolves when what it was told to want is in effect. */
  async inEffect(): Promise<void> {
    await this.#attachment?.inEffect();
  }

  /** False where it can only receive. */
  get sends(): boolean {
    return this.#attachment?.sends() ?? false;
  }

  receivers(topic: string): number | undefined {
    return this.#attachment?.receivers(topic);
  }

  receiversMax(topic: string): number {
    return this.#attachment?.receiversMax(topic) ?? 0;
  }

  /** Sends what was transmitted here. A failure is the sender's to know, and hinders no other ganglion. */
  transmit(impulse: Impulse, patience: Patience | undefined, ledger: Ledger): Wait {
    try {
      return this.ganglion.transduce(impulse, patience);
    } catch (cause) {
      // It is being closed apart from the plexus, which the sender cannot know.
      if (!(cause instanceof ClosedError)) return Promise.reject(cause);
      ledger.dropped("closed");
      return undefined;
    }
  }

  /**
   * Sends what another ganglion brought. That ganglion waits, which slows its sender to the pace
   * of this one, but not for a ganglion that has no receiver or has stalled: one seat that is dead
   * must not stop the others. What finds no place there is dropped and counted by it.
   */
  forward(impulse: Impulse, patience: Patience, ledger: Ledger): Wait {
    let wait: Wait;
    try {
      wait = this.ganglion.transduce(impulse, patience);
    } catch (cause) {
      ledger.dropped(cause instanceof ClosedError ? "closed" : "unsendable", 1, cause);
      return undefined;
    }
    if (wait === undefined) {
      this.#stalled = false;
      return undefined;
    }
    const settled = wait.then(
      () => {
        this.#stalled = false;
      },
      () => {
        // The ganglion has counted and reported the message it gave up.
        this.#stalled = true;
      },
    );
    return this.#stalled || this.receivers(impulse.topic) === 0 ? undefined : settled;
  }
}
