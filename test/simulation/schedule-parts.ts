/** Schedule parts: what schedules of all kinds are made of. */
import type { Random } from "../../src/testing/random.ts";
import { noFaults } from "../../src/testing/sim/link.ts";
import type { Happening, NodePlan, Schedule, ScheduleKind } from "./schedule.ts";

const hourMs = 3_600_000;

export function common(
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

export function typeNamesFor(random: Random, count: number): string[] {
  const names = new Set<string>();
  while (names.size < count) names.add(`org.example.Type${random.below(10_000)}.json`);
  return [...names];
}

export function use(
  atMs: number,
  node: number,
  typeName: string,
  sends: boolean,
  listens: boolean,
): Happening {
  return { kind: "use", atMs, node, typeName, sends, listens };
}
