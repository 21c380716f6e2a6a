/** Round: the way through a bridge of one message that arrived without an id. */

import type { Impulse } from "../impulse.ts";
import { systemClock } from "../io/clock.ts";
import type { Crossing } from "./crossing.ts";
import { digestOf } from "./digest.ts";
import type { Way } from "./way.ts";

export class Round {
  readonly #crossing: Crossing;
  readonly #from: Way;
  readonly #digest: number;
  readonly #nowMs: number = systemClock.nowMs();
  /** The network between which and its own forwarding pauses from now on, because of this one. */
  readonly loopsWith: Way | undefined;

  constructor(crossing: Crossing, impulse: Impulse, from: Way) {
    this.#crossing = crossing;
    this.#from = from;
    this.#digest = digestOf(impulse.bytes);
    this.loopsWith = crossing.breaker.arrived(this.#digest, from, this.#nowMs);
  }

  mayGoTo(way: Way): boolean {
    return this.#crossing.breaker.mayForward(this.#digest, this.#from, way, this.#nowMs);
  }
}
