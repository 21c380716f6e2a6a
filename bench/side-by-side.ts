/** Runs rivals in turns, so that what else the machine does meets all of them alike. */

/** One thing to be measured; each run gives one figure. */
export interface Rival {
  readonly name: string;
  run(): number | Promise<number>;
}

export interface Figure {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Every rival once to warm up, then `rounds` times in turns. */
export async function sideBySide(
  rivals: readonly Rival[],
  rounds: number,
): Promise<ReadonlyMap<string, Figure>> {
  for (const rival of rivals) await rival.run();
  return await processesSideBySide(rivals, rounds);
}

/** The same for rivals that start processes at each run: these warm up by themselves. */
export async function processesSideBySide(
  rivals: readonly Rival[],
  rounds: number,
): Promise<ReadonlyMap<string, Figure>> {
  const runs = new Map<string, number[]>(rivals.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const rival of rivals) runs.get(rival.name)?.push(await rival.run());
  }
  return new Map([...runs].map(([name, figures]) => [name, summary(name, figures)]));
}

function summary(name: string, figures: readonly number[]): Figure {
  const sorted = [...figures].sort((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return {
    name,
    median: at(Math.floor(sorted.length / 2)),
    min: at(0),
    max: at(sorted.length - 1),
  };
}
