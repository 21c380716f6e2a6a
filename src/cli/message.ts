/** A message as `plexo echo` prints it: one JSON object on one line. */
import type { Impulse } from "plexo";
import { onOneLine } from "../one-line.ts";
import { codecNameOf, printPayload } from "./payload.ts";

/**
 * `{"time":…,"topic":…,"id":…,"value":…}`. `time` is that of arrival, in UTC to the millisecond;
 * `id` is the origin in hex and the number of the message there, and absent where the sender gives
 * none; what stands for `value` when there is none to show, `printPayload` says.
 */
export function printMessage(
  bytes: Uint8Array,
  impulse: Pick<Impulse, "topic" | "id">,
  arrival: Date,
): string {
  const { topic, id } = impulse;
  const idMember =
    id === undefined ? "" : `"id":"${id.origin.toString(16).padStart(16, "0")}-${id.sequence}",`;
  // A topic that came by a pattern is whatever its sender wrote.
  const topicText = onOneLine(JSON.stringify(topic));
  const payloadMembers = printPayload(codecNameOf(topic), bytes);
  return `{"time":"${arrival.toISOString()}","topic":${topicText},${idMember}${payloadMembers}}`;
}
