import { PeerError } from "../../../src/errors.ts";
import { writeChecksum } from "../../../src/protocol/epgm/checksum.ts";
import { headerBytes, type PgmPacket } from "../../../src/protocol/epgm/packet.ts";
import { readPacket } from "../../../src/protocol/epgm/packet-reader.ts";
import {
  dataPayloadAt,
  writeDataHead,
  writeNak,
  writeSpm,
  writeSpmr,
} from "../../../src/protocol/epgm/packet-writer.ts";
import { messageTarget } from "../message-target.ts";
import { type FuzzTarget, hexTokens } from "../target.ts";

export const packet: FuzzTarget = messageTarget<PgmPacket>({
  dictionary: [
    // Types with their options; addresses; OPT_LENGTH with OPT_FIN, OPT_NAK_LIST and OPT_FRAGMENT.
    ...hexTokens("0000", "0400", "0500", "0800", "0803", "0a03", "0c00", "0401"),
    ...hexTokens("000100007f000001", "00020000", "000400088e040000", "0004000c82080000"),
    ...hexTokens("000400148110", "ffffffff", "00000000"),
  ],
  decode(bytes) {
    readPacket(bytes);
    // Chance finds no checksum, so what is behind it is tried with one that is right.
    const summed = bytes.slice();
    if (summed.length >= headerBytes) writeChecksum(summed);
    const read = readPacket(summed);
    if (read.kind === "malformed") throw new PeerError(read.reason);
    return read;
  },
  encode(read) {
    switch (read.kind) {
      case "spm":
        return writeSpm(read);
      case "nak":
      case "ncf":
        return writeNak(read);
      case "spmr":
        return writeSpmr(read);
      default: {
        const bytes = new Uint8Array(dataPayloadAt + read.payload.length);
        bytes.set(read.payload, dataPayloadAt);
        writeDataHead(bytes, read);
        return bytes;
      }
    }
  },
});
