/**
 * Mechanism: how two ends make sure of each other between greeting and traffic. NULL does not.
 *
 * Source: RFC 37 (ZMTP 3.1), "Authentication and Confidentiality", "The NULL Security Mechanism".
 */
import { PeerError } from "../../errors.ts";
import { encodeCommand } from "./command.ts";
import { type Metadata, parseMetadata } from "./metadata.ts";

/**
 * The handshake of one connection. A session has taken ERROR out before. NULL leaves traffic as it
 * is; a mechanism that encrypts it will open every frame received and seal every frame sent.
 */
export interface Mechanism {
  /** As in the greeting. */
  readonly name: string;
  /** The greetings are exchanged. @returns The frame to send now, if this end speaks first. */
  start(): Uint8Array | undefined;
  /**
   * Takes the peer's next command.
   * @returns The frame to send in reply, if any.
   * @throws {PeerError} if the handshake fails.
   */
  receive(name: string, data: Uint8Array): Uint8Array | undefined;
  /** What the peer says of itself; defined as soon as the handshake is over on this end. */
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

  start(): Uint8Array {
    return encodeCommand("READY", this.#metadata);
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
