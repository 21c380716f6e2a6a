/** Loss: messages that a transport took for sending and did not hand over. */
import type { DropReason, Stats } from "plexo";

/** Of the reasons for which messages are dropped those of messages that were to be sent. */
const reasons = [
  "queue-full",
  "timed-out",
  "aborted",
  "closed",
  "unconfirmed",
] as const satisfies readonly DropReason[];

/** How many messages were lost, and why, by the counters of some transports; undefined for none. */
export function describeLoss(stats: readonly Pick<Stats, "dropped">[]): string | undefined {
  const counts = reasons.map((reason) => ({
    reason,
    count: stats.reduce((sum, { dropped }) => sum + (dropped[reason] ?? 0), 0),
  }));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const parts = counts.filter(({ count }) => count > 0);
  const why = parts.map(({ reason, count }) => `${count} ${reason}`).join(", ");
  return `messages that were not handed over: ${total} (${why})`;
}
