/**
 * What the two ends of a pair are told. The clock is held by the one that receives, from the last
 * message of the warm-up to the last of all; in a round trip by the connector, who asks.
 */
export interface Job {
  /** `one way`: the connector sends. `round trip`: it sends the next when the answer is here. */
  readonly scenario: "one way" | "round trip";
  readonly role: "listener" | "connector";
  /** Where the listener is: for itself 0, which is any free port, or that of a server in between. */
  readonly port: number;
  readonly payloadBytes: number;
  /** Sent before the clock starts; at least 1. */
  readonly warmUp: number;
  readonly messages: number;
}
