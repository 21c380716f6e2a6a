/** Writes PGM packets, as libzmq does: no options but NAK lists and FIN, and a checksum in each. */
import { writeUint32 } from "../big-endian.ts";
import { writeChecksum } from "./checksum.ts";
import {
  headerBytes,
  type Nak,
  optionFlags,
  optionTypes,
  packetTypes,
  type Spm,
  type Spmr,
} from "./packet.ts";
import type { Tsi } from "./tsi.ts";

/** Where the payload of a data packet begins: after the header, the sequence number and the trail. */
export const dataPayloadAt: number = headerBytes + 8;

/** Of OPT_LENGTH and of OPT_FIN. */
const plainOptionBytes = 4;

export function writeSpm(spm: Spm): Uint8Array {
  const addressAt = headerBytes + 12;
  const optionsAt = addressAt + 4 + spm.nla.length;
  const packet = new Uint8Array(optionsAt + (spm.fin ? 2 * plainOptionBytes : 0));
  writeHeader(packet, packetTypes.spm, spm.tsi, { from: spm.tsi.port, to: spm.port });
  writeUint32(packet, headerBytes, spm.sequence);
  writeUint32(packet, headerBytes + 4, spm.trail);
  writeUint32(packet, headerBytes + 8, spm.lead);
  writeAddress(packet, addressAt, spm.nla);
  if (spm.fin) {
    packet[5] = optionFlags.present;
    writeOptionLength(packet, optionsAt, 2 * plainOptionBytes);
    const finAt = optionsAt + plainOptionBytes;
    packet[finAt] = optionTypes.fin | optionTypes.last;
    packet[finAt + 1] = plainOptionBytes;
  }
  writeChecksum(packet);
  return packet;
}

/** Finishes a data packet whose payload stands in its place already. */
export function writeDataHead(
  packet: Uint8Array,
  { kind, tsi, port, sequence, trail }: DataHead,
): void {
  writeHeader(packet, packetTypes[kind], tsi, { from: tsi.port, to: port });
  writeUint16(packet, 14, packet.length - dataPayloadAt);
  writeUint32(packet, headerBytes, sequence);
  writeUint32(packet, headerBytes + 4, trail);
  writeChecksum(packet);
}

export interface DataHead {
  readonly kind: "odata" | "rdata";
  readonly tsi: Tsi;
  readonly port: number;
  readonly sequence: number;
  readonly trail: number;
}

export function writeNak({ kind, tsi, port, sequences, nla, group }: Nak): Uint8Array {
  const nlaAt = headerBytes + 4;
  const groupAt = nlaAt + 4 + nla.length;
  const optionsAt = groupAt + 4 + group.length;
  const [first = 0, ...others] = sequences;
  const listBytes = others.length === 0 ? 0 : plainOptionBytes + 4 + others.length * 4;
  const packet = new Uint8Array(optionsAt + listBytes);
  const ports = kind === "nak" ? { from: port, to: tsi.port } : { from: tsi.port, to: port };
  writeHeader(packet, packetTypes[kind], tsi, ports);
  writeUint32(packet, headerBytes, first);
  writeAddress(packet, nlaAt, nla);
  writeAddress(packet, groupAt, group);
  if (others.length > 0) {
    packet[5] = optionFlags.present | optionFlags.networkSignificant;
    writeOptionLength(packet, optionsAt, listBytes);
    const listAt = optionsAt + plainOptionBytes;
    packet[listAt] = optionTypes.nakList | optionTypes.last;
    packet[listAt + 1] = 4 + others.length * 4;
    for (const [index, sequence] of others.entries()) {
      writeUint32(packet, listAt + 4 + index * 4, sequence);
    }
  }
  writeChecksum(packet);
  return packet;
}

export function writeSpmr({ tsi, port }: Spmr): Uint8Array {
  const packet = new Uint8Array(headerBytes);
  writeHeader(packet, packetTypes.spmr, tsi, { from: port, to: tsi.port });
  writeChecksum(packet);
  return packet;
}

function writeHeader(
  packet: Uint8Array,
  type: number,
  { gsi }: Tsi,
  ports: { readonly from: number; readonly to: number },
): void {
  writeUint16(packet, 0, ports.from);
  writeUint16(packet, 2, ports.to);
  packet[4] = type;
  writeUint32(packet, 8, Math.floor(gsi / 0x1_0000));
  writeUint16(packet, 12, gsi % 0x1_0000);
}

function writeAddress(packet: Uint8Array, at: number, address: Uint8Array): void {
  writeUint16(packet, at, address.length === 4 ? 1 : 2);
  packet.set(address, at + 4);
}

function writeOptionLength(packet: Uint8Array, at: number, totalBytes: number): void {
  packet[at] = optionTypes.length;
  packet[at + 1] = plainOptionBytes;
  writeUint16(packet, at + 2, totalBytes);
}

function writeUint16(packet: Uint8Array, at: number, word: number): void {
  packet[at] = word >>> 8;
  packet[at + 1] = word & 0xff;
}
