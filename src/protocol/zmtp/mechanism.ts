/**
 * Mechanism: how two ends make sure of each other between greeting and traffic. NULL does not.
 *
 * Source: RFC 37 (ZMTP 3.1), "Authentication and Confidentiality", "The NULL Security Mechanism".
 */
import { PeerError } from "../../errors.ts";
import { encodeCommand } from "./command.ts";
import { type Metadata, parseMetadata } from "./metadata.ts";

/** What this end says in a handshake. */
export interface Utterance {
  /** A whole frame. */
  readonly frame: Uint8Array;
  /**
   * It lets the peer in: after it the peer may take the handshake for done, and send messages. Such
   * a frame waits for the owner where that decides on admission.
   */
  readonly admits: boolean;
}

/**
 * The handshake of one connection. A session has taken ERROR out before. NULL leaves traffic as it
 * is; a mechanism that encrypts it will open every frame received and seal every frame sent.
 */
export interface Mechanism {
  /** As in the greeting. */
  readonly name: string;
  /** The greetings are exchanged. @returns What to say now, if this end speaks first. */
  start(): Utterance | undefined;
  /**
   * Takes the peer's next command.
   * @returns The reply, if any.
   * @throws {PeerError} if the handshake fails.
   */
  receive(name: string, data: Uint8Array): Utterance | undefined;
  /** What the peer says of itself; defined as soon as its part of the handshake is over. */
  readonly peerMetadata: Metadata | undefined;
}

/** Each end sends READY with its metadata, without waiting for the other's, and that is all. */
export class NullMechanism implements Mechanism {
  readonly name = "NULL";
  readonly #metadata: Uint8Array;
  #peerMetadata: Metadata | undefined;

  /** @param metadata The encoded properties of this end. */
  constructor(metadata: Uint8Array) {
    this.#metadata = metadata;
  }

  start(): Utterance {
    return { frame: encodeCommand("READY", this.#metadata), admits: true };
  }

  receive(name: string, data: Uint8Array): undefined {
    if (name !== "READY") {
      throw new PeerError(`command ${name} in the NULL handshake, READY or ERROR expected`, {
        details: { name },
      });
    }
    this.#peerMetadata = parseMetadata(data);
  }

  get peerMetadata(): Metadata | undefined {
    return this.#peerMetadata;
  }
}
