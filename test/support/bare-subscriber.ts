/** BareSubscriber: an end of a connection that does what a test tells it to. */

import type { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import { encodeCancel, encodeSubscribe } from "../../src/protocol/zmtp/subscription.ts";
import type { Accepted } from "../zmtp/endpoints.ts";
import type { Ends } from "../zmtp/ends.ts";
import { addressOf } from "./pubsub-nodes.ts";

/** Who says this of itself is one of ours. */
export const plexo = { version: "1", instanceId: "plexus.other" } as const;

export class BareSubscriber {
  readonly end: Accepted;

  private constructor(end: Accepted) {
    this.end = end;
  }

  /** One that has shaken hands with the publisher. */
  static async of(
    publisher: Pick<PubSubGanglion, "name" | "address">,
    ends: Ends,
    options: { readonly plexo?: typeof plexo } = {},
  ): Promise<BareSubscriber> {
    ends.connecting(addressOf(publisher), { socketType: "SUB", ...options });
    return new BareSubscriber(await ends.nextInTraffic());
  }

  subscribe(...prefixes: readonly string[]): void {
    for (const prefix of prefixes) this.#send(encodeSubscribe(utf8.encode(prefix), "3.1"));
  }

  cancel(...prefixes: readonly string[]): void {
    for (const prefix of prefixes) this.#send(encodeCancel(utf8.encode(prefix), "3.1"));
  }

  /** The next message, its frames as text. */
  async nextMessage(): Promise<string[]> {
    const frames: string[] = [];
    for (;;) {
      const [kind, hex = "", more] = (await this.end.events.take()).split(" ");
      if (kind !== "frame") continue;
      frames.push(Buffer.from(hex, "hex").toString("latin1"));
      if (more === undefined) return frames;
    }
  }

  /** Reads nothing until it is resumed. */
  pause(): void {
    this.end.connection.pause();
  }

  resume(): void {
    this.end.connection.resume();
  }

  /** Goes without a word. */
  destroy(): void {
    this.end.connection.destroy();
  }

  #send(frame: Uint8Array): void {
    this.end.output?.append(frame);
  }
}

const utf8 = new TextEncoder();
