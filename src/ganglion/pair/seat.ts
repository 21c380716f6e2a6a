/**
 * Seat: the one place that a bound pair has for a peer.
 *
 * libzmq leaves a second connection open and mute for good. Here the one who sits is asked whether
 * it is still there: if it does not answer within a second the newcomer takes the seat, else the
 * newcomer is refused. A peer of ours that has reconnected is known by its instance id, and takes
 * its own seat back at once.
 */
import { systemClock } from "../../io/clock.ts";
import type { PairLink } from "./link.ts";

/** How long the one who sits has to answer. */
const answerTimeoutMs = 1_000;

export interface SeatOwner {
  /** This link has the seat from now on. */
  seated(link: PairLink): void;
  /** A newcomer found the seat taken, and was refused. */
  refused(link: PairLink): void;
  /** The one who sat has lost the seat to a newcomer. */
  unseated(link: PairLink): void;
}

export class Seat {
  readonly #owner: SeatOwner;
  #sitter: PairLink | undefined;
  #newcomer: PairLink | undefined;

  constructor(owner: SeatOwner) {
    this.#owner = owner;
  }

  get sitter(): PairLink | undefined {
    return this.#sitter;
  }

  /** A link whose handshake is over wants the seat. */
  claim(link: PairLink): void {
    const sitter = this.#sitter;
    if (sitter === undefined) {
      this.#sit(link);
    } else if (link.peerId !== undefined && link.peerId === sitter.peerId) {
      this.#replace(sitter, link);
    } else if (this.#newcomer !== undefined || sitter.isHeld) {
      // A sitter that is held back by us cannot be heard, so its silence means nothing.
      this.#refuse(link);
    } else {
      void this.#contest(sitter, link);
    }
  }

  /** A link is gone. */
  leave(link: PairLink): void {
    if (link === this.#newcomer) this.#newcomer = undefined;
    if (link === this.#sitter) this.#sitter = undefined;
  }

  async #contest(sitter: PairLink, newcomer: PairLink): Promise<void> {
    this.#newcomer = newcomer;
    newcomer.hold();
    const answered = await withinMs(sitter.probe(), answerTimeoutMs);
    if (this.#newcomer !== newcomer) return;
    this.#newcomer = undefined;
    if (this.#sitter === sitter && answered) {
      this.#refuse(newcomer);
      return;
    }
    if (this.#sitter === sitter) this.#replace(sitter, newcomer);
    else if (this.#sitter === undefined) this.#sit(newcomer);
    else this.#refuse(newcomer);
    newcomer.release();
  }

  #replace(sitter: PairLink, newcomer: PairLink): void {
    this.#sitter = undefined;
    this.#owner.unseated(sitter);
    sitter.destroy();
    this.#sit(newcomer);
  }

  #sit(link: PairLink): void {
    this.#sitter = link;
    this.#owner.seated(link);
  }

  #refuse(link: PairLink): void {
    this.#owner.refused(link);
    link.refuse("this pair has a peer already, and a pair has one");
  }
}

function withinMs(done: Promise<void>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = systemClock.startTimer(timeoutMs, () => resolve(false));
    void done.then(() => {
      timer.cancel();
      resolve(true);
    });
  });
}
