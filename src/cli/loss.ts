/** Loss: messages that a transport took for sending and did not hand over. */
import type { Counts, DropReason, Stats } from "plexo";

/** Of the reasons for which messages are dropped those of messages that were to be sent. */
const reasons = [
  "queue-full",
  "timed-out",
  "aborted",
  "closed",
  "unconfirmed",
] as const satisfies readonly DropReason[];

/**
 * How many messages of a topic were lost, and why, by the counters of the transports they were sent
 * on; undefined for none.
 */
export function describeLoss(
  stats: readonly Pick<Stats, "dropped" | "topics">[],
  topic: string,
): string | undefined {
  const counts = [
    ...reasons.map((reason) => {
      return { reason, count: sum(stats.map(({ dropped }) => dropped[reason] ?? 0)) };
    }),
    { reason: "unclaimed", count: sum(stats.map(({ topics }) => unclaimedOf(topics[topic]))) },
  ];
  const total = sum(counts.map(({ count }) => count));
  if (total === 0) return undefined;
  const parts = counts.filter(({ count }) => count > 0);
  const why = parts.map(({ reason, count }) => `${count} ${reason}`).join(", ");
  return `messages that were not handed over: ${total} (${why})`;
}

/** How many were published when nobody had asked for them: each that has arrived may be `unclaimed`, too. */
function unclaimedOf(counts: Counts | undefined): number {
  return Math.max(0, (counts?.dropped.unclaimed ?? 0) - (counts?.received ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
