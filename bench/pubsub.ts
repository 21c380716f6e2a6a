/** Pub/sub between two processes: one publisher, one and 16 subscribers, many types. */
import type { Peers } from "./peers.ts";
import { pubSubEntrants } from "./pubsub/entrants.ts";
import { runJob } from "./pubsub/run-job.ts";
import type { Section, Target } from "./report.ts";
import { throughput } from "./wire/throughput.ts";

interface Setting {
  readonly subscribers: number;
  readonly types: number;
  /** How many times as long a message takes, about, than to one subscriber of one type. */
  readonly cost: number;
}

const payloadBytes = 64;
const how =
  "A publisher and a process with all the subscribers, a connection each, over loopback; nats.js with a nats-server between them. The subscribers' time from when all have the end of the warm-up until all have everything; messages/s are those published. Nothing is lost: plexo blocks where a subscriber's queue is full, and every 64th send is awaited; zeromq, pyzmq and plexo for Python queue without a bound, nats.js is flushed every 4,000, bare node:net waits for the slowest. plexo for Python: raw bytes, without a plexus, which would make it slower; it subscribes to everything and looks the topics up. Bare node:net sends topics, but everything to everybody.";

const targets: readonly Target[] = [
  { ours: "plexo raw", rival: "zeromq PUB/SUB", ratio: 8 },
  { ours: "plexo raw", rival: "nats.js", ratio: 4 },
  { ours: "plexo raw", rival: "pyzmq PUB/SUB", ratio: 1.5 },
  { ours: "plexo raw", rival: "plexo for Python", ratio: 100 },
];
const ratiosOnly: readonly Target[] = targets.map(({ ours, rival }) => ({ ours, rival }));

export async function pubSubSections(
  peers: Peers,
  rounds: number,
  scale: number,
): Promise<readonly Section[]> {
  const entrants = pubSubEntrants(peers);
  const section = async (
    title: string,
    { cost, ...setting }: Setting,
    ratios: readonly Target[],
  ): Promise<Section> => ({
    title: `Pub/sub, ${title}, ${payloadBytes} B`,
    how,
    unit: "messages/s",
    higherIsBetter: true,
    figures: await throughput(entrants, rounds, scale / cost, (entrant, load) =>
      runJob(entrant, { ...setting, payloadBytes, ...load }),
    ),
    targets: ratios,
  });
  return [
    await section("1 subscriber", { subscribers: 1, types: 1, cost: 1 }, targets),
    await section("16 subscribers", { subscribers: 16, types: 1, cost: 16 }, ratiosOnly),
    await section(
      "1 subscriber of 10,000 types",
      { subscribers: 1, types: 10_000, cost: 5 },
      ratiosOnly,
    ),
  ];
}
