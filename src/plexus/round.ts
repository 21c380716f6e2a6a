/** Round: the way through a bridge of one message that arrived without an id. */

import type { Impulse } from "../impulse.ts";
import type { Incident } from "../incident.ts";
import { systemClock } from "../io/clock.ts";
import type { Crossing } from "./crossing.ts";
import type { Finding } from "./loop-breaker.ts";
import { repeatsMax } from "./repeat-watch.ts";
import type { Way } from "./way.ts";

export class Round {
  readonly #crossing: Crossing;
  readonly #from: Way;
  readonly #nowMs: number = systemClock.nowMs();
  readonly #finding: Finding<Way>;

  constructor(crossing: Crossing, { bytes }: Impulse, from: Way) {
    this.#crossing = crossing;
    this.#from = from;
    this.#finding = crossing.breaker.arrived(bytes, from, crossing.ways, this.#nowMs);
  }

  mayGoTo(way: Way): boolean {
    return this.#crossing.breaker.mayForward(this.#from, way, this.#nowMs);
  }

  /** What its coming tells of loops. */
  get incidents(): readonly Incident[] {
    const { loops, isSuspect } = this.#finding;
    const paused = loops.map((way) => pausedIncident(this.#from, way));
    return isSuspect ? [...paused, suspectIncident(this.#from)] : paused;
  }
}

function pausedIncident(one: Way, other: Way): Incident {
  return {
    kind: "forwarding-paused",
    message:
      `messages go round between ${one.name} and ${other.name}; forwarding between them ` +
      "pauses. If a second bridge joins them, give both ganglia the same segment",
  };
}

function suspectIncident({ name }: Way): Incident {
  return {
    kind: "loop-suspected",
    message:
      `equal messages come from ${name} more than ${repeatsMax} times a second. If nobody sends ` +
      "them so often, they are forwarded and come back by another bridge: give it and the ganglion " +
      "that they are forwarded to the same segment",
  };
}
