/** PublisherLink: the connection of a subscriber to one publisher. */
import { PeerError } from "../../errors.ts";
import type { Connection } from "../../io/connection.ts";
import type { SendBuffer } from "../../io/send-buffer.ts";
import type { EnvelopeId } from "../../protocol/envelope.ts";
import type { Span } from "../../protocol/span.ts";
import type { ZmtpRevision } from "../../protocol/zmtp/greeting.ts";
import type { Peer } from "../../protocol/zmtp/handshake.ts";
import { encodeCancel, encodeSubscribe } from "../../protocol/zmtp/subscription.ts";
import { TopicMessageReader } from "../../protocol/zmtp/topic-message-reader.ts";
import type { Wait } from "../../wait.ts";
import { WireLink, type WireLinkOwner } from "../wire/link.ts";

export interface PublisherLinkOwner extends WireLinkOwner {
  /**
   * A message has arrived; topic and `id` are overwritten by the next one.
   * @throws {PeerError} if it is malformed after all.
   */
  arrived(topic: Span, payload: Uint8Array, id: EnvelopeId | undefined): Wait;
}

/** Of subscriptions, beyond those that are all asked for at first. */
const unreadBytesMax = 8 * 1024 * 1024;

export class PublisherLink extends WireLink {
  readonly #owner: PublisherLinkOwner;
  #reader: TopicMessageReader | undefined;
  #pendingBytesMax = unreadBytesMax;

  constructor(connection: Connection, owner: PublisherLinkOwner) {
    super(connection, owner);
    this.#owner = owner;
  }

  override ready(peer: Peer, output: SendBuffer): void {
    this.#reader = new TopicMessageReader(
      {
        message: (topic, payload, id) => this.#arrived(topic, payload, id),
        malformed: (cause) => this.#malformed(cause),
      },
      peer.plexo !== undefined,
    );
    super.ready(peer, output);
  }

  /** Asks at once for all that is wanted when the connection is there, however much it is. */
  begin(prefixes: Iterable<Uint8Array>): void {
    const { output } = this;
    for (const prefix of prefixes) output.append(encodeSubscribe(prefix, this.#revision));
    this.#pendingBytesMax = output.pendingBytes + unreadBytesMax;
  }

  /** Asks for all topics with this prefix; only after `begin`. */
  subscribe(prefix: Uint8Array): void {
    this.#send(encodeSubscribe(prefix, this.#revision));
  }

  /** Takes that back. */
  cancel(prefix: Uint8Array): void {
    this.#send(encodeCancel(prefix, this.#revision));
  }

  protected override receive(body: Span, more: boolean): void {
    this.#reader?.frame(body, more);
  }

  /** A publisher that does not read is given up: once it is connected anew, what is wanted then is enough. */
  #send(subscription: Uint8Array): void {
    const { output } = this;
    if (output.closed || this.isEnding) return;
    output.append(subscription);
    if (output.pendingBytes <= this.#pendingBytesMax) return;
    this.giveUp(
      new PeerError(
        `the publisher does not read: over ${unreadBytesMax} bytes of subscriptions wait`,
        { details: { unreadBytesMax } },
      ),
    );
  }

  #arrived(topic: Span, payload: Uint8Array, id: EnvelopeId | undefined): void {
    this.countReceived();
    let wait: Wait;
    try {
      wait = this.#owner.arrived(topic, payload, id);
    } catch (cause) {
      if (!(cause instanceof PeerError)) throw cause;
      this.dropMalformed(cause);
    }
    if (wait !== undefined) this.holdUntil(wait);
  }

  #malformed(cause: PeerError): void {
    this.countReceived();
    this.dropMalformed(cause);
  }

  get #revision(): ZmtpRevision {
    // "as": there is a peer from `ready` on.
    return (this.peer as Peer).revision;
  }
}
