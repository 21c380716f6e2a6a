/** Round: the way through a bridge of one message that arrived without an id. */

import type { Impulse } from "../impulse.ts";
import { systemClock } from "../io/clock.ts";
import type { Crossing } from "./crossing.ts";
import type { Finding } from "./loop-breaker.ts";
import type { Way } from "./way.ts";

export class Round {
  readonly #crossing: Crossing;
  readonly #from: Way;
  readonly #nowMs: number = systemClock.nowMs();
  /** What it tells of loops. */
  readonly finding: Finding<Way>;

  constructor(crossing: Crossing, { bytes }: Impulse, from: Way) {
    this.#crossing = crossing;
    this.#from = from;
    this.finding = crossing.breaker.arrived(bytes, from, crossing.ways, this.#nowMs);
  }

  mayGoTo(way: Way): boolean {
    return this.#crossing.breaker.mayForward(this.#from, way, this.#nowMs);
  }
}
