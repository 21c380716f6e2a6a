/** Source: one publisher that a pub/sub ganglion listens to. */
import type { PeerError } from "../../errors.ts";
import type { StreamAddress } from "../../io/address.ts";
import type { CloseReason, Connection } from "../../io/connection.ts";
import { Connector, type ConnectorOptions } from "../../io/stream.ts";
import type { EnvelopeId } from "../../protocol/envelope.ts";
import type { Span } from "../../protocol/span.ts";
import type { Wait } from "../../wait.ts";
import { Failures } from "../wire/failures.ts";
import type { WireLink } from "../wire/link.ts";
import { PublisherLink } from "./publisher-link.ts";

/** What a source does to the ganglion it belongs to. */
export interface SourceOwner {
  /** What is asked of every publisher; asked anew at each connection. */
  readonly prefixes: Iterable<Uint8Array>;
  /** True if the publisher is the ganglion itself, which is asked for nothing. */
  isItself(link: WireLink): boolean;
  arrived(topic: Span, payload: Uint8Array, id: EnvelopeId | undefined): Wait;
  malformed(cause: PeerError, link: WireLink): void;
  /**
   * A connection failed, or could not be made. The same one again and again is told once.
   * @param remote Where the other end is, where the cause does not say so.
   */
  failed(cause: NonNullable<CloseReason>, remote?: string): void;
  /** A link is gone. */
  lost(link: WireLink): void;
}

export class Source {
  readonly #owner: SourceOwner;
  readonly #connector: Connector;
  readonly #failures: Failures;
  #link: PublisherLink | undefined;
  #isReady = false;
  /** The link once it is ready, if anything is asked by it. */
  #asked: PublisherLink | undefined;
  #isClosing = false;
  #referenced = true;
  /** Resolves when the first try to connect has come to something, good or bad. */
  readonly #tried: Promise<void>;
  #tellTried: () => void = () => {};

  /** Starts to connect, and goes on until closed. @throws {UsageError} if the address is none. */
  constructor(address: StreamAddress, options: ConnectorOptions, owner: SourceOwner) {
    this.#owner = owner;
    this.#tried = new Promise((resolve) => {
      this.#tellTried = resolve;
    });
    this.#failures = new Failures((cause, remote) => owner.failed(cause, remote));
    this.#connector = new Connector(address, options, {
      accept: (connection) => this.#accept(connection),
      failed: (cause) => this.#failed(cause),
    });
  }

  get isConnected(): boolean {
    return this.#isReady;
  }

  subscribe(prefix: Uint8Array): void {
    this.#asked?.subscribe(prefix);
  }

  cancel(prefix: Uint8Array): void {
    this.#asked?.cancel(prefix);
  }

  /**
   * Resolves when the publisher has taken note of all that was asked for, or has shown that it
   * cannot be reached now.
   */
  async inEffect(): Promise<void> {
    await this.#tried;
    if (this.#isReady) await this.#link?.caughtUp();
  }

  async close(endsMs: number, lingerOver: Promise<void>): Promise<void> {
    this.#isClosing = true;
    this.#connector.close();
    this.#tellTried();
    await this.#link?.finish(endsMs, lingerOver);
  }

  ref(): void {
    this.#referenced = true;
    for (const each of [this.#connector, this.#link]) each?.ref();
  }

  unref(): void {
    this.#referenced = false;
    for (const each of [this.#connector, this.#link]) each?.unref();
  }

  #accept(connection: Connection): PublisherLink {
    const link = new PublisherLink(connection, {
      ready: () => this.#ready(link),
      writable: () => {},
      arrived: (topic, payload, id) => this.#owner.arrived(topic, payload, id),
      malformed: (cause) => this.#owner.malformed(cause, link),
      closed: (reason) => this.#closed(link, reason),
    });
    this.#link = link;
    if (!this.#referenced) link.unref();
    return link;
  }

  #ready(link: PublisherLink): void {
    this.#isReady = true;
    this.#failures.over();
    if (!this.#owner.isItself(link)) {
      this.#asked = link;
      link.begin(this.#owner.prefixes);
    }
    this.#tellTried();
  }

  #closed(link: PublisherLink, reason: CloseReason): void {
    this.#isReady = false;
    this.#asked = undefined;
    this.#link = undefined;
    this.#owner.lost(link);
    if (reason !== undefined) this.#failed(reason, link.remote);
    this.#tellTried();
  }

  #failed(cause: NonNullable<CloseReason>, remote?: string): void {
    if (!this.#isClosing) this.#failures.happened(cause, remote);
    this.#tellTried();
  }
}
