/** TCP pair between two processes: one way and round trip, against libzmq and bare node:net. */
import type { Section } from "./report.ts";
import { type Rival, sideBySide } from "./side-by-side.ts";
import { runJob, type WireRivalName } from "./wire/job.ts";

/** Messages per run, so that each rival runs for about half a second. */
const messagesOneWay: Readonly<Record<WireRivalName, number>> = {
  "plexo raw": 1_500_000,
  "plexo typed JSON": 400_000,
  "zeromq PAIR": 150_000,
  "bare node:net": 3_000_000,
};
const roundTrips = 5_000;

export async function wireSections(rounds: number, scale: number): Promise<Section[]> {
  return [
    await oneWay(
      64,
      ["plexo raw", "plexo typed JSON", "zeromq PAIR", "bare node:net"],
      [
        { ours: "plexo raw", rival: "zeromq PAIR", ratio: 8 },
        { ours: "plexo raw", rival: "bare node:net", ratio: 0.4 },
        { ours: "plexo typed JSON", rival: "zeromq PAIR", ratio: 2.5 },
      ],
      rounds,
      scale,
    ),
    await oneWay(
      1024,
      ["plexo raw", "zeromq PAIR", "bare node:net"],
      [
        { ours: "plexo raw", rival: "zeromq PAIR", ratio: 4 },
        { ours: "plexo raw", rival: "bare node:net", ratio: 0.7 },
      ],
      rounds,
      scale,
    ),
    await roundTrip(rounds, scale),
  ];
}

async function oneWay(
  payloadBytes: number,
  names: readonly WireRivalName[],
  targets: Section["targets"],
  rounds: number,
  scale: number,
): Promise<Section> {
  const rivals = names.map((name): Rival => {
    const messages = Math.ceil((messagesOneWay[name] * scale) / (payloadBytes > 512 ? 4 : 1));
    return {
      name,
      run: async () => {
        const warmUp = Math.ceil(messages / 4);
        const job = { rival: name, scenario: "one way", payloadBytes, warmUp, messages } as const;
        return (messages * 1e9) / (await runJob(job));
      },
    };
  });
  return {
    title: `TCP pair, one way, ${payloadBytes} B`,
    how: "Two processes over loopback. The receiver's time from the end of the warm-up to the last message; sends are awaited one by one where the rival needs that (zeromq), or has no room (bare node:net), and every 64th for plexo. plexo: envelope, impulse id and plexus on both sides; typed JSON is built, encoded, decoded for each message.",
    unit: "messages/s",
    higherIsBetter: true,
    figures: await sideBySide(rivals, rounds),
    targets,
  };
}

async function roundTrip(rounds: number, scale: number): Promise<Section> {
  const names: readonly WireRivalName[] = ["plexo typed JSON", "zeromq PAIR", "bare node:net"];
  const messages = Math.ceil(roundTrips * scale);
  const rivals = names.map(
    (name): Rival => ({
      name,
      run: async () => {
        const job = {
          rival: name,
          scenario: "round trip",
          payloadBytes: 64,
          warmUp: messages,
          messages,
        } as const;
        return (await runJob(job)) / messages / 1_000;
      },
    }),
  );
  return {
    title: "TCP pair, round trip, 64 B",
    how: "Two processes over loopback; one message out and one back, then the next. plexo sends typed JSON, the others bare bytes.",
    unit: "µs a round trip, mean of a run",
    higherIsBetter: false,
    figures: await sideBySide(rivals, rounds),
    targets: [
      { ours: "plexo typed JSON", rival: "bare node:net", ratio: 1.2 },
      { ours: "plexo typed JSON", rival: "zeromq PAIR", ratio: 0.6 },
    ],
  };
}
