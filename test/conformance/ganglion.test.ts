/** Who passes the ganglion suite. */
import { describe, expect, test } from "vitest";
import type { Ganglion } from "../../src/ganglion/ganglion.ts";
import { InprocGanglion } from "../../src/ganglion/inproc.ts";
import type { GanglionOptions } from "../../src/ganglion/options.ts";
import { Plexus } from "../../src/plexus.ts";
import {
  type Capabilities,
  type GanglionWorld,
  ganglionCases,
  ganglionCasesFor,
} from "../../src/testing/ganglion-cases.ts";
import { turn } from "../../src/testing/until.ts";
import { MemoryWorld } from "../support/memory-world.ts";
import { MulticastWorld } from "../support/multicast-world.ts";
import { PairWorld } from "../support/pair-world.ts";
import { PubSubWorld } from "../support/pubsub-world.ts";

interface Subject {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly makeWorld: (capabilities: Capabilities) => GanglionWorld | Promise<GanglionWorld>;
}

const inProcess: Capabilities = {
  external: false,
  hearsItself: true,
  reliable: true,
  ordered: true,
  manyPeers: true,
  bringsAll: true,
  carriesIds: false,
  knowsReceivers: true,
  backPressure: true,
  oneStream: false,
  peersVanish: false,
};

const pair: Capabilities = {
  external: true,
  hearsItself: false,
  reliable: true,
  ordered: true,
  manyPeers: false,
  bringsAll: true,
  carriesIds: true,
  knowsReceivers: true,
  backPressure: true,
  oneStream: true,
  peersVanish: true,
};

const pubsub: Capabilities = {
  ...pair,
  manyPeers: true,
  bringsAll: false,
  backPressure: false,
};

const multicast: Capabilities = { ...pubsub, oneStream: false };

const subjects: readonly Subject[] = [
  {
    name: "InprocGanglion",
    capabilities: inProcess,
    makeWorld: (capabilities) => worldOfOne(capabilities, (each) => new InprocGanglion(each)),
  },
  {
    name: "Plexus with nothing inside",
    capabilities: inProcess,
    makeWorld: (capabilities) => worldOfOne(capabilities, (each) => new Plexus(each)),
  },
  {
    name: "the in-memory pair of the tests",
    capabilities: pair,
    makeWorld: (capabilities) => new MemoryWorld(capabilities, (ganglion) => ganglion),
  },
  {
    name: "Plexus over the in-memory pair of the tests",
    capabilities: { ...pair, hearsItself: true },
    makeWorld: (capabilities) =>
      new MemoryWorld(
        capabilities,
        (ganglion, options) => new Plexus({ ...options, ganglia: [ganglion] }),
      ),
  },
  {
    name: "the in-memory pair without ids",
    capabilities: { ...pair, carriesIds: false, knowsReceivers: false },
    makeWorld: (capabilities) => new MemoryWorld(capabilities, (ganglion) => ganglion),
  },
  {
    name: "the in-memory pair with a queue that drops",
    capabilities: { ...pair, backPressure: false },
    makeWorld: (capabilities) => {
      const sendQueue = { limit: 1_000, policy: "drop-newest" } as const;
      return new MemoryWorld(capabilities, (ganglion) => ganglion, { sendQueue });
    },
  },
  {
    name: "a loose in-memory pair",
    capabilities: {
      ...pair,
      reliable: false,
      ordered: false,
      bringsAll: false,
      carriesIds: false,
      backPressure: false,
      oneStream: false,
    },
    makeWorld: (capabilities) => {
      const sendQueue = { limit: 1_000, policy: "drop-newest" } as const;
      return new MemoryWorld(capabilities, (ganglion) => ganglion, { sendQueue, isLoose: true });
    },
  },
  {
    name: "PairGanglion",
    capabilities: pair,
    makeWorld: (capabilities) => new PairWorld(capabilities, (ganglion) => ganglion),
  },
  {
    name: "Plexus over a PairGanglion",
    capabilities: { ...pair, hearsItself: true },
    makeWorld: (capabilities) =>
      new PairWorld(
        capabilities,
        (ganglion, options) => new Plexus({ ...options, ganglia: [ganglion] }),
      ),
  },
  {
    name: "PubSubGanglion",
    capabilities: pubsub,
    makeWorld: (capabilities) => new PubSubWorld(capabilities, (ganglion) => ganglion),
  },
  {
    name: "PubSubGanglion at a path",
    capabilities: pubsub,
    makeWorld: (capabilities) => new PubSubWorld(capabilities, (ganglion) => ganglion, "ipc"),
  },
  {
    name: "Plexus over a PubSubGanglion",
    capabilities: { ...pubsub, hearsItself: true },
    makeWorld: (capabilities) =>
      new PubSubWorld(
        capabilities,
        (ganglion, options) => new Plexus({ ...options, ganglia: [ganglion] }),
      ),
  },
  {
    name: "MulticastGanglion",
    capabilities: multicast,
    makeWorld: (capabilities) => new MulticastWorld(capabilities, (ganglion) => ganglion),
  },
  {
    name: "Plexus over a MulticastGanglion",
    capabilities: { ...multicast, hearsItself: true },
    makeWorld: (capabilities) =>
      new MulticastWorld(
        capabilities,
        (ganglion, options) => new Plexus({ ...options, ganglia: [ganglion] }),
      ),
  },
  {
    name: "PairGanglion at a path",
    capabilities: pair,
    makeWorld: (capabilities) => new PairWorld(capabilities, (ganglion) => ganglion, "ipc"),
  },
  {
    name: "Plexus over a PairGanglion at a path",
    capabilities: { ...pair, hearsItself: true },
    makeWorld: (capabilities) =>
      new PairWorld(
        capabilities,
        (ganglion, options) => new Plexus({ ...options, ganglia: [ganglion] }),
        "ipc",
      ),
  },
];

describe.each(subjects)("$name", ({ capabilities, makeWorld }) => {
  const cases = ganglionCasesFor(capabilities).map((each) => [each.name, each.run] as const);
  test.each(cases)("%s", async (_, run) => {
    const world = await makeWorld(capabilities);
    try {
      await expect(run(world)).resolves.toBeUndefined();
    } finally {
      await world.close();
    }
  });
});

test("every case is run by somebody", () => {
  const run = new Set(subjects.flatMap(({ capabilities }) => ganglionCasesFor(capabilities)));
  expect(ganglionCases.filter((each) => !run.has(each)).map(({ name }) => name)).toEqual([]);
});

test("what a ganglion cannot do is proved by a case of its own", () => {
  for (const { needs } of ganglionCases) {
    if (needs === undefined) continue;
    expect(ganglionCases.filter(({ lacks }) => lacks === needs)).not.toHaveLength(0);
  }
});

/** All peers of an in-process world are one ganglion. */
function worldOfOne(
  capabilities: Capabilities,
  open: (options: GanglionOptions) => Ganglion,
): GanglionWorld {
  let ganglion: Ganglion | undefined;
  return {
    capabilities,
    peer: (options = {}) => {
      ganglion ??= open(options);
      return Promise.resolve(ganglion);
    },
    // Everything happens at once but what reactants do later, and that is done in one turn.
    settle: turn,
    close: async () => ganglion?.close(),
  };
}
