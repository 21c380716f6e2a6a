/** What the wire benches ask of a rival: two ends over loopback TCP that carry payloads. */
export interface WireEnd {
  /** Called with each payload that arrives. */
  onPayload: (payload: Uint8Array) => void;
  /** True where the next message must not be sent before the last one's promise is settled. */
  readonly awaitsEach: boolean;
  /** Sends one payload of the scenario; a promise where it may have to wait for room. */
  send(): undefined | Promise<void>;
  /** Sends everything that is still waiting, then closes. */
  close(): Promise<void>;
}

export interface WireRival {
  /** Opens the end that listens, on a free port. */
  listen(payloadBytes: number): Promise<{ readonly end: WireEnd; readonly port: number }>;
  /** Opens the end that connects; resolves when a message would go straight out. */
  connect(port: number, payloadBytes: number): Promise<WireEnd>;
}
