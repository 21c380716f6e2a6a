/**
 * What the publisher and the process of all subscribers are told. The clock is held by the
 * subscribers: from when they have received the warm-up, all of them together, until they have
 * received everything.
 *
 * Subscribing takes its time, and not every publisher learns of it. So at first the publisher sends
 * probes, payloads of one byte on the last topic, until it is told to begin, which is when each
 * subscriber has received one.
 */
export interface Job {
  readonly role: "publisher" | "subscribers";
  /** Where the publisher is: for itself 0, which is any free port, or that of a server in between. */
  readonly port: number;
  /** Connections with subscriptions, all in one process. */
  readonly subscribers: number;
  /** Topics that each of them subscribes to, and on which messages are sent in a scattered order. */
  readonly types: number;
  /** Above 1: a single byte is a probe. */
  readonly payloadBytes: number;
  /** Messages sent before the clock starts; at least 1. */
  readonly warmUp: number;
  readonly messages: number;
}
