/** Handshake: what the two ends say before the first message: greetings, then the mechanism. */
import { TransportError } from "../../errors.ts";
import {
  encodeGreeting,
  GreetingReader,
  greetingByteCount,
  greetingStartByteCount,
  type ZmtpRevision,
} from "./greeting.ts";
import { type Mechanism, NullMechanism, type Utterance } from "./mechanism.ts";
import {
  encodeMetadata,
  type Metadata,
  type PlexoIdentity,
  plexoIdentity,
  propertyText,
  socketTypeProperty,
} from "./metadata.ts";
import { checkSocketType, type SocketType } from "./socket-type.ts";

/**
 * Who lets the peer in. `at once`: it is in as soon as the protocol allows. `by owner`: what would
 * let it in is held back until the owner says so.
 */
export type Admission = "at once" | "by owner";

/** What is known of the other end once its part of the handshake is over. */
export interface Peer {
  readonly revision: ZmtpRevision;
  readonly socketType: string;
  /** Defined if the peer is one of ours. */
  readonly plexo: PlexoIdentity | undefined;
  readonly metadata: Metadata;
}

export interface HandshakeOptions {
  readonly socketType: SocketType;
  readonly plexo: PlexoIdentity | undefined;
  readonly timeoutMs: number;
  readonly admission: Admission;
}

/** Nothing is due before `start`. */
export class Handshake {
  readonly #socketType: SocketType;
  readonly #timeoutMs: number;
  readonly #mechanism: Mechanism;
  readonly #greeting = new GreetingReader();
  #greetingRest: Uint8Array | undefined;
  readonly #send: (bytes: Uint8Array) => void;
  #admitted: boolean;
  /** The frame that lets the peer in, while it waits for `admit`. */
  #heldBack: Uint8Array | undefined;
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(options: HandshakeOptions, send: (bytes: Uint8Array) => void) {
    this.#socketType = options.socketType;
    this.#timeoutMs = options.timeoutMs;
    this.#mechanism = new NullMechanism(encodeMetadata(options.socketType, options.plexo));
    this.#admitted = options.admission === "at once";
    this.#send = send;
  }

  /**
   * Sends the start of the greeting. The rest follows when the peer's has begun: libzmq sends the
   * rest of its own then, with its mechanism. It would not if it had seen another one before.
   */
  start(nowMs: number): void {
    this.#deadlineMs = nowMs + this.#timeoutMs;
    const greeting = encodeGreeting(this.#mechanism.name);
    this.#send(greeting.subarray(0, greetingStartByteCount));
    this.#greetingRest = greeting.subarray(greetingStartByteCount);
  }

  /**
   * Takes what the peer's greeting still lacks from the start of `chunk`.
   * @returns How many bytes that were.
   * @throws {PeerError} if it is no greeting that this end can work with.
   */
  greet(chunk: Uint8Array): number {
    const taken = this.#greeting.push(chunk);
    if (this.#greeting.begun) {
      if (this.#greetingRest !== undefined) this.#send(this.#greetingRest);
      this.#greetingRest = undefined;
    }
    if (this.#greeting.complete) {
      this.#greeting.checkMechanism(this.#mechanism.name);
      this.#say(this.#mechanism.start());
    }
    return taken;
  }

  get greeted(): boolean {
    return this.#greeting.complete;
  }

  /**
   * Takes a command that came after the greeting.
   * @returns The peer, when that was its last of the handshake.
   * @throws {PeerError} if the command does not belong here, or the peer does not go with this end.
   */
  receive(name: string, data: Uint8Array): Peer | undefined {
    this.#say(this.#mechanism.receive(name, data));
    const metadata = this.#mechanism.peerMetadata;
    if (metadata === undefined) return undefined;
    const socketType = propertyText(metadata, socketTypeProperty);
    return {
      revision: this.#greeting.revision,
      socketType: checkSocketType(this.#socketType, socketType),
      plexo: plexoIdentity(metadata),
      metadata,
    };
  }

  /** Lets the peer in: what was held back goes out, and nothing is held back any more. */
  admit(): void {
    this.#admitted = true;
    if (this.#heldBack !== undefined) this.#send(this.#heldBack);
    this.#heldBack = undefined;
  }

  /** True while what lets the peer in is due, and waits for `admit`. */
  get holdsBack(): boolean {
    return this.#heldBack !== undefined;
  }

  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** @throws {TransportError} if the time is over. */
  wake(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    throw new TransportError(`${this.#timeoutMs} ms have passed before ${this.#missing}`, {
      details: { timeoutMs: this.#timeoutMs, greetingBytes: this.#greeting.byteCount },
    });
  }

  /** The error that it is when the peer ends the connection now. */
  endError(): TransportError {
    return new TransportError(`the peer ended the connection before ${this.#missing}`, {
      details: { greetingBytes: this.#greeting.byteCount },
    });
  }

  #say(utterance: Utterance | undefined): void {
    if (utterance === undefined) return;
    if (utterance.admits && !this.#admitted) this.#heldBack = utterance.frame;
    else this.#send(utterance.frame);
  }

  // libzmq closes without a word where mechanism or socket type do not suit it.
  get #missing(): string {
    if (this.#greeting.byteCount === 0) return "it sent anything";
    if (this.#mechanism.peerMetadata !== undefined) return "this end had let it in";
    return this.#greeting.complete
      ? `its READY came: perhaps it takes no ${this.#socketType} peer`
      : `its greeting was complete (${this.#greeting.byteCount} of ${greetingByteCount} bytes came): perhaps its security mechanism is another`;
  }
}
