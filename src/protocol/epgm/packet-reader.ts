/** Reads PGM packets. Nothing is thrown: anybody may send anything to a group. */
import { readUint32 } from "../big-endian.ts";
import { verifyChecksum } from "./checksum.ts";
import {
  headerBytes,
  type Malformed,
  type MalformedReason,
  optionFlags,
  optionTypes,
  type PgmPacket,
  packetTypes,
  sequencesPerNak,
} from "./packet.ts";
import type { Tsi } from "./tsi.ts";

/** Address family identifiers (RFC 3208, section 8, by IANA's numbers), and how long the addresses are. */
const addressBytes: Readonly<Record<number, number>> = { 1: 4, 2: 16 };

/** Beside the address: its family and 2 bytes of 0. */
const addressHeadBytes = 4;

interface Options {
  readonly sequences: readonly number[];
  readonly fin: boolean;
  readonly fragment: boolean;
}

const noOptions: Options = { sequences: [], fin: false, fragment: false };

/** Reads one datagram. What is returned has views of it. */
export function readPacket(bytes: Uint8Array): PgmPacket | Malformed {
  if (bytes.length < headerBytes) return malformed("short");
  const type = bytes[4] ?? 0;
  const isData = type === packetTypes.odata || type === packetTypes.rdata;
  const checksum = verifyChecksum(bytes);
  if (checksum === "wrong" || (checksum === "none" && isData)) return malformed("checksum");
  // What parity packets carry, or ask for, is no data; EPGM has none.
  if (((bytes[5] ?? 0) & optionFlags.parity) !== 0) return malformed("type");
  switch (type) {
    case packetTypes.odata:
      return readData(bytes, "odata");
    case packetTypes.rdata:
      return readData(bytes, "rdata");
    case packetTypes.spm:
      return readSpm(bytes);
    case packetTypes.nak:
      return readNak(bytes, "nak");
    case packetTypes.ncf:
      return readNak(bytes, "ncf");
    case packetTypes.spmr:
      return { kind: "spmr", ...upstreamPorts(bytes) };
    default:
      return malformed("type");
  }
}

function readData(bytes: Uint8Array, kind: "odata" | "rdata"): PgmPacket | Malformed {
  let start = headerBytes + 8;
  if (bytes.length < start) return malformed("short");
  if (hasOptions(bytes)) {
    const options = readOptions(bytes, start);
    if (options === undefined) return malformed("options");
    if (options.fragment) return malformed("fragment");
    start += optionsBytes(bytes, start);
  }
  if (bytes.length - start !== readUint16(bytes, 14)) return malformed("length");
  return {
    kind,
    ...downstreamPorts(bytes),
    sequence: readUint32(bytes, headerBytes),
    trail: readUint32(bytes, headerBytes + 4),
    payload: bytes.subarray(start),
  };
}

function readSpm(bytes: Uint8Array): PgmPacket | Malformed {
  const addressAt = headerBytes + 12;
  const nla = readAddress(bytes, addressAt);
  if (nla === undefined) return malformed(bytes.length < addressAt ? "short" : "address");
  const options = readOptionsIfAny(bytes, addressAt + addressHeadBytes + nla.length);
  if (options === undefined) return malformed("options");
  return {
    kind: "spm",
    ...downstreamPorts(bytes),
    sequence: readUint32(bytes, headerBytes),
    trail: readUint32(bytes, headerBytes + 4),
    lead: readUint32(bytes, headerBytes + 8),
    nla,
    fin: options.fin,
  };
}

function readNak(bytes: Uint8Array, kind: "nak" | "ncf"): PgmPacket | Malformed {
  const nlaAt = headerBytes + 4;
  const nla = readAddress(bytes, nlaAt);
  if (nla === undefined) return malformed(bytes.length < nlaAt ? "short" : "address");
  const groupAt = nlaAt + addressHeadBytes + nla.length;
  const group = readAddress(bytes, groupAt);
  if (group === undefined) return malformed("address");
  const options = readOptionsIfAny(bytes, groupAt + addressHeadBytes + group.length);
  if (options === undefined) return malformed("options");
  return {
    kind,
    ...(kind === "nak" ? upstreamPorts(bytes) : downstreamPorts(bytes)),
    sequences: [readUint32(bytes, headerBytes), ...options.sequences],
    nla,
    group,
  };
}

/** From the source: its port is the source port. */
function downstreamPorts(bytes: Uint8Array): { tsi: Tsi; port: number } {
  return { tsi: { gsi: readGsi(bytes), port: readUint16(bytes, 0) }, port: readUint16(bytes, 2) };
}

/** To the source: its port is the destination port. */
function upstreamPorts(bytes: Uint8Array): { tsi: Tsi; port: number } {
  return { tsi: { gsi: readGsi(bytes), port: readUint16(bytes, 2) }, port: readUint16(bytes, 0) };
}

function readGsi(bytes: Uint8Array): number {
  return readUint32(bytes, 8) * 0x1_0000 + readUint16(bytes, 12);
}

function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function readAddress(bytes: Uint8Array, at: number): Uint8Array | undefined {
  if (bytes.length < at + addressHeadBytes) return undefined;
  const byteCount = addressBytes[readUint16(bytes, at)];
  const start = at + addressHeadBytes;
  if (byteCount === undefined || bytes.length < start + byteCount) return undefined;
  return bytes.subarray(start, start + byteCount);
}

function hasOptions(bytes: Uint8Array): boolean {
  return ((bytes[5] ?? 0) & optionFlags.present) !== 0;
}

function readOptionsIfAny(bytes: Uint8Array, at: number): Options | undefined {
  return hasOptions(bytes) ? readOptions(bytes, at) : noOptions;
}

/** The total length that OPT_LENGTH gives, known to be inside the packet. */
function optionsBytes(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at + 2);
}

/** RFC 3208, section 9: OPT_LENGTH first, then options of at least 4 bytes, the last one marked. */
function readOptions(bytes: Uint8Array, at: number): Options | undefined {
  if (bytes.length < at + 4) return undefined;
  const totalBytes = optionsBytes(bytes, at);
  if (bytes[at] !== optionTypes.length || bytes[at + 1] !== 4) return undefined;
  if (totalBytes < 4 || at + totalBytes > bytes.length) return undefined;
  const end = at + totalBytes;
  const sequences: number[] = [];
  let fin = false;
  let fragment = false;
  for (let next = at + 4; next < end; ) {
    const type = bytes[next] ?? 0;
    const byteCount = bytes[next + 1] ?? 0;
    if (byteCount < 4 || next + byteCount > end) return undefined;
    switch (type & ~optionTypes.last) {
      case optionTypes.nakList:
        readSequences(bytes, next + 4, next + byteCount, sequences);
        break;
      case optionTypes.fin:
        fin = true;
        break;
      case optionTypes.fragment:
        fragment = true;
        break;
      default: // Others say nothing that matters here.
    }
    if ((type & optionTypes.last) !== 0) break;
    next += byteCount;
  }
  return { sequences, fin, fragment };
}

function readSequences(bytes: Uint8Array, from: number, end: number, into: number[]): void {
  for (let at = from; at + 4 <= end && into.length < sequencesPerNak - 1; at += 4) {
    into.push(readUint32(bytes, at));
  }
}

function malformed(reason: MalformedReason): Malformed {
  return { kind: "malformed", reason };
}
