/** Minimise: few and short inputs that reach all that many do. */
import type { Coverage, Run } from "./coverage.ts";
import { examine } from "./examine.ts";
import { Reached } from "./reached.ts";
import { shrink } from "./shrink.ts";
import type { FuzzTarget } from "./target.ts";

/** @param inputs None of which fails. */
export function minimise(
  target: FuzzTarget,
  coverage: Coverage,
  inputs: readonly Uint8Array[],
): Uint8Array[] {
  const runOf = (input: Uint8Array): Run => {
    coverage.take();
    examine(target, input);
    return coverage.take();
  };
  const reached = new Reached();
  const kept: Uint8Array[] = [];
  for (const input of [...inputs].sort((one, other) => one.length - other.length)) {
    const run = runOf(input);
    if (!reached.lacks(run)) continue;
    const shortest = shrink(input, (shorter) => !reached.lacks(run, runOf(shorter)));
    reached.add(runOf(shortest));
    kept.push(shortest);
  }
  return kept;
}
