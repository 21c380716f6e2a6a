/** What a verifier made by Spin prints when it ends. */

export interface PanResult {
  /**
   * - `complete`: all states were visited, and no assertion failed.
   * - `violated`: an assertion failed.
   * - `cut short`: it ended for another reason, so that nothing is proved.
   */
  readonly ending: "complete" | "violated" | "cut short";
  /** The assertion that failed, or why it was cut short. */
  readonly detail: string;
  readonly states: number;
  /** The longest run that was followed, in steps. */
  readonly depth: number;
  readonly memoryMb: number;
}

const limitMet = /^.*(?:max search depth too small|DMEMLIM|out of memory).*$/m;
const shownLengthMax = 500;

/**
 * Source: Spin 6.5.2, whose verifier counts `errors: 0` also when it gave up; it tells by the line
 * `Warning: Search not completed`, and by an `error:` when the depth was too small.
 */
export function readPanResult(text: string): PanResult {
  const counts = {
    states: numberIn(text, /^\s*([\d.e+]+) states, stored/m),
    depth: numberIn(text, /depth reached (\d+)/),
    memoryMb: numberIn(text, /([\d.]+)\s+total actual memory usage/),
  };
  const assertion = /assertion violated (.*) \(at depth \d+\)/.exec(text)?.[1];
  if (assertion !== undefined) return { ending: "violated", detail: assertion, ...counts };
  const isComplete =
    /errors: 0$/m.test(text) &&
    !limitMet.test(text) &&
    !text.includes("Search not completed") &&
    counts.states > 0;
  if (isComplete) return { ending: "complete", detail: "", ...counts };
  const complaint = limitMet.exec(text)?.[0] ?? text.trim().slice(0, shownLengthMax);
  return { ending: "cut short", detail: complaint, ...counts };
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
