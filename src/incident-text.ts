/** Incident text: an incident in words, as it is printed. */
import type { Incident } from "./incident.ts";

/** What happened, and where, as far as the message itself does not say it. */
export function textOfIncident({ message, topic, ganglion }: Incident): string {
  const isTopicTold = topic !== undefined && message.includes(topic);
  const where = [isTopicTold ? undefined : topic, ganglion].filter((part) => part !== undefined);
  return where.length === 0 ? message : `${message} (${where.join(", ")})`;
}
