/**
 * `npm run soak`: ten million messages over a pair, then 1,000 reconnects. Shows what both ends hold
 * at the start, in the middle and at the end of each, and fails if that grows, or if a message was
 * neither received nor counted. `npm run soak -- --quick` takes half as many.
 */
import process from "node:process";
import { SoakLink } from "./soak/link.ts";
import { type Course, growthsOf, renderCourse, takeMemory } from "./soak/memory.ts";

const scale = process.argv.includes("--quick") ? 0.5 : 1;

await using link = await SoakLink.open();
const courses = [
  await courseOf("messages", 10_000_000 * scale, (count) => link.send(count)),
  await courseOf("reconnects", 1_000 * scale, (count) => link.reconnect(count)),
];
const { sent, received, dropped } = link;
console.log(`${sent} messages sent, ${received} received, ${dropped} counted as dropped`);

const problems = courses.flatMap(growthsOf);
const lost = sent - received;
// What was under way when a cable was cut may have arrived all the same.
if (lost < 0 || lost > dropped) problems.push(`${lost} messages lost, ${dropped} counted`);
for (const problem of problems) console.log(`failed: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

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
