import type { NatsConnection } from "@nats-io/transport-node";

/**
 * Between two flushes. A publish only fills a buffer that has no bound, and a server that cannot get
 * rid of its messages drops the receiver; a flush waits until the server has what was published.
 */
const flushEvery = 4_000;

/** Publishes; a promise where that is to be waited for. */
export function publisherOn(
  connection: NatsConnection,
): (subject: string, payload: Uint8Array) => undefined | Promise<void> {
  let count = 0;
  return (subject, payload) => {
    connection.publish(subject, payload);
    count += 1;
    return count % flushEvery === 0 ? connection.flush() : undefined;
  };
}
