import { PeerError } from "../../../src/errors.ts";
import { StreamReader } from "../../../src/protocol/epgm/stream-reader.ts";
import { StreamWriter } from "../../../src/protocol/epgm/stream-writer.ts";
import { streamTarget } from "../stream-target.ts";
import { Finding, type FuzzTarget, hexTokens } from "../target.ts";

const limits = { messageBytesMax: 100_000, partsMax: 16 };

/** "The first message starts at once", and "none starts here". */
const starts = Uint8Array.of(0, 0);
const goesOn = Uint8Array.of(0xff, 0xff);

/** The pieces of the stream are the payloads of data packets, their offsets left out. */
export const stream: FuzzTarget = streamTarget({
  dictionary: hexTokens("0100", "0101", "03006162", "fe00", "ff00000000000000ff00", "ff00", "00"),
  open(note) {
    const read: Uint8Array[][] = [];
    const reader = new StreamReader(limits, (parts) => {
      read.push(parts);
      note(describe(parts));
    });
    let offset = starts;
    return {
      push(piece) {
        const fault = reader.push(Buffer.concat([offset, piece]));
        offset = goesOn;
        if (fault !== undefined) throw new PeerError(fault);
      },
      end() {
        note(`unfinished: ${reader.isMidMessage}`);
        checkWritten(read);
      },
    };
  },
});

function checkWritten(read: readonly (readonly Uint8Array[])[]): void {
  const writer = new StreamWriter(50);
  for (const parts of read) writer.push(parts);
  const again: string[] = [];
  const reader = new StreamReader(limits, (parts) => again.push(describe(parts)));
  while (!writer.isEmpty) {
    const payload = new Uint8Array(writer.nextPayloadBytes);
    writer.writePayload(payload, 0);
    reader.push(payload);
  }
  const before = read.map(describe).join("\n");
  const after = again.join("\n");
  if (after === before) return;
  throw new Finding("what is encoded again decodes alike", `${before}\n, then\n${after}`);
}

function describe(parts: readonly Uint8Array[]): string {
  return parts.map((part) => Buffer.from(part).toString("hex")).join(" ");
}
