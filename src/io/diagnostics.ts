/** Where incidents go that nobody listens to. */
import { channel } from "node:diagnostics_channel";

/** `diagnostics_channel` name; subscribers get the `Incident`. */
const incidents = channel("plexo:incident");

const warningIntervalMs = 1_000;
let nextWarningMs = 0;
let unsaid = 0;

/**
 * Publishes to the channel `plexo:incident`, and warns on the process unless that has a subscriber.
 * The rate limit is the process's, as the warning is; it is the one state that plexuses share.
 */
export function publishUnheard(message: unknown, text: () => string): void {
  if (incidents.hasSubscribers) {
    incidents.publish(message);
    return;
  }
  const nowMs = performance.now();
  if (nowMs < nextWarningMs) {
    unsaid += 1;
    return;
  }
  nextWarningMs = nowMs + warningIntervalMs;
  const more = unsaid === 0 ? "" : ` (and ${unsaid} more since the last warning)`;
  unsaid = 0;
  process.emitWarning(text() + more, "PlexoIncident");
}
