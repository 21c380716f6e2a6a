/** Plots: who starts, uses types and hears whom, so that nodes come to propose against each other. */
import type { Random } from "../../src/testing/random.ts";
import type { Happening } from "./schedule.ts";
import { use } from "./schedule-parts.ts";

/** Starts of all nodes: together, or one by one. */
export function starts(random: Random, nodeCount: number, intervalMs: number): Happening[] {
  const spreadMs = random.pick([0, 100, 500, intervalMs]);
  return Array.from({ length: nodeCount }, (_, node) => ({
    kind: "start",
    atMs: random.between(0, spreadMs),
    node,
  }));
}

/** Who uses which types from when on: mostly several at once, so that their ballots are rivals. */
export function wishes(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  intervalMs: number,
): Happening[] {
  const nodes = Array.from({ length: nodeCount }, (_, node) => node);
  const happenings: Happening[] = [];
  for (const typeName of typeNames) {
    const sinceMs = random.chance(0.2) ? 0 : random.between(250, 300 + intervalMs);
    happenings.push(...rivals(random, nodes, typeName, sinceMs));
    // A voter that some have not heard of yet: it has just joined, which takes up to 200 ms.
    if (nodeCount > 2 && random.chance(0.15)) {
      const atMs = Math.max(0, sinceMs - random.between(50, 220));
      happenings.push({ kind: "start", atMs, node: random.below(nodeCount) });
    }
  }
  if (random.chance(0.7)) {
    // Who decides cannot tell the others, who therefore go on.
    const untilMs = 300 + random.between(1, 2) * intervalMs;
    happenings.push(...hush("assignment", { fromMs: 0, untilMs }, random.pick([0.5, 0.9, 1])));
  }
  return happenings;
}

/** Once or twice nobody hears those of the other side, and types are given addresses on both. */
export function partitions(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  intervalMs: number,
): Happening[] {
  const happenings: Happening[] = [];
  let fromMs = random.chance(0.6) ? 0 : random.between(0, 2 * intervalMs);
  for (let count = random.chance(0.7) ? 1 : 2; count > 0; count -= 1) {
    const untilMs = fromMs + random.between(0.5, 6) * intervalMs;
    happenings.push(...partition(random, nodeCount, typeNames, { fromMs, untilMs }));
    fromMs = untilMs + random.between(0, 4) * intervalMs;
  }
  return happenings;
}

/** Two sides that do not hear each other use types, some the same ones, some others. */
function partition(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Happening[] {
  const sides: [number[], number[]] = [[], []];
  for (let node = 0; node < nodeCount; node += 1) sides[random.below(2)]?.push(node);
  const groups = random.chance(0.85) ? sides : [sides[0]];
  const happenings: Happening[] = [
    { kind: "split", atMs: fromMs, groups },
    { kind: "merge", atMs: untilMs },
  ];
  for (const typeName of typeNames) {
    if (random.chance(0.1)) continue;
    // A node that has just started is a voter after 200 ms.
    const sinceMs = random.between(Math.min(fromMs + 300, untilMs), untilMs);
    const nodes = random.pick([sides[0], sides[1], sides.flat(), sides.flat()]);
    happenings.push(...rivals(random, nodes, typeName, sinceMs));
    // Who comes later finds the type at its address, or two.
    if (random.chance(0.3)) {
      happenings.push(...rivals(random, sides.flat(), typeName, random.between(sinceMs, untilMs)));
    }
  }
  return happenings;
}

/**
 * A node has just begun to vote, and hardly anybody has heard that it does, when the network splits.
 * Both sides still have the nodes of the other in view.
 */
export function strangers(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  intervalMs: number,
): Happening[] {
  const newcomer = nodeCount - 1;
  const sides: [number[], number[]] = [[], []];
  for (let node = 0; node < newcomer; node += 1) sides[random.below(2)]?.push(node);
  const [smaller, larger] = sides.sort((left, right) => left.length - right.length);
  const fromMs = random.between(400, 500 + intervalMs);
  const untilMs = fromMs + random.between(1, 3) * intervalMs;
  const happenings: Happening[] = [
    ...starts(random, newcomer, 0),
    { kind: "split", atMs: fromMs, groups: [[...smaller, newcomer], larger] },
    { kind: "start", atMs: fromMs, node: newcomer },
    ...hush("heartbeat", { fromMs, untilMs }, random.pick([0.8, 0.95, 1])),
    { kind: "merge", atMs: untilMs },
  ];
  for (const typeName of typeNames) {
    const nodes = random.pick([smaller, larger, sides.flat()]);
    happenings.push(...rivals(random, nodes, typeName, random.between(fromMs, untilMs)));
  }
  return happenings;
}

function rivals(
  random: Random,
  nodes: readonly number[],
  typeName: string,
  sinceMs: number,
): Happening[] {
  const happenings: Happening[] = [];
  const absentShare = random.pick([0, 0.2, 0.5]);
  const spreadMs = random.pick([0, 10, 50, 200]);
  for (const node of nodes) {
    if (random.chance(absentShare)) continue;
    const sends = random.chance(0.6);
    const atMs = sinceMs + random.between(0, spreadMs);
    happenings.push(use(atMs, node, typeName, sends, !sends || random.chance(0.6)));
  }
  return happenings;
}

function hush(
  messages: "assignment" | "heartbeat",
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  share: number,
): Happening[] {
  return [
    { kind: "hush", atMs: fromMs, messages, share },
    { kind: "hush", atMs: untilMs, messages, share: 0 },
  ];
}
