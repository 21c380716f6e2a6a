/** PGM packets, as far as EPGM uses them (RFC 3208, section 8; one packet fills one UDP datagram). */
import type { Tsi } from "./tsi.ts";

/** Of the type field. */
export const packetTypes = {
  spm: 0x00,
  odata: 0x04,
  rdata: 0x05,
  nak: 0x08,
  ncf: 0x0a,
  spmr: 0x0c,
} as const;

/** Of the options field. */
export const optionFlags = { present: 0x01, networkSignificant: 0x02, parity: 0x80 } as const;

/** Of an option's type byte. */
export const optionTypes = {
  length: 0x00,
  fragment: 0x01,
  nakList: 0x02,
  fin: 0x0e,
  last: 0x80,
} as const;

/** Source and destination port, type, options, checksum, GSI, TSDU length. */
export const headerBytes = 16;

/** One in the fixed part and 62 in the list. */
export const sequencesPerNak = 63;

/** Source path message: where the source is reached and what it can repeat. */
export interface Spm {
  readonly kind: "spm";
  readonly tsi: Tsi;
  readonly port: number;
  readonly sequence: number;
  readonly trail: number;
  readonly lead: number;
  /** The source's own address, 4 or 16 bytes. */
  readonly nla: Uint8Array;
  /** The source closes. */
  readonly fin: boolean;
}

/** Data, for the first time or as a repair. */
export interface Data {
  readonly kind: "odata" | "rdata";
  readonly tsi: Tsi;
  readonly port: number;
  readonly sequence: number;
  readonly trail: number;
  /** The TSDU: a view of the datagram. */
  readonly payload: Uint8Array;
}

/** A request for repairs, and its confirmation by the source. */
export interface Nak {
  readonly kind: "nak" | "ncf";
  readonly tsi: Tsi;
  readonly port: number;
  /** 1 to 63, in the order in which they stand. */
  readonly sequences: readonly number[];
  readonly nla: Uint8Array;
  readonly group: Uint8Array;
}

/** A request for an SPM. */
export interface Spmr {
  readonly kind: "spmr";
  readonly tsi: Tsi;
  readonly port: number;
}

export type PgmPacket = Spm | Data | Nak | Spmr;

/** What is no packet, or none that EPGM uses. */
export interface Malformed {
  readonly kind: "malformed";
  readonly reason: MalformedReason;
}

/**
 * - `short`: the datagram ends too early. - `checksum`: it is wrong, or absent from data.
 * - `length`: the TSDU length is not what is there. - `options`: they are not well-formed.
 * - `fragment`: data with OPT_FRAGMENT, which EPGM does not use. - `address`: of an unknown family.
 * - `type`: a packet of a kind that EPGM does not use.
 */
export type MalformedReason =
  | "short"
  | "checksum"
  | "length"
  | "options"
  | "fragment"
  | "address"
  | "type";
