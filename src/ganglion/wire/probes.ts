/** Probes: those who wait until the peer has read all that was sent before they asked. */

type Tell = () => void;

/**
 * A peer answers PINGs in their order (RFC 37, "Connection Heartbeating"), so who waits for one waits
 * for as many PONGs as there were PINGs up to it, those of the heartbeat included.
 *
 * One is under way at a time, and who asks meanwhile shares the next: libzmq 4.3.5 keeps one PONG,
 * and so answers several PINGs with one while it cannot write.
 */
export class Probes {
  readonly #ping: () => void;
  #sentCount = 0;
  #answeredCount = 0;
  /** Who waits for the PING that is under way, and how many PINGs were sent with it. */
  #asking: Tell[] = [];
  #awaitedCount = 0;
  /** Who waits for the next. */
  #waiting: Tell[] = [];
  #isOver = false;

  /** @param ping Sends a PING behind all that was sent, sooner or later, and calls `sent` then. */
  constructor(ping: () => void) {
    this.#ping = ping;
  }

  /** Resolves when the peer has answered a PING that is sent from now on, or is gone. */
  ask(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#asking.length === 0) this.#askNext();
    });
  }

  /** A PING is sent, for whatever reason. */
  sent(): void {
    this.#sentCount += 1;
  }

  /** A PONG has come. */
  answered(): void {
    // A peer that sends more of them than it was asked for gains nothing by it.
    if (this.#answeredCount < this.#sentCount) this.#answeredCount += 1;
    if (this.#asking.length === 0 || this.#answeredCount < this.#awaitedCount) return;
    const answered = this.#asking;
    this.#asking = [];
    this.#askNext();
    tellAll(answered);
  }

  /** There will be no answer any more. */
  end(): void {
    this.#isOver = true;
    tellAll([...this.#asking, ...this.#waiting]);
    this.#asking = [];
    this.#waiting = [];
  }

  #askNext(): void {
    if (this.#waiting.length === 0) return;
    this.#asking = this.#waiting;
    this.#waiting = [];
    this.#awaitedCount = this.#sentCount + 1;
    this.#ping();
  }
}

function tellAll(waiters: readonly Tell[]): void {
  for (const tell of waiters) tell();
}
