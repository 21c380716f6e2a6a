/** Trouble: what befalls single nodes and links while they agree, or try to. */
import type { Random } from "../../src/testing/random.ts";
import { chaosFaults } from "./link-weather.ts";
import type { Happening, Moment } from "./schedule.ts";
import { use } from "./schedule-parts.ts";

/** Crashes, restarts, cuts, changes of mind and of the weather. */
export function trouble(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  intervalMs: number,
): Happening[] {
  const happenings: Happening[] = [];
  if (random.chance(0.35)) happenings.push(...crashes(random, nodeCount, typeNames, intervalMs));
  if (random.chance(0.2)) happenings.push(...isolation(random, nodeCount, intervalMs));
  if (random.chance(0.2)) happenings.push(...cuts(random, nodeCount, intervalMs));
  if (random.chance(0.2)) happenings.push(...changes(random, nodeCount, typeNames, intervalMs));
  return happenings;
}

function crashes(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  intervalMs: number,
): Happening[] {
  const happenings: Happening[] = [];
  const count = 1 + random.below(3);
  for (let crash = 0; crash < count; crash += 1) {
    const node = random.below(nodeCount);
    const atMs = random.between(0, 4 * intervalMs);
    happenings.push(
      random.chance(0.15)
        ? { kind: "close", atMs, node }
        : { kind: "crash", atMs, node, moment: momentOf(random) },
    );
    if (random.chance(0.25)) continue;
    const againMs = atMs + random.pick([50, 500, 5 * intervalMs]) * random.fraction();
    happenings.push({ kind: "start", atMs: againMs, node });
    for (const typeName of typeNames) {
      if (!random.chance(0.6)) continue;
      const sends = random.chance(0.5);
      happenings.push(use(againMs + random.pick([0, 300]), node, typeName, sends, !sends));
    }
  }
  return happenings;
}

/** A node is alone just when it has begun something, and goes on alone when it has given up the others. */
function isolation(random: Random, nodeCount: number, intervalMs: number): Happening[] {
  const atMs = random.between(0.5, 1) * (300 + intervalMs);
  const node = random.below(nodeCount);
  const moment = random.chance(0.5) ? "proposed" : momentOf(random);
  return [
    { kind: "isolate", atMs: random.chance(0.5) ? atMs : 250, node, moment },
    { kind: "merge", atMs: atMs + random.between(1, 8) * intervalMs },
  ];
}

/** Half of the time just when something has been done that others do not know yet. */
function momentOf(random: Random): Moment {
  const share = random.fraction();
  if (share < 0.2) return 0;
  if (share < 0.5) return 1 + random.below(12);
  return random.pick(["prepared", "proposed", "decided"]);
}

function cuts(random: Random, nodeCount: number, intervalMs: number): Happening[] {
  const happenings: Happening[] = [];
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const from = random.below(nodeCount);
    const to = (from + 1 + random.below(Math.max(1, nodeCount - 1))) % nodeCount;
    const atMs = random.between(0, 3 * intervalMs);
    const mendMs = atMs + random.between(0, 5 * intervalMs);
    happenings.push({ kind: "cut", atMs, from, to }, { kind: "mend", atMs: mendMs, from, to });
  }
  return happenings;
}

function changes(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  intervalMs: number,
): Happening[] {
  const happenings: Happening[] = [];
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const atMs = random.between(0, 4 * intervalMs);
    const node = random.below(nodeCount);
    const typeName = typeNames[random.below(typeNames.length)] ?? "";
    if (random.chance(0.4)) {
      happenings.push({ kind: "release", atMs, node, typeName });
    } else if (random.chance(0.6)) {
      happenings.push(use(atMs, node, typeName, random.chance(0.5), true));
    } else {
      const { strays: _strays, ...faults } = chaosFaults(random);
      happenings.push({ kind: "faults", atMs, faults });
    }
  }
  return happenings;
}
