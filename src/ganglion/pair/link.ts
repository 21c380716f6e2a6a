/** PairLink: one connection of a pair: envelopes in frames, and what has become of them. */
import { PeerError } from "../../errors.ts";
import type { Label } from "../../identity.ts";
import { systemClock } from "../../io/clock.ts";
import type { CloseReason, Connection, ConnectionSink } from "../../io/connection.ts";
import type { SendBuffer } from "../../io/send-buffer.ts";
import { EnvelopeReader, type EnvelopeTopic } from "../../protocol/envelope.ts";
import { frameHeadByteCount, writeFrameHead } from "../../protocol/zmtp/frame.ts";
import type { Peer } from "../../protocol/zmtp/handshake.ts";
import type { Wait } from "../../wait.ts";
import { DeliveryCount } from "./delivery-count.ts";
import { UnsentCount } from "./unsent-count.ts";

/** What a link does to the ganglion it belongs to. */
export interface LinkOwner {
  /** It waits to be let in: its greeting is there, or its READY, too, and then it says who it is. */
  knocks(link: PairLink): void;
  /** The handshake is over. */
  ready(link: PairLink): void;
  /** It takes messages again after it did not. */
  writable(link: PairLink): void;
  /** A message has arrived; `envelope` is overwritten by the next one. */
  arrived(envelope: EnvelopeReader, isFromOurs: boolean): Wait;
  /** Something arrived that is no message. */
  malformed(cause: PeerError): void;
  /** The last call, once. */
  closed(link: PairLink, reason: CloseReason): void;
}

/** Payloads from this length on are sent from where they are; shorter ones are copied once. */
const byReferenceBytesMin = 16 * 1024;

export class PairLink implements ConnectionSink {
  readonly #connection: Connection;
  readonly #owner: LinkOwner;
  readonly #count = new DeliveryCount();
  readonly #unsent = new UnsentCount();
  readonly #envelope = new EnvelopeReader();
  #output: SendBuffer | undefined;
  #peer: Peer | undefined;
  #inMultipart = false;
  #deaf = false;
  #held = 0;
  #pongWaiters: (() => void)[] = [];
  readonly #gone: Promise<void>;
  #tellGone: () => void = () => {};

  constructor(connection: Connection, owner: LinkOwner) {
    this.#connection = connection;
    this.#owner = owner;
    this.#gone = new Promise((resolve) => {
      this.#tellGone = resolve;
    });
  }

  /** Where the other end is, for people. */
  get remote(): string {
    return this.#connection.remote;
  }

  /** True once its READY is there. */
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

  /** True while messages should be given to `send`. */
  get isWritable(): boolean {
    return this.#output?.writable ?? false;
  }

  /**
   * What was sent and the peer has not confirmed. Others than ours confirm nothing: of what was sent
   * to them it is what had not left this process when the connection was gone.
   */
  get unconfirmed(): number {
    return this.isOurs ? this.#count.unconfirmed : this.#unsent.after(this.#connection.unsentBytes);
  }

  /** Sends one message; only after `ready`. `payload` must not change afterwards. */
  send(topic: EnvelopeTopic, payload: Uint8Array, label: Label | undefined): void {
    const output = this.#output as SendBuffer;
    const id = this.isOurs ? label : undefined;
    const bodyByteCount = topic.byteCount(payload.length, id !== undefined);
    const byteCount = frameHeadByteCount(bodyByteCount) + bodyByteCount;
    const paddingByteCount = -payload.length & 7;
    const isCopied = payload.length < byReferenceBytesMin;
    const at = output.reserve(isCopied ? byteCount : byteCount - payload.length - paddingByteCount);
    const chunk = output.chunk;
    const bodyAt = writeFrameHead(chunk, at, 0, bodyByteCount);
    const payloadAt = topic.writeHead(chunk, bodyAt, payload.length, id);
    if (isCopied) {
      chunk.set(payload, payloadAt);
      // A loop: `fill` takes longer than these few bytes.
      for (let index = payloadAt + payload.length; index < at + byteCount; index++) {
        chunk[index] = 0;
      }
    } else {
      output.append(payload);
      if (paddingByteCount > 0) output.append(new Uint8Array(paddingByteCount));
    }
    this.#count.sent += 1;
    if (!this.isOurs) this.#unsent.wrote(byteCount, output.pendingBytes);
  }

  /** True while a receiver here is slow, so that this end reads nothing. */
  get isHeld(): boolean {
    return this.#held > 0;
  }

  /** Bytes that have come from the peer. */
  get receivedBytes(): number {
    return this.#connection.receivedBytes;
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

  // For the connection.

  knocks(peer: Peer | undefined): void {
    this.#peer = peer;
    if (!this.#deaf) this.#owner.knocks(this);
  }

  ready(peer: Peer, output: SendBuffer): void {
    this.#peer = peer;
    this.#output = output;
    this.#owner.ready(this);
  }

  writable(): void {
    this.#owner.writable(this);
  }

  frame(body: Uint8Array, more: boolean): void {
    if (this.#deaf) return;
    if (more || this.#inMultipart) {
      this.#receivePart(more);
      return;
    }
    this.#count.received += 1;
    try {
      this.#envelope.read(body);
    } catch (cause) {
      this.#refuseMessage(cause);
      return;
    }
    const wait = this.#owner.arrived(this.#envelope, this.isOurs);
    if (wait !== undefined) this.#holdUntil(wait);
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
    this.#owner.closed(this, reason);
  }

  #tellProbers(): void {
    const waiters = this.#pongWaiters;
    this.#pongWaiters = [];
    for (const tell of waiters) tell();
  }

  /** A message of a pair has one frame; one of several is none of ours, and dropped whole. */
  #receivePart(more: boolean): void {
    this.#inMultipart = more;
    if (more) return;
    this.#count.received += 1;
    this.#owner.malformed(new PeerError("a message of several frames; a pair's has one"));
  }

  #refuseMessage(cause: unknown): void {
    if (!(cause instanceof PeerError)) throw cause;
    this.#owner.malformed(cause);
  }

  /** Hands over nothing more until then; calls add up. */
  #holdUntil(wait: Promise<void>): void {
    if (this.#held++ === 0) this.#connection.pause();
    const release = (): void => {
      // `finish` has let go of all holds.
      if (!this.#deaf && --this.#held === 0) this.#connection.resume();
    };
    wait.then(release, release);
  }
}

const nothing = new Uint8Array(0);
