/** Nearest: what somebody may have meant who misspelt a name. */

/** The one of `names` that differs least from `name`, in at most a third of its letters. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let leastEdits = Number.POSITIVE_INFINITY;
  for (const candidate of names) {
    const edits = countEdits(name.toLowerCase(), candidate.toLowerCase());
    if (edits * 3 > Math.max(name.length, candidate.length) || edits >= leastEdits) continue;
    best = candidate;
    leastEdits = edits;
  }
  return best;
}

/** Letters to insert, to delete, to replace, or to swap with the next (optimal string alignment). */
function countEdits(from: string, to: string): number {
  // Edits from the letters of `from` so far to each beginning of `to`; and from one letter less.
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  let rowBefore: number[] = [];
  let letterBefore: string | undefined;
  let last = to.length;
  for (const letter of from) {
    let diagonal = 0;
    const next = row.map((above, index) => {
      const replaced = diagonal + (to[index - 1] === letter ? 0 : 1);
      const isSwap = to[index - 1] === letterBefore && to[index - 2] === letter;
      const swapped = (isSwap ? rowBefore[index - 2] : undefined) ?? Number.POSITIVE_INFINITY;
      last = index === 0 ? above + 1 : Math.min(above + 1, last + 1, replaced, swapped + 1);
      diagonal = above;
      return last;
    });
    [rowBefore, row, letterBefore] = [row, next, letter];
  }
  return last;
}
