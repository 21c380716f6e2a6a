/** Judge: whether many runs together prove what they are to prove. */
import type { CaseResult } from "../support/case-report.ts";
import { medianOf, type Tally } from "./tally.ts";

/** Fewer schedules in which G1 claims anything, or in which it is put to the test, prove little. */
const conditionShareMin = 0.3;
const rivalShareMin = 0.05;

/** L3: from a node's start to an address, the median. */
const startMedianMsMax = 300;

/** Of the schedules in which chance may make it take longer, so many do at most. */
const lateShareMax = 0.001;

/** A case for each guarantee, and for each thing that the runs as a whole have to show. */
export function judge(tally: Tally): CaseResult[] {
  const { schedules, conditionHeld, withRivals, mayBeLate, late, checks, failures } = tally;
  const names = new Set([
    ...Object.keys(checks),
    ...failures.map(({ guarantee }) => guarantee),
    "no crash",
  ]);
  return [
    ...[...names].map((name): CaseResult => {
      const failed = failures.filter(({ guarantee }) => guarantee === name);
      return result(name, failed.length === 0, failed.map(({ message }) => message).join("; "));
    }),
    result(
      "G1's condition holds often enough",
      conditionHeld >= conditionShareMin * schedules,
      `in ${conditionHeld} of ${schedules} schedules`,
    ),
    result(
      "rival decisions are frequent enough",
      withRivals >= rivalShareMin * schedules,
      `in ${withRivals} of ${schedules} schedules`,
    ),
    result(
      "convergence is seldom late",
      // A few would be too many of few.
      late <= Math.max(3, lateShareMax * mayBeLate),
      `in ${late} of ${mayBeLate} schedules with loss or with pyplexo`,
    ),
    ...(["startsAlone", "startsTogether"] as const).map((name) => {
      const median = medianOf(tally[name]);
      const isFast = median === undefined || median < startMedianMsMax;
      return result(`L3 ${name}`, isFast, `the median is ${median} ms`);
    }),
  ];
}

/** What a reader wants to know of the runs. */
export function summaryOf(tally: Tally): string[] {
  const { schedules, conditionHeld, withRivals, delivered, moves, mayBeLate, late } = tally;
  return [
    `${schedules} schedules run, ${delivered} messages delivered`,
    `G1's condition held in ${conditionHeld} (${percent(conditionHeld, schedules)}), ` +
      `${withRivals} of them with rival decisions (${percent(withRivals, schedules)} of all)`,
    `converged late: ${late} of ${mayBeLate} with loss or with pyplexo`,
    `moves under watch: ${moves}`,
    `start to address, median: ${medianOf(tally.startsAlone)} ms alone, ` +
      `${medianOf(tally.startsTogether)} ms among up to 16`,
    `most messages of one node: ${tally.perInputMost} at one input, ${tally.inSecondMost} in a second`,
    ...Object.entries(tally.checks).map(([name, count]) => `  ${name}: checked ${count} times`),
  ];
}

function result(name: string, ok: boolean, detail: string): CaseResult {
  return { name: `simulation: ${name}`, ok, detail: ok ? "" : detail };
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}
