/**
 * Sealed packets: PGM packets that only those can read and write who have the group's key.
 *
 *   header (16 bytes, in clear, its type marked) | nonce (11) | encrypted rest of the packet | tag (16)
 *
 * The header is authenticated with the rest, its checksum taken as 0. Each session has a key of its
 * own, from the group's key and the TSI. The nonce is the type and, of data, the sequence number, the
 * trail and how often sequence numbers have wrapped, which determine all that is encrypted; of what
 * several may send it is random.
 */
import { readUint32, writeUint32 } from "../big-endian.ts";
import { writeChecksum } from "./checksum.ts";
import { headerBytes, packetTypes } from "./packet.ts";
import { distance } from "./sequence.ts";

/** Of a sealed packet's type. It makes a type that libzmq does not know, and so passes over. */
const sealedFlag = 0x20;

const typeAt = 4;
const checksumAt = 6;
const nonceTailBytes = 11;
const tagBytes = 16;

/** How much longer a packet is sealed. */
export const sealBytes: number = nonceTailBytes + tagBytes;

/** Keys of so many sessions are remembered. */
const keysMax = 4_096;

/** ChaCha20-Poly1305 (RFC 8439) and a key derivation, which the platform provides. */
export interface SealCrypto {
  /** @param tsi 8 bytes. @returns The 32 bytes of the session's key. */
  deriveKey(tsi: Uint8Array): Uint8Array;
  /** @returns The encrypted bytes and the tag of 16. */
  seal(key: Uint8Array, nonce: Uint8Array, clear: Uint8Array, secret: Uint8Array): Uint8Array;
  /** @returns undefined if it was not sealed with this key. */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    clear: Uint8Array,
    sealed: Uint8Array,
  ): Uint8Array | undefined;
  randomBytes(count: number): Uint8Array;
}

/** - `unsealed`: it is none, and may be anybody's. - `forged`: it was not sealed with the group's key. */
export type OpenFault = "unsealed" | "forged";

/** Whether a datagram seems to be a sealed packet, to one who has no key. */
export function isSealed(datagram: Uint8Array): boolean {
  const type = datagram[typeAt] ?? 0;
  return (
    (type & sealedFlag) !== 0 &&
    sealedTypes.has(type & ~sealedFlag) &&
    datagram.length >= headerBytes + sealBytes
  );
}

const sealedTypes: ReadonlySet<number> = new Set(Object.values(packetTypes));

export class PacketSeal {
  readonly #crypto: SealCrypto;
  readonly #keys = new Map<string, Uint8Array>();
  /** Of each session that sends here: the highest sequence number, and how often it wrapped. */
  readonly #sent = new Map<string, { sequence: number; wraps: number }>();

  constructor(crypto: SealCrypto) {
    this.#crypto = crypto;
  }

  /** @param packet A whole packet, which stays as it is. */
  seal(packet: Uint8Array): Uint8Array {
    const type = packet[typeAt] ?? 0;
    const sealed = new Uint8Array(packet.length + sealBytes);
    sealed.set(packet.subarray(0, headerBytes));
    sealed[typeAt] = type | sealedFlag;
    const clear = clearOf(sealed);
    const nonce = this.#nonce(packet, type);
    const secret = packet.subarray(headerBytes);
    const body = this.#crypto.seal(this.#key(clear), nonce, clear, secret);
    sealed.set(nonce.subarray(1), headerBytes);
    sealed.set(body, headerBytes + nonceTailBytes);
    writeChecksum(sealed);
    return sealed;
  }

  /** Opens a datagram. @returns The packet as it was, or what is wrong. */
  open(sealed: Uint8Array): Uint8Array | OpenFault {
    const type = sealed[typeAt] ?? 0;
    if ((type & sealedFlag) === 0) return "unsealed";
    if (sealed.length < headerBytes + sealBytes) return "forged";
    const clear = clearOf(sealed);
    const nonce = new Uint8Array(nonceTailBytes + 1);
    nonce[0] = type & ~sealedFlag;
    nonce.set(sealed.subarray(headerBytes, headerBytes + nonceTailBytes), 1);
    const body = sealed.subarray(headerBytes + nonceTailBytes);
    const secret = this.#crypto.open(this.#key(clear), nonce, clear, body);
    if (secret === undefined) return "forged";
    const packet = new Uint8Array(headerBytes + secret.length);
    packet.set(clear);
    packet[typeAt] = type & ~sealedFlag;
    packet.set(secret, headerBytes);
    writeChecksum(packet);
    return packet;
  }

  #nonce(packet: Uint8Array, type: number): Uint8Array {
    const nonce = new Uint8Array(nonceTailBytes + 1);
    nonce[0] = type;
    switch (type) {
      case packetTypes.odata:
      case packetTypes.rdata:
        nonce.set(packet.subarray(headerBytes, headerBytes + 8), 1);
        writeUint24(nonce, 9, this.#wraps(packet));
        break;
      case packetTypes.spm:
        nonce.set(packet.subarray(headerBytes, headerBytes + 4), 1);
        break;
      default:
        nonce.set(this.#crypto.randomBytes(nonceTailBytes), 1);
    }
    return nonce;
  }

  /** How often the session's sequence numbers had wrapped when this one was sent first. */
  #wraps(packet: Uint8Array): number {
    const key = sessionOf(packet);
    const sequence = readUint32(packet, headerBytes);
    const sent = this.#sent.get(key);
    if (sent === undefined) {
      this.#sent.set(key, { sequence, wraps: 0 });
      return 0;
    }
    if (distance(sent.sequence, sequence) > 0) {
      if (sequence < sent.sequence) sent.wraps += 1;
      sent.sequence = sequence;
      return sent.wraps;
    }
    // A repair of what was sent before the last wrap.
    return sequence > sent.sequence ? sent.wraps - 1 : sent.wraps;
  }

  #key(header: Uint8Array): Uint8Array {
    const session = sessionOf(header);
    const known = this.#keys.get(session);
    if (known !== undefined) return known;
    if (this.#keys.size >= keysMax) this.#keys.clear();
    const key = this.#crypto.deriveKey(tsiOf(header));
    this.#keys.set(session, key);
    return key;
  }
}

/** What is authenticated, but not encrypted. */
function clearOf(sealed: Uint8Array): Uint8Array {
  const clear = sealed.slice(0, headerBytes);
  clear[checksumAt] = 0;
  clear[checksumAt + 1] = 0;
  return clear;
}

/** The GSI and the source's port, which stands first in what comes from the source, second in what goes to it. */
function tsiOf(header: Uint8Array): Uint8Array {
  const type = (header[typeAt] ?? 0) & ~sealedFlag;
  const portAt = type === packetTypes.nak || type === packetTypes.spmr ? 2 : 0;
  const tsi = new Uint8Array(8);
  tsi.set(header.subarray(8, 14));
  tsi.set(header.subarray(portAt, portAt + 2), 6);
  return tsi;
}

function sessionOf(header: Uint8Array): string {
  const tsi = tsiOf(header);
  return `${readUint32(tsi, 0)}.${readUint32(tsi, 4)}`;
}

function writeUint24(target: Uint8Array, at: number, word: number): void {
  const bytes = new Uint8Array(4);
  writeUint32(bytes, 0, word);
  target.set(bytes.subarray(1), at);
}
