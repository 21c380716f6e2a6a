/** Pub/sub between two processes: one publisher, one and 16 subscribers, many types. */
import type { Peers } from "./peers.ts";
import { pubSubEntrants } from "./pubsub/entrants.ts";
import { runJob } from "./pubsub/run-job.ts";
import type { Section } from "./report.ts";
import { processesSideBySide } from "./side-by-side.ts";
import type { Entrant } from "./wire/entrant.ts";

interface Setting {
  readonly subscribers: number;
  readonly types: number;
  /** How many times as long a message takes, about, than to one subscriber of one type. */
  readonly cost: number;
}

const payloadBytes = 64;
const how =
  "A publisher and a process with all the subscribers, a connection each, over loopback; nats.js with a nats-server between them. The subscribers' time from when all have the end of the warm-up until all have everything; messages/s are those published. Nothing is lost: plexo blocks where a subscriber's queue is full, and every 64th send is awaited; zeromq queues without a bound, nats.js is flushed every 4,000, bare node:net waits for the slowest. Bare node:net sends topics, but everything to everybody.";

export async function pubSubSections(
  peers: Peers,
  rounds: number,
  scale: number,
): Promise<readonly Section[]> {
  const entrants = pubSubEntrants(peers);
  const section = async (title: string, setting: Setting): Promise<Section> => ({
    title: `Pub/sub, ${title}, ${payloadBytes} B`,
    how,
    unit: "messages/s",
    higherIsBetter: true,
    figures: await measure(entrants, setting, rounds, scale),
    targets: [],
  });
  return [
    await section("1 subscriber", { subscribers: 1, types: 1, cost: 1 }),
    await section("16 subscribers", { subscribers: 16, types: 1, cost: 16 }),
    await section("1 subscriber of 10,000 types", { subscribers: 1, types: 10_000, cost: 5 }),
  ];
}

function measure(
  entrants: readonly Entrant[],
  { subscribers, types, cost }: Setting,
  rounds: number,
  scale: number,
): Promise<Section["figures"]> {
  const rivals = entrants.map((entrant) => ({
    name: entrant.name,
    run: async () => {
      const messages = Math.ceil((entrant.messages * scale) / cost);
      const warmUp = Math.ceil(messages / 4);
      const job = { subscribers, types, payloadBytes, warmUp, messages };
      return (messages * 1e9) / (await runJob(entrant, job));
    },
  }));
  return processesSideBySide(rivals, rounds);
}
