/**
 * Greeting: the 64 bytes with which each end of a connection begins.
 *
 * Source: RFC 37 (ZMTP 3.1), "Formal Grammar" and "Version Negotiation".
 */
import { PeerError } from "../../errors.ts";
import { asciiBytes, asciiText } from "./ascii.ts";

export const greetingByteCount = 64;
/** The signature and the major version: what a peer has to see before it sends more than that. */
export const greetingStartByteCount = 11;

/** The revisions that differ on the wire: in how subscriptions are sent. */
export type ZmtpRevision = "3.0" | "3.1";

const signatureStart = 0xff;
const paddingEndAt = 8;
const signatureEndAt = 9;
const versionMajorAt = 10;
const versionMinorAt = 11;
const mechanismAt = 12;
const mechanismBytesMax = 20;

/**
 * A greeting of revision 3.1, the same bytes as libzmq's: it has 1 in the last octet of the padding,
 * where its 1.0 peers look for a length, and as-server stays 0, as it neither sends nor reads another.
 */
export function encodeGreeting(mechanism: string): Uint8Array {
  const bytes = new Uint8Array(greetingByteCount);
  bytes[0] = signatureStart;
  bytes[paddingEndAt] = 1;
  bytes[signatureEndAt] = 0x7f;
  bytes[versionMajorAt] = 3;
  bytes[versionMinorAt] = 1;
  bytes.set(asciiBytes(mechanism), mechanismAt);
  return bytes;
}

/** Collects the peer's greeting, and refuses it as soon as it cannot become one of ZMTP 3. */
export class GreetingReader {
  readonly #bytes = new Uint8Array(greetingByteCount);
  #count = 0;

  /**
   * Takes what the greeting still lacks from the start of `chunk`.
   * @returns How many bytes that were.
   * @throws {PeerError} if the peer is older than 3.0, or no ZMTP peer.
   */
  push(chunk: Uint8Array): number {
    const taken = chunk.subarray(0, greetingByteCount - this.#count);
    this.#bytes.set(taken, this.#count);
    this.#count += taken.length;
    // Peers of ZMTP 1.0 never send 64 bytes unasked: they are told by the first that differ.
    checkSignature(this.#bytes, this.#count);
    checkVersion(this.#bytes, this.#count);
    return taken.length;
  }

  /** The peer's version is known, and does. */
  get begun(): boolean {
    return this.#count >= greetingStartByteCount;
  }

  get complete(): boolean {
    return this.#count === greetingByteCount;
  }

  get byteCount(): number {
    return this.#count;
  }

  /**
   * Compares all 20 octets of a complete greeting.
   * @throws {PeerError} if the peer's mechanism is not `own`.
   */
  checkMechanism(own: string): void {
    const field = this.#bytes.subarray(mechanismAt, mechanismAt + mechanismBytesMax);
    let end = mechanismBytesMax;
    while (end > 0 && field[end - 1] === 0) end--;
    const peer = asciiText(field.subarray(0, end));
    if (peer === own) return;
    throw new PeerError(
      `the peer uses security mechanism "${peer}", this end "${own}": set both ends alike`,
      { details: { peer, own } },
    );
  }

  /** What a complete greeting announced. RFC 37: versions above 3.1 must be taken, as 3.1. */
  get revision(): ZmtpRevision {
    return this.#bytes[versionMajorAt] === 3 && this.#bytes[versionMinorAt] === 0 ? "3.0" : "3.1";
  }
}

function checkSignature(bytes: Uint8Array, count: number): void {
  const first = bytes[0] ?? 0;
  const last = bytes[signatureEndAt] ?? 0;
  const hasStart = count === 0 || first === signatureStart;
  // Like libzmq: of the last octet only bit 0 counts, which a ZMTP 1.0 peer leaves clear.
  const hasEnd = count <= signatureEndAt || (last & 1) === 1;
  if (hasStart && hasEnd) return;
  throw new PeerError(
    hasStart
      ? `greeting octet 9 is 0x${hex(last)}, 0x7f expected: the peer speaks ZMTP 1.0, 3.0 or later is needed`
      : `greeting begins with 0x${hex(first)}, 0xff expected: the peer speaks ZMTP 1.0 or no ZMTP at all`,
    { details: { first, last } },
  );
}

function checkVersion(bytes: Uint8Array, count: number): void {
  const major = bytes[versionMajorAt] ?? 0;
  if (count <= versionMajorAt || major >= 3) return;
  // The octet is a revision number in the old protocols: 0 is ZMTP 1.0 and 1 is ZMTP 2.0.
  const version = major === 0 ? "1.0" : "2.0";
  throw new PeerError(`the peer speaks ZMTP ${version}, 3.0 or later is needed`, {
    details: { major },
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
