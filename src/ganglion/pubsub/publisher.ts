/** Publisher: the end of a pub/sub ganglion that listens, and the subscribers it has. */
import type { PeerError } from "../../errors.ts";
import type { Impulse } from "../../impulse.ts";
import type { Place, StreamAddress } from "../../io/address.ts";
import type { CloseReason, Connection } from "../../io/connection.ts";
import { type Listener, type ListenerOptions, listen } from "../../io/listener.ts";
import {
  SubscriptionIndex,
  type SubscriptionLimits,
} from "../../protocol/zmtp/subscription-index.ts";
import type { Patience, QueueOptions } from "../../queue.ts";
import { both, type Wait } from "../../wait.ts";
import type { WireLink } from "../wire/link.ts";
import { Outbox } from "../wire/outbox.ts";
import { SubscriberLink } from "./subscriber-link.ts";
import type { PubSubSynapse, Recipient } from "./synapse.ts";

/** What a publisher does to the ganglion it belongs to. */
export interface PublisherOwner {
  /** Who wants what has changed. */
  subscribersChanged(): void;
  malformed(cause: PeerError, link: WireLink): void;
  /** @param place Where the connection came from, if it came at all. */
  failed(cause: NonNullable<CloseReason>, place?: Place): void;
  /** A link is gone, and `link.unconfirmed` says what may have been lost with it. */
  lost(link: WireLink): void;
}

/** One subscriber. */
interface Subscriber extends Recipient {
  readonly link: SubscriberLink;
}

export interface PublisherOptions {
  /** For each subscriber. */
  readonly queue: Required<QueueOptions>;
  readonly queueBytesMax: number;
  readonly limits: SubscriptionLimits;
  readonly listener: ListenerOptions;
}

export class Publisher {
  readonly #options: PublisherOptions;
  readonly #owner: PublisherOwner;
  readonly #index: SubscriptionIndex<Subscriber>;
  readonly #subscribers = new Set<Subscriber>();
  /** The synapses whose recipients were found since who wants what has changed. */
  #found: PubSubSynapse[] = [];
  #foundVersion = 0;
  #listener: Listener | undefined;
  #referenced = true;
  #isShut = false;
  /** Who wants what has changed, and nobody was told yet. */
  #changeWaits = false;

  /** @throws {UsageError} if a limit is not in its range. */
  constructor(options: PublisherOptions, owner: PublisherOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#index = new SubscriptionIndex(options.limits, ({ link }, cause) => link.giveUp(cause));
  }

  /**
   * Begins to listen.
   * @returns The address, with the port that the system chose where none was given.
   * @throws {TransportError} (rejects) if the system does not give it.
   */
  async open(address: StreamAddress): Promise<StreamAddress> {
    const listener = await listen(address, this.#options.listener, {
      accept: (connection) => this.#accept(connection),
      failed: (cause, place) => this.#owner.failed(cause, place),
    });
    this.#listener = listener;
    if (!this.#referenced) listener.unref();
    return listener.address;
  }

  /** How many subscribers want the topic now. */
  receivers(topic: Uint8Array): number {
    return this.#index.match(topic).length;
  }

  /** Those who want a message of the synapse. Found anew only when who wants what has changed. */
  recipientsOf(synapse: PubSubSynapse): readonly Recipient[] {
    if (this.#foundVersion !== this.#index.version) this.#forgetFound();
    if (synapse.recipients === undefined) {
      synapse.recipients = this.#index.match(synapse.topicBytes);
      this.#found.push(synapse);
    }
    return synapse.recipients;
  }

  /** All of them at once, so that no topic that is not used any more keeps subscribers that are gone. */
  #forgetFound(): void {
    for (const synapse of this.#found) synapse.recipients = undefined;
    this.#found = [];
    this.#foundVersion = this.#index.version;
  }

  /** Gives each of `recipients` the message; one that is slow has a queue of its own. */
  offer(
    recipients: readonly Recipient[],
    synapse: PubSubSynapse,
    impulse: Impulse,
    patience: Patience | undefined,
  ): Wait {
    let wait: Wait;
    for (const { outbox } of recipients) {
      const each = outbox.offer(synapse, impulse, patience);
      if (each !== undefined) wait = both(wait, each);
    }
    return wait;
  }

  /**
   * Resolves when each subscriber that is there now has read what was sent to it, or is gone.
   * @throws {TransportError} (rejects) as `flushed` of a link does.
   */
  async flush(silenceMsMax: number): Promise<void> {
    const empty = async ({ link, outbox }: Subscriber): Promise<void> => {
      await outbox.empty();
      await link.flushed(silenceMsMax);
    };
    await Promise.all([...this.#subscribers].map(empty));
  }

  /** Sends what waits, until `lingerOver` at most, and lets go of everything. */
  async close(endsMs: number, lingerOver: Promise<void>): Promise<void> {
    const empty = Promise.all([...this.#subscribers].map(({ outbox }) => outbox.empty()));
    await Promise.race([empty, lingerOver]);
    this.#isShut = true;
    const unbound = this.#listener?.close();
    const ends = [...this.#subscribers].map(({ link, outbox }) => {
      outbox.close("the ganglion was closed while the message waited");
      return link.finish(endsMs, lingerOver);
    });
    await Promise.all([...ends, unbound]);
  }

  ref(): void {
    this.#referenced = true;
    for (const each of [this.#listener, ...this.#links()]) each?.ref();
  }

  unref(): void {
    this.#referenced = false;
    for (const each of [this.#listener, ...this.#links()]) each?.unref();
  }

  #links(): SubscriberLink[] {
    return [...this.#subscribers].map(({ link }) => link);
  }

  #accept(connection: Connection): SubscriberLink {
    const link: SubscriberLink = new SubscriberLink(connection, {
      ready: () => subscriber.outbox.connect(link),
      writable: () => subscriber.outbox.flush(),
      subscribed: (prefix) => {
        if (this.#index.add(subscriber, prefix)) this.#changed();
      },
      cancelled: (prefix) => {
        if (this.#index.remove(subscriber, prefix)) this.#changed();
      },
      malformed: (cause) => this.#owner.malformed(cause, link),
      closed: (reason) => this.#closed(subscriber, reason),
    });
    const outbox = new Outbox<PubSubSynapse>(
      `send queue to the subscriber at ${link.remote}`,
      this.#options.queue,
      this.#options.queueBytesMax,
    );
    const subscriber: Subscriber = { link, outbox };
    this.#subscribers.add(subscriber);
    if (!this.#referenced) link.unref();
    if (this.#isShut) link.destroy();
    return link;
  }

  #closed(subscriber: Subscriber, reason: CloseReason): void {
    this.#subscribers.delete(subscriber);
    const wantedSomething = this.#index.removeAll(subscriber);
    subscriber.outbox.close();
    this.#owner.lost(subscriber.link);
    if (reason !== undefined) this.#owner.failed(reason, subscriber.link);
    if (wantedSomething) this.#changed();
  }

  /** Many subscriptions come in one chunk: all of them are one change. */
  #changed(): void {
    if (this.#changeWaits) return;
    this.#changeWaits = true;
    queueMicrotask(() => {
      this.#changeWaits = false;
      this.#owner.subscribersChanged();
    });
  }
}
