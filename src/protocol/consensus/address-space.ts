/**
 * Address space: the multicast network whose addresses are given to types, `239.255.0.0/16` by
 * default. Inside the consensus an address is its offset from the network's first one, whatever the
 * family; of a network with over 2^32 addresses the lowest 2^32 are used.
 */
import { PeerError, UsageError } from "../../errors.ts";
import { formatIp, isMulticastIp, parseIp } from "../ip.ts";

/** The first addresses of a network are kept for control channels, as in pyplexo 1.0.0. */
export const reservedCount = 32;

/** Addresses that other protocols use: LCM's default group. (RTPS discovery, 239.255.0.1, is reserved anyway.) */
const skippedByDefault: readonly string[] = ["239.255.76.67"];

export class AddressSpace {
  /** How many addresses the network has, the reserved ones included. */
  readonly size: number;
  readonly #base: Uint8Array;
  readonly #skipped: ReadonlySet<number>;
  readonly #text: string;

  /**
   * @param network In CIDR notation: `239.255.0.0/16` or `ff15::/112`.
   * @param skipped Addresses never given to a type, beside LCM's; those outside the network are
   *   passed over.
   * @throws {UsageError} if it is no multicast network, or none of its addresses is free.
   */
  constructor(network: string, skipped: readonly string[] = []) {
    const [address = "", prefixText = "", ...rest] = network.split("/");
    const base = parseIp(address);
    const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
    if (base === undefined || rest.length > 0 || !holdsMulticastOnly(base, prefix)) {
      throw new UsageError(
        `"${network}" is not a multicast network; write it as 239.255.0.0/16 or ff15::/112`,
        { details: { network } },
      );
    }
    if (hasBitsBeyond(base, prefix)) {
      throw new UsageError(
        `"${network}" has bits set beyond its prefix of ${prefix} bits; give the network's first address`,
        { details: { network } },
      );
    }
    this.#text = network;
    this.size = 2 ** Math.min(32, base.length * 8 - prefix);
    this.#base = base;
    this.#skipped = new Set(
      [...skippedByDefault, ...skipped].flatMap((text) => {
        const bytes = parseIp(text);
        if (bytes === undefined) {
          throw new UsageError(`"${text}" is not an IP address`, { details: { address: text } });
        }
        return this.offsetOf(bytes) ?? [];
      }),
    );
    if (this.capacity <= 0) {
      throw new UsageError(
        `"${network}" has ${this.size} addresses, of which the first ${reservedCount} are reserved; choose a larger network`,
        { details: { network, size: this.size, reservedCount } },
      );
    }
  }

  /** How many types can have an address. */
  get capacity(): number {
    let skippedCount = 0;
    for (const offset of this.#skipped) if (offset >= reservedCount) skippedCount += 1;
    return this.size - reservedCount - skippedCount;
  }

  /** Whether a type can have this address. */
  canLease(offset: number): boolean {
    return offset >= reservedCount && offset < this.size && !this.#skipped.has(offset);
  }

  /** @param bytes 4 or 16, in network byte order. @returns undefined if it is outside the network. */
  offsetOf(bytes: Uint8Array): number | undefined {
    const base = this.#base;
    if (bytes.length !== base.length) return undefined;
    for (let index = 0; index < base.length - 4; index += 1) {
      if (bytes[index] !== base[index]) return undefined;
    }
    const offset = readLow32(bytes) - readLow32(base);
    return offset >= 0 && offset < this.size ? offset : undefined;
  }

  /**
   * The address at `offset`: 4 or 16 bytes in network byte order.
   * @throws {UsageError} if it is outside the network.
   */
  bytesAt(offset: number): Uint8Array {
    if (!(Number.isInteger(offset) && offset >= 0 && offset < this.size)) {
      throw new UsageError(`no address ${offset} in ${this.#text}, which has ${this.size}`, {
        details: { offset, network: this.#text, size: this.size },
      });
    }
    const bytes = this.#base.slice();
    const low = readLow32(bytes) + offset;
    new DataView(bytes.buffer).setUint32(bytes.length - 4, low);
    return bytes;
  }

  /** As {@link bytesAt}, but as people write it: `239.255.0.77`. */
  textAt(offset: number): string {
    return formatIp(this.bytesAt(offset));
  }

  /** As {@link offsetOf}, for an address that a peer sent. @throws {PeerError} if it is outside. */
  offsetOfPeer(bytes: Uint8Array): number {
    const offset = this.offsetOf(bytes);
    if (offset !== undefined) return offset;
    const text =
      bytes.length === 4 || bytes.length === 16 ? formatIp(bytes) : `${bytes.length} bytes`;
    throw new PeerError(`address ${text} is outside ${this.#text}, the network of all addresses`, {
      details: { address: text, network: this.#text },
    });
  }
}

/** Whether all addresses of the network are: 224.0.0.0/4 and ff00::/8 hold all there are. */
function holdsMulticastOnly(base: Uint8Array, prefix: number): boolean {
  const [prefixMin, prefixMax] = base.length === 4 ? [4, 32] : [8, 128];
  return isMulticastIp(base) && prefix >= prefixMin && prefix <= prefixMax;
}

function hasBitsBeyond(base: Uint8Array, prefix: number): boolean {
  return base.some((byte, index) => {
    const bitsInside = Math.min(8, Math.max(0, prefix - index * 8));
    return (byte & (0xff >> bitsInside)) !== 0;
  });
}

function readLow32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4);
}
