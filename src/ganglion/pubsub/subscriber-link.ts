/** SubscriberLink: the connection of a publisher to one subscriber. */
import { PeerError } from "../../errors.ts";
import type { Impulse } from "../../impulse.ts";
import type { Connection } from "../../io/connection.ts";
import type { Span } from "../../protocol/span.ts";
import { idFrameByteCount, writeIdFrame } from "../../protocol/zmtp/topic-message.ts";
import { byReferenceBytesMin, WireLink, type WireLinkOwner } from "../wire/link.ts";
import type { Carrier } from "../wire/outbox.ts";
import type { PubSubSynapse } from "./synapse.ts";

export interface SubscriberLinkOwner extends WireLinkOwner {
  /** @throws {PeerError} if it wants more than it may. */
  subscribed(prefix: Uint8Array): void;
  cancelled(prefix: Uint8Array): void;
}

export class SubscriberLink extends WireLink implements Carrier<PubSubSynapse> {
  readonly #owner: SubscriberLinkOwner;

  constructor(connection: Connection, owner: SubscriberLinkOwner) {
    super(connection, owner);
    this.#owner = owner;
  }

  /** Sends one message; only after `ready`. */
  carry({ messages }: PubSubSynapse, impulse: Impulse): void {
    const { bytes: payload, label } = impulse;
    const output = this.output;
    const id = this.isOurs ? label : undefined;
    const byteCount = messages.byteCount(payload.length, id !== undefined);
    if (payload.length < byReferenceBytesMin) {
      const at = output.reserve(byteCount);
      const payloadAt = messages.writeHead(output.chunk, at, payload.length, id);
      output.chunk.set(payload, payloadAt);
      if (id !== undefined) writeIdFrame(output.chunk, payloadAt + payload.length, id);
    } else {
      const at = output.reserve(messages.headByteCount(payload.length));
      messages.writeHead(output.chunk, at, payload.length, id);
      output.append(payload);
      if (id !== undefined) {
        const idAt = output.reserve(idFrameByteCount);
        writeIdFrame(output.chunk, idAt, id);
      }
    }
    this.countSent(byteCount);
  }

  // For the connection.

  subscribe(prefix: Uint8Array): void {
    this.#owner.subscribed(prefix);
  }

  cancel(prefix: Uint8Array): void {
    this.#owner.cancelled(prefix);
  }

  /** A PUB takes nothing but subscriptions (RFC 29). */
  protected override receive(_body: Span, more: boolean): void {
    if (more) return;
    this.countReceived();
    this.dropMalformed(new PeerError("a subscriber sent a message; it can subscribe only"));
  }
}
