/** What the pub/sub benches ask of a rival for Node: to lose nothing, by whatever makes it so. */

export interface Publisher {
  /** True where the next message must not be sent before the last one's promise is settled. */
  readonly awaitsEach: boolean;
  /**
   * Sends a payload to every subscriber of a topic; a promise where it may have to wait for room.
   * @param type The index of the topic among those that it was opened with.
   */
  publish(type: number, payload: Uint8Array): undefined | Promise<void>;
  close(): Promise<void>;
}

export interface Subscriber {
  close(): Promise<void>;
}

export interface PubSubRival {
  /** Opens a publisher at the port of the job. */
  publisher(port: number, topics: readonly string[]): Promise<OpenPublisher>;
  /** Opens a subscriber of all the topics, of the last one last. */
  subscriber(
    port: number,
    topics: readonly string[],
    onPayload: (payload: Uint8Array) => void,
  ): Promise<Subscriber>;
}

interface OpenPublisher {
  readonly publisher: Publisher;
  /** Where the subscribers find it. */
  readonly port: number;
}
