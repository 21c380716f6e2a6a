/** A row of bars, one for each value. */

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** @param top The value of the highest bar; by default the highest value. */
export function sparkline(values: readonly number[], top: number = Math.max(...values)): string {
  return values.map((value) => barOf(top > 0 ? value / top : 0)).join("");
}

function barOf(share: number): string {
  const index = Math.floor(share * bars.length);
  return bars[Math.max(0, Math.min(index, bars.length - 1))] ?? "";
}
