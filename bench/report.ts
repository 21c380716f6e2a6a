/** What the benches found, as Markdown. */
import type { Figure } from "./side-by-side.ts";

export interface Section {
  readonly title: string;
  /** What was done, in a sentence or two. */
  readonly how: string;
  readonly unit: string;
  /** Whether more is better; else less is. */
  readonly higherIsBetter: boolean;
  readonly figures: ReadonlyMap<string, Figure>;
  readonly targets: readonly Target[];
}

/** `ours` is to be at least (or at most) `ratio` times `rival`; without one, the ratio is only told. */
export interface Target {
  readonly ours: string;
  readonly rival: string;
  readonly ratio?: number;
}

export function renderSection(section: Section): string {
  const rows = [...section.figures.values()].map(
    ({ name, median, min, max }) =>
      `| ${name} | ${amount(median)} | ${amount(min)} – ${amount(max)} |`,
  );
  return [
    `## ${section.title}`,
    "",
    section.how,
    "",
    `| what | ${section.unit}, median | lowest – highest |`,
    "| --- | ---: | ---: |",
    ...rows,
    "",
    ...section.targets.map((target) => renderTarget(section, target)),
    "",
  ].join("\n");
}

function renderTarget({ figures, higherIsBetter }: Section, target: Target): string {
  const sides = `- ${target.ours} / ${target.rival}`;
  const wanted = target.ratio;
  const bound =
    wanted === undefined ? "" : `; target ${higherIsBetter ? "at least" : "at most"} ${wanted}`;
  const [ours, rival] = [figures.get(target.ours), figures.get(target.rival)];
  if (ours === undefined || rival === undefined) return `${sides}: left out${bound}`;
  const ratio = ours.median / rival.median;
  const told = `${sides} = **${ratio.toFixed(2)}**`;
  if (wanted === undefined) return told;
  const met = higherIsBetter ? ratio >= wanted : ratio <= wanted;
  return `${told}${bound}: ${met ? "met" : "**missed**"}`;
}

function amount(value: number): string {
  const digits = value >= 1_000 ? 0 : value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
