/**
 * ConnectionLimit: how many connections a listener has at a time, and which of them gives way.
 *
 * Whoever connects and says nothing takes a place until the time for its handshake is over. So that
 * many of them lock nobody out, the oldest one at its handshake gives way to a newcomer when there
 * is no place left, provided it has had a second for it, which is ample for one that means it.
 * Connections at traffic never do.
 */
import { TransportError } from "../errors.ts";
import type { Clock } from "./clock.ts";
import type { Connection } from "./connection.ts";

/** No connection gives way earlier than so long after it came. */
const handshakeMsMin = 1_000;

export class ConnectionLimit {
  readonly #max: number;
  readonly #clock: Clock;
  readonly #present = new Set<Connection>();
  /** Those at their handshake, with when they came; oldest first. */
  readonly #shaking = new Map<Connection, number>();

  constructor(max: number, clock: Clock) {
    this.#max = max;
    this.#clock = clock;
  }

  /**
   * Whether there is a place for one more; if need be, one that another connection gives up.
   * That one is told why as its close reason.
   */
  makeRoom(): boolean {
    if (this.#present.size < this.#max) return true;
    const [oldest] = this.#shaking;
    if (oldest === undefined) return false;
    const [connection, sinceMs] = oldest;
    const shakingMs = Math.floor(this.#clock.nowMs() - sinceMs);
    if (shakingMs < handshakeMsMin) return false;
    this.leave(connection);
    connection.destroy(
      new TransportError(
        `its handshake was not over after ${shakingMs} ms, and a newcomer needed its place: ` +
          `there are ${this.#max} connections, and no more are allowed`,
        { details: { shakingMs, connectionsMax: this.#max } },
      ),
    );
    return true;
  }

  /** A connection is there, at its handshake. */
  enter(connection: Connection): void {
    this.#present.add(connection);
    this.#shaking.set(connection, this.#clock.nowMs());
  }

  /** Its handshake is over: it keeps its place for as long as it wants. */
  settle(connection: Connection): void {
    this.#shaking.delete(connection);
  }

  leave(connection: Connection): void {
    this.#present.delete(connection);
    this.#shaking.delete(connection);
  }
}
