import type { Sender } from "../wire/send-all.ts";

/** What the pair benches ask of a rival for Node: two ends over loopback TCP that carry payloads. */
export interface PairEnd extends Sender {
  /** Sends one payload of the scenario, which has one only. */
  send(): undefined | Promise<void>;
  /**
   * Has `onPayload` called with each payload that arrives from now on; a promise where the other end
   * has to wait for that.
   */
  receive(onPayload: (payload: Uint8Array) => void): void | Promise<void>;
  /** Sends everything that is still waiting, then closes. */
  close(): Promise<void>;
}

export interface PairRival {
  /** Opens the end that listens, at the port of the job. */
  listen(port: number, payloadBytes: number): Promise<ListeningEnd>;
  /** Opens the end that connects; resolves when a message would go straight out. */
  connect(port: number, payloadBytes: number): Promise<PairEnd>;
}

interface ListeningEnd {
  readonly end: PairEnd;
  /** Where it listens. */
  readonly port: number;
}
