/** MakeSchedule: a schedule from a seed, so weighted that what is hard for the agreement is frequent. */
import { Random } from "../../src/testing/random.ts";
import { type LinkFaults, noFaults } from "../../src/testing/sim/link.ts";
import type { Happening, Moment, NodePlan, Schedule, ScheduleKind } from "./schedule.ts";

const hourMs = 3_600_000;

/** Once in so many schedules there are up to 200 types. */
const manyTypesOnceIn = 1_000;

/** @param seed Its 32 low bits count. */
export function makeSchedule(seed: number): Schedule {
  const random = new Random(seed);
  switch (kindOf(random)) {
    case "calm":
      return calm(seed, random);
    case "start":
      return start(seed, random);
    case "flood":
      return flood(seed, random);
    default:
      return chaos(seed, random);
  }
}

function kindOf(random: Random): ScheduleKind {
  const share = random.fraction();
  if (share < 0.03) return "calm";
  if (share < 0.05) return "start";
  return share < 0.06 ? "flood" : "chaos";
}

function calm(seed: number, random: Random): Schedule {
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

function start(seed: number, random: Random): Schedule {
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

function flood(seed: number, random: Random): Schedule {
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

function chaos(seed: number, random: Random): Schedule {
  const nodeCount = random.chance(0.9) ? 2 + random.below(4) : 2 + random.below(8);
  const intervalMs = random.pick([300, 500, 1_000, 1_000, 2_000]);
  const hasManyTypes = random.onceIn(manyTypesOnceIn);
  const typeCount = hasManyTypes
    ? 50 + random.below(151)
    : 1 + random.below(random.pick([1, 2, 4, 8]));
  const typeNames = typeNamesFor(random, typeCount);
  const plan = common(seed, "chaos", random, nodeCount, intervalMs);
  const legacyCount = random.chance(0.06) ? Math.min(1 + random.below(2), nodeCount - 1) : 0;
  const nodes = plan.nodes.map((node, index) =>
    index < legacyCount ? legacy(node, random) : node,
  );
  const isSplit = nodeCount > 1 && random.chance(0.4);
  const happenings = [
    ...starts(random, nodeCount, intervalMs),
    ...(isSplit
      ? partitions(random, nodeCount, typeNames, intervalMs)
      : wishes(random, nodeCount, typeNames, intervalMs)),
    ...trouble(random, nodeCount, typeNames, intervalMs),
  ];
  const lastMs = happenings.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
  const hasData = legacyCount === 0 && !hasManyTypes && random.chance(isSplit ? 0.7 : 0.1);
  return {
    ...plan,
    nodes,
    ...networkFor(random, typeCount, isSplit),
    typeNames,
    chaosFaults: chaosFaults(random),
    quietFaults: random.chance(0.5) ? plan.quietFaults : lossyQuiet(random),
    chaosMs: lastMs + random.between(0, 500),
    happenings,
    dataTypes: hasData ? typeNames.slice(0, 4) : [],
    dataEveryMs: random.between(20, 100),
    dataDelayMaxMs: random.pick([1, 20, 300]),
  };
}

/** Often one so small that types collide as soon as some do not know of others. */
function networkFor(
  random: Random,
  typeCount: number,
  isSplit: boolean,
): Pick<Schedule, "network" | "addressesMax"> {
  if (random.chance(isSplit ? 0.2 : 0.5)) {
    const network = random.pick(["239.255.0.0/16", "239.255.0.0/24"]);
    return { network, addressesMax: Number.POSITIVE_INFINITY };
  }
  const network = typeCount > 24 ? "239.255.0.0/24" : "239.255.0.0/26";
  return { network, addressesMax: Math.max(2, typeCount + random.below(4)) };
}

function common(
  seed: number,
  kind: ScheduleKind,
  random: Random,
  nodeCount: number,
  intervalMs: number,
): Omit<Schedule, "typeNames" | "network" | "chaosFaults" | "chaosMs" | "happenings"> {
  const hearsItself = random.chance(0.3);
  const nodes = Array.from({ length: nodeCount }, (): NodePlan => {
    const clockOffsetMs = Math.round(random.between(-12, 12) * hourMs);
    return {
      kind: "agreement",
      intervalMs,
      clockOffsetMs: random.chance(0.5) ? clockOffsetMs : 0,
      hearsItself,
      firstProposalId: firstProposalId(random, clockOffsetMs),
    };
  });
  return {
    seed,
    kind,
    addressesMax: Number.POSITIVE_INFINITY,
    nodes,
    quietFaults: { ...noFaults, delayMinMs: 0.1, delayMaxMs: random.between(0.2, 10) },
    dataTypes: [],
    dataEveryMs: 50,
    dataDelayMaxMs: 20,
  };
}

/** A time in nanoseconds by a clock that may be hours wrong, or the same for all. */
function firstProposalId(random: Random, clockOffsetMs: number): bigint {
  if (random.chance(0.5)) return 1n;
  return (1_800_000_000_000n + BigInt(clockOffsetMs)) * 1_000_000n;
}

function legacy(node: NodePlan, random: Random): NodePlan {
  return { ...node, kind: "legacy", intervalMs: random.pick([1_000, 2_000, 4_000]) };
}

function typeNamesFor(random: Random, count: number): string[] {
  const names = new Set<string>();
  while (names.size < count) names.add(`org.example.Type${random.below(10_000)}.json`);
  return [...names];
}

function chaosFaults(random: Random): LinkFaults {
  const delayMaxMs = random.pick([0.2, 2, 10, 50, 300]);
  return {
    loss: random.chance(0.3) ? 0 : random.between(0, random.pick([0.1, 0.3, 0.5])),
    duplication: random.chance(0.5) ? 0 : random.between(0, 0.3),
    delayMinMs: 0.1,
    delayMaxMs,
    reordering: random.chance(0.4) ? 0 : random.fraction(),
    strays: random.chance(0.85) ? 0 : random.between(0, 0.1),
    strayDelayMaxMs: random.pick([500, 2_000, 5_000, 60_000]),
  };
}

function lossyQuiet(random: Random): LinkFaults {
  return {
    loss: random.between(0, 0.2),
    duplication: random.between(0, 0.2),
    delayMinMs: 0.1,
    delayMaxMs: random.pick([1, 10, 50]),
    reordering: random.fraction(),
    strays: 0,
    strayDelayMaxMs: 0,
  };
}

/** Starts of all nodes: together, or one by one. */
function starts(random: Random, nodeCount: number, intervalMs: number): Happening[] {
  const spreadMs = random.pick([0, 100, 500, intervalMs]);
  return Array.from({ length: nodeCount }, (_, node) => ({
    kind: "start",
    atMs: random.between(0, spreadMs),
    node,
  }));
}

/** Who uses which types from when on: mostly several at once, so that their ballots are rivals. */
function wishes(
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

/** Once or twice nobody hears those of the other side, and types are given addresses on both. */
function partitions(
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

/** Crashes, restarts, cuts, changes of mind and of the weather. */
function trouble(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  intervalMs: number,
): Happening[] {
  const happenings: Happening[] = [];
  if (random.chance(0.35)) happenings.push(...crashes(random, nodeCount, typeNames, intervalMs));
  if (random.chance(0.15)) happenings.push(...isolation(random, nodeCount, intervalMs));
  if (random.chance(0.1)) happenings.push(...strangers(random, nodeCount, typeNames, intervalMs));
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
  const atMs = random.between(0, 300 + intervalMs);
  const node = random.below(nodeCount);
  return [
    { kind: "isolate", atMs, node, moment: momentOf(random) },
    { kind: "merge", atMs: atMs + random.between(1, 8) * intervalMs },
  ];
}

/**
 * On each of two sides a node has just begun to vote, and nobody has heard that it does. Both sides
 * still have the nodes of the other in view.
 */
function strangers(
  random: Random,
  nodeCount: number,
  typeNames: readonly string[],
  intervalMs: number,
): Happening[] {
  const sides: [number[], number[]] = [[], []];
  for (let node = 0; node < nodeCount; node += 1) sides[random.below(2)]?.push(node);
  const fromMs = 300 + random.between(0, intervalMs);
  const untilMs = fromMs + 300 + random.between(0, 3 * intervalMs);
  const happenings: Happening[] = [
    { kind: "split", atMs: fromMs, groups: sides },
    ...hush("heartbeat", { fromMs, untilMs }, random.pick([0.5, 0.8, 0.95])),
    { kind: "merge", atMs: untilMs },
    { kind: "start", atMs: fromMs, node: random.below(nodeCount) },
  ];
  for (const typeName of typeNames) {
    const sinceMs = random.between(fromMs + 150, untilMs);
    const nodes = random.pick([sides[0], sides[1], sides.flat()]);
    happenings.push(...rivals(random, nodes, typeName, sinceMs));
  }
  return happenings;
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

function use(
  atMs: number,
  node: number,
  typeName: string,
  sends: boolean,
  listens: boolean,
): Happening {
  return { kind: "use", atMs, node, typeName, sends, listens };
}
