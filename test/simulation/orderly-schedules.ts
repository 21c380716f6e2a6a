/** Orderly schedules: those in which nothing goes wrong on the network. */
import type { Random } from "../../src/testing/random.ts";
import { noFaults } from "../../src/testing/sim/link.ts";
import type { Happening, Schedule } from "./schedule.ts";
import { common, typeNamesFor, use } from "./schedule-parts.ts";

export function calm(seed: number, random: Random): Schedule {
  const nodeCount = 1 + random.below(5);
  const typeNames = typeNamesFor(random, 1 + random.below(4));
  const happenings: Happening[] = [];
  for (let node = 0; node < nodeCount; node += 1) {
    happenings.push({ kind: "start", atMs: random.between(0, 500), node });
  }
  for (const [index, typeName] of typeNames.entries()) {
    const atMs = 1_500 + index * 400 + random.between(0, 100);
    happenings.push(use(atMs, random.below(nodeCount), typeName, true, random.chance(0.5)));
  }
  return {
    ...common(seed, "calm", random, nodeCount, 1_000),
    typeNames,
    network: "239.255.0.0/16",
    chaosFaults: { ...noFaults, delayMinMs: 0.1, delayMaxMs: random.between(0.2, 10) },
    chaosMs: 1_500 + typeNames.length * 400 + 200,
    happenings,
  };
}

export function start(seed: number, random: Random): Schedule {
  const nodeCount = random.pick([1, 2, 3, 4, 6, 9, 12, 16]);
  const typeNames = typeNamesFor(random, 1 + random.below(4));
  const happenings: Happening[] = [];
  for (let node = 0; node < nodeCount; node += 1) {
    const atMs = random.between(0, 1_000);
    happenings.push({ kind: "start", atMs, node });
    for (const typeName of typeNames) {
      if (random.chance(0.7)) happenings.push(use(atMs, node, typeName, random.chance(0.5), true));
    }
  }
  return {
    ...common(seed, "start", random, nodeCount, 1_000),
    typeNames,
    network: "239.255.0.0/16",
    chaosFaults: { ...noFaults, delayMinMs: 0.1, delayMaxMs: random.between(0.2, 10) },
    chaosMs: 2_500,
    happenings,
  };
}

export function flood(seed: number, random: Random): Schedule {
  const nodeCount = 1 + random.below(4);
  const typeNames = typeNamesFor(random, 1 + random.below(4));
  const happenings: Happening[] = [];
  for (let node = 0; node < nodeCount; node += 1) {
    happenings.push({ kind: "start", atMs: random.between(0, 500), node });
    for (const typeName of typeNames) {
      happenings.push(use(random.between(500, 1_500), node, typeName, true, true));
    }
  }
  for (let atMs = 200; atMs < 3_000; atMs += 20) {
    happenings.push({ kind: "forge", atMs, count: 1 + random.below(20) });
  }
  return {
    ...common(seed, "flood", random, nodeCount, 1_000),
    typeNames,
    network: random.pick(["239.255.0.0/16", "239.255.0.0/24"]),
    chaosFaults: { ...noFaults, delayMinMs: 0.1, delayMaxMs: 5 },
    chaosMs: 3_000,
    happenings,
  };
}
