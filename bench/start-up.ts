/** What `import "plexo"` costs, in a process of its own. */
import { execFileSync } from "node:child_process";
import process from "node:process";
import type { Section } from "./report.ts";
import { sideBySide } from "./side-by-side.ts";

const program = `
const start = process.hrtime.bigint();
await import("plexo");
console.log(Number(process.hrtime.bigint() - start) / 1e6);
`;

export async function startUpSections(rounds: number): Promise<Section[]> {
  const figures = new Map(
    await sideBySide(
      [
        {
          name: 'import "plexo"',
          run: () =>
            Number(
              execFileSync(process.execPath, ["--input-type=module", "-e", program], {
                encoding: "utf8",
              }),
            ),
        },
      ],
      rounds,
    ),
  );
  figures.set("the bound", { name: "the bound", median: 30, min: 30, max: 30 });
  return [
    {
      title: "Start-up",
      how: "The time of the first import in a fresh process.",
      unit: "ms",
      higherIsBetter: false,
      figures,
      targets: [{ ours: 'import "plexo"', rival: "the bound", ratio: 1 }],
    },
  ];
}
