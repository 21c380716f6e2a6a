/** Sequence: what has arrived of a stream whose messages are numbered from 1. */

/** Numbers from `first` to `last`, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** A sequence as data. */
export interface Progress {
  /** How many different numbers have arrived, and the highest of them; 0 before the first. */
  received: number;
  highest: number;
  /** What is missing below the highest, in order. */
  readonly gaps: Range[];
  /** How many arrived again, and how many arrived after a higher one. */
  repeated: number;
  disordered: number;
}

export class Sequence {
  readonly progress: Progress = { received: 0, highest: 0, gaps: [], repeated: 0, disordered: 0 };

  take(number: number): void {
    const { progress } = this;
    if (number <= progress.highest) {
      this.#takeLate(number);
      return;
    }
    // Ranges, not numbers: one that leaps far ahead costs no more than one that leaps by two.
    if (number > progress.highest + 1) {
      progress.gaps.push({ first: progress.highest + 1, last: number - 1 });
    }
    progress.highest = number;
    progress.received += 1;
  }

  #takeLate(number: number): void {
    const { progress } = this;
    const index = progress.gaps.findIndex(({ first, last }) => first <= number && number <= last);
    const gap = progress.gaps[index];
    if (gap === undefined) {
      progress.repeated += 1;
      return;
    }
    const before = { first: gap.first, last: number - 1 };
    const after = { first: number + 1, last: gap.last };
    progress.gaps.splice(index, 1, ...[before, after].filter(isNotEmpty));
    progress.received += 1;
    progress.disordered += 1;
  }
}

/** What has not arrived of the numbers from 1 to `count`, in order. */
export function missingOf({ highest, gaps }: Progress, count: number): Range[] {
  return [...gaps, { first: highest + 1, last: count }]
    .map(({ first, last }) => ({ first, last: Math.min(last, count) }))
    .filter(isNotEmpty);
}

function isNotEmpty({ first, last }: Range): boolean {
  return first <= last;
}
