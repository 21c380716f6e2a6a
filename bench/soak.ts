/**
 * `npm run soak`: ten million messages, then 1,000 reconnects, over a pair and over pub/sub. Shows what
 * both ends hold at the start, in the middle and at the end of each, and fails if that grows, or if a
 * message was neither received nor counted. `npm run soak -- --quick` takes half as many.
 */
import process from "node:process";
import { type Transport, transports } from "./soak/ends.ts";
import { SoakLink } from "./soak/link.ts";
import { type Course, growthsOf, renderCourse, takeMemory } from "./soak/memory.ts";

const scale = process.argv.includes("--quick") ? 0.5 : 1;

const problems: string[] = [];
// `transports` has exactly these as its keys.
for (const transport of Object.keys(transports) as Transport[]) {
  problems.push(...(await soak(transport)));
}
for (const problem of problems) console.log(`failed: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @returns What was wrong; empty if all was well. */
async function soak(transport: Transport): Promise<readonly string[]> {
  await using link = await SoakLink.open(transport);
  const courses = [
    await courseOf(`messages over ${transport}`, 10_000_000 * scale, (count) => link.send(count)),
    await courseOf(`reconnects of ${transport}`, 1_000 * scale, (count) => link.reconnect(count)),
  ];
  const { sent, received, dropped } = link;
  console.log(`${sent} messages sent, ${received} received, ${dropped} counted as dropped\n`);
  const lost = sent - received;
  // What was under way when a cable was cut may have arrived all the same.
  const isCounted = lost >= 0 && lost <= dropped;
  return [
    ...courses.flatMap(growthsOf),
    ...(isCounted ? [] : [`${transport}: ${lost} messages lost, ${dropped} counted`]),
  ];
}

/** After a quarter as much to warm up: by then everything is compiled that will be. */
async function courseOf(
  unit: string,
  count: number,
  run: (count: number) => Promise<void>,
): Promise<Course> {
  await run(count / 4);
  const start = takeMemory();
  await run(count / 2);
  const middle = takeMemory();
  await run(count / 2);
  const course = {
    what: `${count.toLocaleString("en")} ${unit}`,
    start,
    middle,
    end: takeMemory(),
  };
  console.log(renderCourse(course));
  return course;
}
