/** WireLink: one connection to a peer: its life, and what has become of the messages on it. */
import { PeerError } from "../../errors.ts";
import { systemClock } from "../../io/clock.ts";
import type { CloseReason, Connection, ConnectionSink } from "../../io/connection.ts";
import type { SendBuffer } from "../../io/send-buffer.ts";
import type { Span } from "../../protocol/span.ts";
import type { Peer } from "../../protocol/zmtp/handshake.ts";
import { DeliveryCount } from "./delivery-count.ts";
import { Probes } from "./probes.ts";
import { UnsentCount } from "./unsent-count.ts";

/** What every link does to the ganglion it belongs to. */
export interface WireLinkOwner {
  /** It waits to be let in: its greeting is there, or its READY, too, and then it says who it is. */
  knocks?(): void;
  /** The handshake is over. */
  ready(): void;
  /** It takes messages again after it did not. */
  writable(): void;
  /** What has come is no message, and was dropped. */
  malformed(cause: PeerError): void;
  /** The last call, once. */
  closed(reason: CloseReason): void;
}

/** By so many the malformed messages of a peer may outnumber the others: each costs its error. */
const malformedSurplusMax = 100;

/** Payloads from this length on are sent from where they are; shorter ones are copied once. */
export const byReferenceBytesMin: number = 16 * 1024;

/** Subclasses know what the frames of a message are. */
export abstract class WireLink implements ConnectionSink {
  readonly #connection: Connection;
  readonly #owner: WireLinkOwner;
  readonly #count = new DeliveryCount();
  readonly #unsent = new UnsentCount();
  readonly #probes: Probes;
  #output: SendBuffer | undefined;
  #peer: Peer | undefined;
  #deaf = false;
  #held = 0;
  #malformedCount = 0;
  readonly #gone: Promise<void>;
  #tellGone: () => void = () => {};

  constructor(connection: Connection, owner: WireLinkOwner) {
    this.#connection = connection;
    this.#owner = owner;
    this.#probes = new Probes(() => connection.ping());
    this.#gone = new Promise((resolve) => {
      this.#tellGone = resolve;
    });
  }

  /** The other end's address, for people. */
  get remote(): string {
    return this.#connection.remote;
  }

  /** Defined once the peer's READY is there. */
  get peer(): Peer | undefined {
    return this.#peer;
  }

  /** True once the peer has said who it is. */
  get isKnown(): boolean {
    return this.#peer !== undefined;
  }

  /** The ganglion of ours at the other end; undefined for others. */
  get peerId(): string | undefined {
    return this.#peer?.plexo?.instanceId.split(".")[1];
  }

  /** The plexus of ours that ganglion is in; undefined for others, and for one that is in none. */
  get nodeId(): string | undefined {
    return this.#peer?.plexo?.instanceId.split(".")[0] || undefined;
  }

  get isOurs(): boolean {
    return this.#peer?.plexo !== undefined;
  }

  /** True while messages should be sent on it. */
  get isWritable(): boolean {
    return this.#output?.writable ?? false;
  }

  /** True while a receiver here is slow, so that this end reads nothing. */
  get isHeld(): boolean {
    return this.#held > 0;
  }

  /** Bytes that have come from the peer. */
  get receivedBytes(): number {
    return this.#connection.receivedBytes;
  }

  /**
   * What was sent and the peer has not confirmed. Others than ours confirm nothing: of what was sent
   * to them it is what had not left this process when the connection was gone.
   */
  get unconfirmed(): number {
    return this.isOurs ? this.#count.unconfirmed : this.#unsent.after(this.#connection.unsentBytes);
  }

  /**
   * Resolves when the peer has answered a PING sent behind all that was sent before, or the link is
   * gone; at once before `ready`, when nothing was sent.
   */
  probe(): Promise<void> {
    return this.#output === undefined ? Promise.resolve() : this.#probes.ask();
  }

  /**
   * Resolves when the peer has read all that was sent before, as far as it can be asked: one of
   * another kind that speaks ZMTP 3.0 only need not know what a PING is, and may end the connection
   * by it.
   */
  caughtUp(): Promise<void> {
    return this.isOurs || this.#peer?.revision === "3.1" ? this.probe() : Promise.resolve();
  }

  /**
   * Takes nothing more, tells a peer of ours how much was taken, waits until it has confirmed what
   * was sent, and ends. Before `ready` it ends at once. Resolves when the link is gone.
   */
  async finish(endsMs: number, lingerOver: Promise<void>): Promise<void> {
    if (this.#output === undefined) {
      this.destroy();
      return this.#gone;
    }
    this.#deaf = true;
    this.#connection.stopEchoing();
    if (this.#held > 0) {
      this.#held = 0;
      this.#connection.resume();
    }
    if (this.isOurs) await Promise.race([this.probe(), lingerOver]);
    this.#connection.end(Math.max(0, endsMs - systemClock.nowMs()));
    await this.#gone;
  }

  /** Lets the peer in that knocks. */
  admit(): void {
    if (!this.#deaf) this.#connection.admit();
  }

  /** Ends it, and tells a peer of ours why. */
  refuse(reason: string): void {
    this.#deaf = true;
    this.#connection.refuse(reason);
  }

  /** The same because of what the peer has done, which becomes the reason for the close. */
  giveUp(cause: PeerError): void {
    this.#deaf = true;
    this.#connection.giveUp(cause);
  }

  destroy(): void {
    this.#deaf = true;
    this.#connection.destroy();
  }

  ref(): void {
    this.#connection.ref();
  }

  unref(): void {
    this.#connection.unref();
  }

  // For subclasses.

  /** True from when this end has decided to part: what comes is not taken any more. */
  protected get isEnding(): boolean {
    return this.#deaf;
  }

  /** Takes a frame of a message. Not called any more once the link finishes. */
  protected abstract receive(body: Span, more: boolean): void;

  /** Where messages go; only after `ready`. */
  protected get output(): SendBuffer {
    return this.#output as SendBuffer;
  }

  /** A message of `byteCount` bytes, frame heads included, was put into `output`. */
  protected countSent(byteCount: number): void {
    this.#count.sent += 1;
    if (!this.isOurs) this.#unsent.wrote(byteCount, this.output.pendingBytes);
  }

  /** A message has come, whatever becomes of it. */
  protected countReceived(): void {
    this.#count.received += 1;
  }

  /**
   * What was counted as received is no message.
   * @throws {PeerError} if the same is to be said of nearly all that comes.
   */
  protected dropMalformed(cause: PeerError): void {
    this.#malformedCount += 1;
    this.#owner.malformed(cause);
    const { received } = this.#count;
    const surplus = 2 * this.#malformedCount - received;
    if (surplus <= malformedSurplusMax) return;
    throw new PeerError(
      `of ${received} messages ${this.#malformedCount} were malformed: ` +
        `these may outnumber the others by ${malformedSurplusMax}`,
      { details: { received, malformedCount: this.#malformedCount, malformedSurplusMax } },
    );
  }

  /** Hands over nothing more until `wait` is settled; calls add up. */
  protected holdUntil(wait: Promise<void>): void {
    if (this.#held++ === 0) this.#connection.pause();
    const release = (): void => {
      // `finish` has let go of all holds.
      if (!this.#deaf && --this.#held === 0) this.#connection.resume();
    };
    wait.then(release, release);
  }

  // For the connection.

  knocks(peer: Peer | undefined): void {
    this.#peer = peer;
    if (!this.#deaf) this.#owner.knocks?.();
  }

  ready(peer: Peer, output: SendBuffer): void {
    this.#peer = peer;
    this.#output = output;
    this.#owner.ready();
  }

  writable(): void {
    this.#owner.writable();
  }

  frame(body: Span, more: boolean): void {
    if (!this.#deaf) this.receive(body, more);
  }

  pingContext(): Uint8Array {
    this.#probes.sent();
    return this.isOurs ? this.#count.context() : nothing;
  }

  ping(context: Uint8Array): void {
    this.#count.pinged(context);
  }

  pong(context: Uint8Array): void {
    this.#count.ponged(context);
    this.#probes.answered();
  }

  closed(reason: CloseReason): void {
    this.#probes.end();
    this.#tellGone();
    this.#owner.closed(reason);
  }
}

const nothing = new Uint8Array(0);
