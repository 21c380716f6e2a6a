/** Way: a network that a plexus reaches, by one ganglion or by several with the same segment label. */

import type { Ganglion } from "../ganglion/ganglion.ts";
import type { Impulse } from "../impulse.ts";
import { systemClock } from "../io/clock.ts";
import { digestOf } from "./digest.ts";
import { EchoGuard } from "./echo-guard.ts";

export class Way {
  readonly #ganglion: Ganglion;
  #echoGuard: EchoGuard | undefined;

  constructor(ganglion: Ganglion) {
    this.#ganglion = ganglion;
  }

  /** For incidents: the segment, or the name of the only ganglion. */
  get name(): string {
    return this.#ganglion.segment ?? this.#ganglion.name;
  }

  /** Takes note of a copy that goes out this way, by a ganglion with this `echoGuardMs`. */
  sent({ topic, bytes }: Impulse, echoGuardMs: number): void {
    this.#echoGuard ??= new EchoGuard();
    const nowMs = systemClock.nowMs();
    this.#echoGuard.sent(topic, digestOf(bytes), { nowMs, validMs: echoGuardMs });
  }

  /** True if an arrival without an id is a copy of ours that came back, by whatever ganglion. */
  isEcho(impulse: Impulse): boolean {
    if (this.#echoGuard === undefined) return false;
    return this.#echoGuard.isEcho(impulse.topic, digestOf(impulse.bytes), systemClock.nowMs());
  }
}
