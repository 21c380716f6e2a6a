/**
 * Seat: the one place that a bound pair has for a peer.
 *
 * libzmq completes the handshake with a second connection, and leaves it open and mute for good.
 * Here it is decided before this end's READY who gets the seat, so whoever does not never becomes
 * ready, and keeps what it has to send.
 *
 * Who comes while the seat is free is let in at once: RFC 37 gives no order for the two READYs, and
 * the other end may wait for ours. It holds the seat while it shakes hands, and then sits. Who comes
 * later waits until it is decided:
 *
 * - A peer of ours that has connected anew is known by its instance id, and gets its seat back.
 * - One who sits is sent a PING. If anything is heard from it within the second, the newcomer is
 *   refused; if nothing, it has lost the seat.
 * - One who is still shaking hands has a second from when it was let in, and then gives way to a
 *   newcomer whose READY is there. So nobody can keep the seat by being slow.
 */
import { type Clock, systemClock } from "../../io/clock.ts";
import { FairAlarm } from "../../io/fair-alarm.ts";
import type { PairLink } from "./link.ts";

const answerTimeoutMs = 1_000;
const takenText = "this pair has a peer already, and a pair has one";
const slowText = `its handshake was not over after ${answerTimeoutMs} ms, and another one waited`;

export interface SeatOwner {
  /** This link sits from now on. */
  seated(link: PairLink): void;
  /** Nobody sits any more. */
  vacated(): void;
  /** The one who sat has lost the seat to a newcomer. */
  replaced(link: PairLink): void;
  /** A connection does not get the seat. */
  refused(link: PairLink, why: string): void;
}

/** One that waits to be let in, and what it waits for. */
interface Newcomer {
  readonly link: PairLink;
  readonly alarm: FairAlarm;
  /** When the holder of the seat has to have shown that it is there. */
  endsMs: number;
  /** What had been heard of the sitter when it was asked. */
  heardBytes: number;
}

export class Seat {
  readonly #owner: SeatOwner;
  readonly #clock: Clock;
  /** Has been let in. It shakes hands, or sits. */
  #holder: PairLink | undefined;
  #heldSinceMs = 0;
  #sitter: PairLink | undefined;
  /** The sitter that has been asked, and has not answered. */
  #probed: PairLink | undefined;
  /** Oldest first. None while nobody holds the seat. */
  readonly #newcomers = new Map<PairLink, Newcomer>();

  constructor(owner: SeatOwner, clock: Clock = systemClock) {
    this.#owner = owner;
    this.#clock = clock;
  }

  /** The one whose handshake is over. */
  get sitter(): PairLink | undefined {
    return this.#sitter;
  }

  /** A link wants to be let in. It says so again when it is known who it is. */
  knock(link: PairLink): void {
    if (this.#holder === undefined) {
      this.#admit(link);
      return;
    }
    const newcomer = this.#newcomers.get(link);
    if (newcomer === undefined) this.#receive(link);
    else this.#judge(newcomer);
  }

  /** The handshake is over with the one that was let in, or needed not to be. */
  take(link: PairLink): void {
    this.#holder = link;
    this.#sitter = link;
    this.#owner.seated(link);
    this.#contestAll();
  }

  /** A link is gone. */
  leave(link: PairLink): void {
    this.#forget(link);
    if (link !== this.#holder) return;
    this.#vacate();
    this.#passOn();
  }

  #receive(link: PairLink): void {
    const newcomer: Newcomer = {
      link,
      alarm: new FairAlarm(this.#clock, () => this.#judge(newcomer)),
      endsMs: 0,
      heardBytes: 0,
    };
    // The connections keep the process alive, or not.
    newcomer.alarm.unref();
    this.#newcomers.set(link, newcomer);
    this.#contest(newcomer, this.#sitter?.receivedBytes ?? 0);
    if (this.#sitter !== undefined) void this.#probe(this.#sitter);
  }

  /**
   * Asks the one who sits, and judges all newcomers when it has answered. Who comes while it is asked
   * needs no question of its own: whatever arrives after that is an answer.
   */
  async #probe(sitter: PairLink): Promise<void> {
    if (this.#probed === sitter) return;
    this.#probed = sitter;
    await sitter.probe();
    if (this.#probed === sitter) this.#probed = undefined;
    for (const newcomer of this.#newcomers.values()) this.#judge(newcomer);
  }

  /** There is a new holder. If it sits, it was heard just now. */
  #contestAll(): void {
    for (const newcomer of this.#newcomers.values()) this.#contest(newcomer, 0);
  }

  /** The holder has a second: if it sits, to be heard beyond `heardBytes`; if not, to do so. */
  #contest(newcomer: Newcomer, heardBytes: number): void {
    const startsMs = this.#sitter === undefined ? this.#heldSinceMs : this.#clock.nowMs();
    newcomer.endsMs = startsMs + answerTimeoutMs;
    newcomer.heardBytes = heardBytes;
    newcomer.alarm.set(newcomer.endsMs);
    this.#judge(newcomer);
  }

  #judge(newcomer: Newcomer): void {
    const { link, endsMs, heardBytes } = newcomer;
    if (this.#newcomers.get(link) !== newcomer) return;
    const sitter = this.#sitter;
    const isOver = this.#clock.nowMs() >= endsMs;
    if (sitter === undefined) {
      if (isOver && link.isKnown) this.#passOn();
    } else if (link.peerId !== undefined && link.peerId === sitter.peerId) {
      this.#passTo(link);
    } else if (!isPresent(sitter, heardBytes)) {
      if (isOver) this.#passOn();
    } else if (isOver || link.isKnown) {
      this.#refuse(link);
    }
  }

  /** To the oldest of those that say who they are, or else to the oldest. */
  #passOn(): void {
    const links = [...this.#newcomers.keys()];
    const next = links.find((link) => link.isKnown) ?? links[0];
    if (next !== undefined) this.#passTo(next);
  }

  #passTo(link: PairLink): void {
    const holder = this.#holder;
    const sitter = this.#sitter;
    this.#vacate();
    if (sitter !== undefined) this.#owner.replaced(sitter);
    else if (holder !== undefined) this.#owner.refused(holder, slowText);
    holder?.destroy();
    this.#admit(link);
  }

  #vacate(): void {
    this.#holder = undefined;
    if (this.#sitter === undefined) return;
    this.#sitter = undefined;
    this.#owner.vacated();
  }

  #admit(link: PairLink): void {
    this.#forget(link);
    this.#holder = link;
    this.#heldSinceMs = this.#clock.nowMs();
    link.admit();
    // If it sits by now, they have been told so.
    if (this.#sitter === undefined) this.#contestAll();
  }

  #refuse(link: PairLink): void {
    this.#forget(link);
    this.#owner.refused(link, takenText);
    link.refuse(takenText);
  }

  #forget(link: PairLink): void {
    this.#newcomers.get(link)?.alarm.set(undefined);
    this.#newcomers.delete(link);
  }
}

/** A sitter that is held back by us cannot be heard, so its silence means nothing. */
function isPresent(sitter: PairLink, heardBytes: number): boolean {
  return sitter.isHeld || sitter.receivedBytes > heardBytes;
}
