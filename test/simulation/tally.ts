/** Tally: what came of many runs. */
import type { Outcome } from "./world.ts";

export interface Failure {
  readonly seed: number;
  /** Which guarantee was not kept; "no crash" for an error inside a machine. */
  readonly guarantee: string;
  readonly message: string;
  /** How many schedules had been run by the same worker, and for how long. */
  readonly afterSchedules: number;
}

/** Plain data, so that a worker can post it. */
export interface Tally {
  schedules: number;
  /** Schedules in which G1's condition held, and those of them with decisions by several nodes. */
  conditionHeld: number;
  withRivals: number;
  delivered: number;
  moves: number;
  /** Schedules that may converge late, since messages are lost or pyplexo takes part, and that did. */
  mayBeLate: number;
  late: number;
  perInputMost: number;
  inSecondMost: number;
  /** How often each guarantee was checked. */
  readonly checks: Record<string, number>;
  /** How often a start took so many milliseconds until an address was there: of lone nodes, and others. */
  readonly startsAlone: number[];
  readonly startsTogether: number[];
  readonly failures: Failure[];
}

export function emptyTally(): Tally {
  return {
    schedules: 0,
    conditionHeld: 0,
    withRivals: 0,
    delivered: 0,
    moves: 0,
    mayBeLate: 0,
    late: 0,
    perInputMost: 0,
    inSecondMost: 0,
    checks: {},
    startsAlone: [],
    startsTogether: [],
    failures: [],
  };
}

export function addOutcome(tally: Tally, outcome: Outcome, nodeCount: number): void {
  const starts = nodeCount === 1 ? tally.startsAlone : tally.startsTogether;
  for (const tookMs of outcome.startMs) starts[tookMs] = (starts[tookMs] ?? 0) + 1;
  if (outcome.conditionHeld) {
    tally.conditionHeld += 1;
    if (outcome.rivalCount > 0) tally.withRivals += 1;
  }
  tally.delivered += outcome.deliveredCount;
  tally.moves += outcome.moveCount;
  if (outcome.mayBeLate) tally.mayBeLate += 1;
  if (outcome.isLate) tally.late += 1;
  tally.perInputMost = Math.max(tally.perInputMost, outcome.perInputMost);
  tally.inSecondMost = Math.max(tally.inSecondMost, outcome.inSecondMost);
  addCounts(tally.checks, outcome.checkedCounts);
}

export function addTally(tally: Tally, other: Tally): void {
  for (const name of [
    "schedules",
    "conditionHeld",
    "withRivals",
    "delivered",
    "moves",
    "mayBeLate",
    "late",
  ] as const) {
    tally[name] += other[name];
  }
  tally.perInputMost = Math.max(tally.perInputMost, other.perInputMost);
  tally.inSecondMost = Math.max(tally.inSecondMost, other.inSecondMost);
  addCounts(tally.checks, other.checks);
  for (const name of ["startsAlone", "startsTogether"] as const) {
    for (const [tookMs, count] of other[name].entries()) {
      tally[name][tookMs] = (tally[name][tookMs] ?? 0) + (count ?? 0);
    }
  }
  tally.failures.push(...other.failures);
}

/** The median of times of which `counts` says how often each was met; undefined if there are none. */
export function medianOf(counts: readonly (number | undefined)[]): number | undefined {
  const total = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  let seen = 0;
  for (const [tookMs, count] of counts.entries()) {
    seen += count ?? 0;
    if (count !== undefined && seen * 2 >= total) return tookMs;
  }
  return undefined;
}

function addCounts(counts: Record<string, number>, others: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(others)) counts[name] = (counts[name] ?? 0) + count;
}
