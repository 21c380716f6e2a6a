/** Link: the way from one simulated node to another, and what goes wrong on it. */
import { UsageError } from "../../errors.ts";
import type { Random } from "../random.ts";

/** What a link does to messages. A share is from 0, for none, to 1, for all. */
export interface LinkFaults {
  /** Share of messages that never arrive. */
  readonly loss: number;
  /** Share of messages that arrive twice, each copy after a delay of its own. */
  readonly duplication: number;
  /** A message takes at least so long. */
  readonly delayMinMs: number;
  /** A message takes at most so long; in between all are as likely. */
  readonly delayMaxMs: number;
  /** Share of messages that do not wait for the ones sent before them, and so may overtake them. */
  readonly reordering: number;
  /** Share of messages that stray: they arrive up to `strayDelayMaxMs` later, when nobody expects them. */
  readonly strays: number;
  readonly strayDelayMaxMs: number;
}

export const noFaults: LinkFaults = {
  loss: 0,
  duplication: 0,
  delayMinMs: 0,
  delayMaxMs: 0,
  reordering: 0,
  strays: 0,
  strayDelayMaxMs: 0,
};

/** @throws {UsageError} on a share outside 0 to 1, or delays that are negative or the wrong way round. */
export function checkFaults(faults: LinkFaults): void {
  for (const name of ["loss", "duplication", "reordering", "strays"] as const) {
    if (faults[name] >= 0 && faults[name] <= 1) continue;
    throw new UsageError(`${name} is a share from 0 to 1, not ${faults[name]}`);
  }
  const { delayMinMs, delayMaxMs, strayDelayMaxMs } = faults;
  if (!(delayMinMs >= 0 && delayMinMs <= delayMaxMs && delayMaxMs < Number.POSITIVE_INFINITY)) {
    throw new UsageError(
      `delayMinMs is at least 0 and at most delayMaxMs, not ${delayMinMs} with ${delayMaxMs}`,
    );
  }
  if (!(strayDelayMaxMs >= 0 && strayDelayMaxMs < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`strayDelayMaxMs is at least 0, not ${strayDelayMaxMs}`);
  }
}

export class Link {
  faults: LinkFaults;
  /** Nothing that is sent while the link is cut arrives; what is under way does. */
  isCut = false;
  #lastArrivalMs = 0;

  constructor(faults: LinkFaults) {
    this.faults = faults;
  }

  /** When a message sent at `nowMs` arrives, or undefined if it is lost. */
  arrivalMs(nowMs: number, random: Random): number | undefined {
    const { loss } = this.faults;
    if (loss > 0 && random.chance(loss)) return undefined;
    return this.#copyArrivalMs(nowMs, random);
  }

  /** As {@link arrivalMs}, of a second copy; undefined if there is none. */
  duplicateArrivalMs(nowMs: number, random: Random): number | undefined {
    const { duplication } = this.faults;
    if (!(duplication > 0 && random.chance(duplication))) return undefined;
    return this.#copyArrivalMs(nowMs, random);
  }

  #copyArrivalMs(nowMs: number, random: Random): number {
    const { delayMinMs, delayMaxMs, reordering, strays, strayDelayMaxMs } = this.faults;
    let arrivalMs = nowMs + delayMinMs;
    if (delayMaxMs > delayMinMs) arrivalMs += random.fraction() * (delayMaxMs - delayMinMs);
    if (strays > 0 && random.chance(strays)) return arrivalMs + random.fraction() * strayDelayMaxMs;
    if (reordering > 0 && random.chance(reordering)) return arrivalMs;
    if (arrivalMs < this.#lastArrivalMs) return this.#lastArrivalMs;
    this.#lastArrivalMs = arrivalMs;
    return arrivalMs;
  }
}
