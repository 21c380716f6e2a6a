/** WireLink: one connection to a peer: its life, and what has become of the messages on it. */
import { systemClock } from "../../io/clock.ts";
import type { CloseReason, Connection, ConnectionSink } from "../../io/connection.ts";
import type { SendBuffer } from "../../io/send-buffer.ts";
import type { Peer } from "../../protocol/zmtp/handshake.ts";
import { DeliveryCount } from "./delivery-count.ts";
import { UnsentCount } from "./unsent-count.ts";

/** What every link does to the ganglion it belongs to. */
export interface WireLinkOwner {
  /** It waits to be let in: its greeting is there, or its READY, too, and then it says who it is. */
  knocks?(): void;
  /** The handshake is over. */
  ready(): void;
  /** It takes messages again after it did not. */
  writable(): void;
  /** The last call, once. */
  closed(reason: CloseReason): void;
}

/** Payloads from this length on are sent from where they are; shorter ones are copied once. */
export const byReferenceBytesMin: number = 16 * 1024;

/** Subclasses know what the frames of a message are. */
export abstract class WireLink implements ConnectionSink {
  readonly #connection: Connection;
  readonly #owner: WireLinkOwner;
  readonly #count = new DeliveryCount();
  readonly #unsent = new UnsentCount();
  #output: SendBuffer | undefined;
  #peer: Peer | undefined;
  #deaf = false;
  #held = 0;
  #pongWaiters: (() => void)[] = [];
  readonly #gone: Promise<void>;
  #tellGone: () => void = () => {};

  constructor(connection: Connection, owner: WireLinkOwner) {
    this.#connection = connection;
    this.#owner = owner;
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

  /** Resolves when the peer has answered a PING that is sent now, or the link is gone. */
  probe(): Promise<void> {
    return new Promise((resolve) => {
      this.#pongWaiters.push(resolve);
      this.#connection.ping();
    });
  }

  /**
   * Takes nothing more, tells a peer of ours how much was taken, waits until it has confirmed what
   * was sent, and ends. Resolves when the link is gone.
   */
  async finish(endsMs: number, lingerOver: Promise<void>): Promise<void> {
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

  /** Takes a frame of a message. Not called any more once the link finishes. */
  protected abstract receive(body: Uint8Array, more: boolean): void;

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

  frame(body: Uint8Array, more: boolean): void {
    if (!this.#deaf) this.receive(body, more);
  }

  pingContext(): Uint8Array {
    return this.isOurs ? this.#count.context() : nothing;
  }

  ping(context: Uint8Array): void {
    this.#count.pinged(context);
  }

  pong(context: Uint8Array): void {
    this.#count.ponged(context);
    this.#tellProbers();
  }

  closed(reason: CloseReason): void {
    this.#tellProbers();
    this.#tellGone();
    this.#owner.closed(reason);
  }

  #tellProbers(): void {
    const waiters = this.#pongWaiters;
    this.#pongWaiters = [];
    for (const tell of waiters) tell();
  }
}

const nothing = new Uint8Array(0);
