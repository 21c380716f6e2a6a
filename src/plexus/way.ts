/** Way: a network that a plexus reaches, by one ganglion or by several with the same segment label. */

import type { Ganglion } from "../ganglion/ganglion.ts";
import type { Impulse } from "../impulse.ts";
import { systemClock } from "../io/clock.ts";
import { digestOf } from "./digest.ts";
import { EchoGuard } from "./echo-guard.ts";

export class Way {
  readonly #ganglion: Ganglion;
  readonly #echoGuard: EchoGuard | undefined;

  constructor(ganglion: Ganglion) {
    this.#ganglion = ganglion;
    if (ganglion.echoGuardMs !== undefined) this.#echoGuard = new EchoGuard(ganglion.echoGuardMs);
  }

  /** For incidents: the segment, or the name of the only ganglion. */
  get name(): string {
    return this.#ganglion.segment ?? this.#ganglion.name;
  }

  /** Takes note of a copy that goes out this way. */
  sent(impulse: Impulse): void {
    this.#echoGuard?.sent(impulse.topic, digestOf(impulse.bytes), systemClock.nowMs());
  }

  /** True if an arrival without an id is a copy of ours that came back. */
  isEcho(impulse: Impulse): boolean {
    if (this.#echoGuard === undefined) return false;
    return this.#echoGuard.isEcho(impulse.topic, digestOf(impulse.bytes), systemClock.nowMs());
  }
}
