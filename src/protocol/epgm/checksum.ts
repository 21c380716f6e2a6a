/**
 * Checksum: the one's complement of the one's complement sum of a packet's 16-bit words, its own field
 * taken as 0 (RFC 3208, section 8, "Checksum"). There is no pseudo-header; an odd last byte is padded with 0.
 */

/** Where it stands in a packet. */
const checksumAt = 6;

/** Fills in the checksum. One that would be 0 is sent as ffff, since 0 says that there is none. */
export function writeChecksum(packet: Uint8Array): void {
  packet[checksumAt] = 0;
  packet[checksumAt + 1] = 0;
  const sum = ~sumOf(packet) & 0xffff;
  const checksum = sum === 0 ? 0xffff : sum;
  packet[checksumAt] = checksum >>> 8;
  packet[checksumAt + 1] = checksum & 0xff;
}

/** - `none`: the sender has left it out, which data packets must not. */
export function verifyChecksum(packet: Uint8Array): "right" | "wrong" | "none" {
  if (packet[checksumAt] === 0 && packet[checksumAt + 1] === 0) return "none";
  return sumOf(packet) === 0xffff ? "right" : "wrong";
}

/** The sum of all words, folded to 16 bits. */
function sumOf(packet: Uint8Array): number {
  const evenLength = packet.length & ~1;
  let sum = 0;
  for (let index = 0; index < evenLength; index += 2) {
    sum += ((packet[index] ?? 0) << 8) | (packet[index + 1] ?? 0);
  }
  if (evenLength !== packet.length) sum += (packet[evenLength] ?? 0) << 8;
  // A packet has at most 65,535 bytes, so the sum stays far below 2^32.
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
