/** TCP pair between two processes: one way and round trip, against other libraries and bare node:net. */
import { pairEntrants } from "./pair/entrants.ts";
import { runJob } from "./pair/run-job.ts";
import type { Peers } from "./peers.ts";
import type { Section } from "./report.ts";
import { processesSideBySide } from "./side-by-side.ts";
import type { Entrant } from "./wire/entrant.ts";

const roundTrips = 5_000;
// After 5,000 much of the code is still interpreted: a round trip of ours takes 36 µs then, and 27 later.
const roundTripsToWarmUp = 20_000;

const oneWayHow =
  "Two processes over loopback, nats.js with a nats-server between them. The receiver's time from the end of the warm-up to the last message. Sends are awaited one by one where the rival needs that (zeromq, pyzmq, plexo for Python), where it has no room (bare node:net), every 64th for plexo; nats.js is flushed every 4,000. plexo: envelope, impulse id and plexus on both sides; typed JSON is built, encoded, decoded for each message. plexo for Python: raw bytes, without a plexus, which would make it slower.";
const roundTripHow =
  "Two processes over loopback, nats.js with a nats-server between them; one message out and one back, then the next; 20,000 to warm up. plexo sends typed JSON, the others bare bytes.";

export async function pairSections(
  peers: Peers,
  rounds: number,
  scale: number,
): Promise<readonly Section[]> {
  const entrants = pairEntrants(peers);
  const untyped = entrants.filter(({ name }) => name !== "plexo typed JSON");
  return [
    {
      title: "TCP pair, one way, 64 B",
      how: oneWayHow,
      unit: "messages/s",
      higherIsBetter: true,
      figures: await oneWay(64, entrants, rounds, scale),
      targets: [
        { ours: "plexo raw", rival: "zeromq PAIR", ratio: 8 },
        { ours: "plexo raw", rival: "nats.js", ratio: 4 },
        { ours: "plexo raw", rival: "pyzmq PAIR", ratio: 1.5 },
        { ours: "plexo raw", rival: "plexo for Python", ratio: 100 },
        { ours: "plexo raw", rival: "bare node:net", ratio: 0.4 },
        { ours: "plexo typed JSON", rival: "zeromq PAIR", ratio: 2.5 },
      ],
    },
    {
      title: "TCP pair, one way, 1024 B",
      how: oneWayHow,
      unit: "messages/s",
      higherIsBetter: true,
      // A quarter of the messages: about as many bytes in the same time.
      figures: await oneWay(1024, untyped, rounds, scale / 4),
      targets: [
        { ours: "plexo raw", rival: "zeromq PAIR", ratio: 4 },
        { ours: "plexo raw", rival: "nats.js", ratio: 3 },
        { ours: "plexo raw", rival: "bare node:net", ratio: 0.7 },
      ],
    },
    {
      title: "TCP pair, round trip, 64 B",
      how: roundTripHow,
      unit: "µs a round trip, mean of a run",
      higherIsBetter: false,
      figures: await roundTrip(
        entrants.filter(({ name }) => name !== "plexo raw"),
        rounds,
        scale,
      ),
      targets: [
        { ours: "plexo typed JSON", rival: "bare node:net", ratio: 1.2 },
        { ours: "plexo typed JSON", rival: "zeromq PAIR", ratio: 0.6 },
      ],
    },
  ];
}

function oneWay(
  payloadBytes: number,
  entrants: readonly Entrant[],
  rounds: number,
  scale: number,
): Promise<Section["figures"]> {
  const rivals = entrants.map((entrant) => ({
    name: entrant.name,
    run: async () => {
      const messages = Math.ceil(entrant.messages * scale);
      const warmUp = Math.ceil(messages / 4);
      const job = { scenario: "one way", payloadBytes, warmUp, messages } as const;
      return (messages * 1e9) / (await runJob(entrant, job));
    },
  }));
  return processesSideBySide(rivals, rounds);
}

function roundTrip(
  entrants: readonly Entrant[],
  rounds: number,
  scale: number,
): Promise<Section["figures"]> {
  const messages = Math.ceil(roundTrips * scale);
  const warmUp = Math.ceil(roundTripsToWarmUp * scale);
  const job = { scenario: "round trip", payloadBytes: 64, warmUp, messages } as const;
  const rivals = entrants.map((entrant) => ({
    name: entrant.name,
    run: async () => (await runJob(entrant, job)) / messages / 1_000,
  }));
  return processesSideBySide(rivals, rounds);
}
