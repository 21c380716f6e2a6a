/** Chaotic schedule: anything may happen in it, and what is hard for the agreement is frequent. */
import type { Random } from "../../src/testing/random.ts";
import { chaosFaults, lossyQuiet } from "./link-weather.ts";
import { partitions, starts, strangers, wishes } from "./plots.ts";
import type { NodePlan, Schedule } from "./schedule.ts";
import { common, typeNamesFor } from "./schedule-parts.ts";
import { trouble } from "./trouble.ts";

/** Once in so many schedules there are up to 200 types. */
const manyTypesOnceIn = 1_000;

export function chaos(seed: number, random: Random): Schedule {
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
  const plot = random.fraction();
  const isSplit = nodeCount > 1 && plot < 0.4;
  const happenings =
    nodeCount > 2 && plot > 0.95
      ? strangers(random, nodeCount, typeNames, intervalMs)
      : [
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

function legacy(node: NodePlan, random: Random): NodePlan {
  return { ...node, kind: "legacy", intervalMs: random.pick([1_000, 2_000, 4_000]) };
}
