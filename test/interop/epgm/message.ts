/**
 * The messages of the EPGM cases: a topic, a text that says what the message is, and bytes that can be
 * checked by it; as three parts, or as one in which line feeds stand between them. The programs in
 * Python make and check the same.
 */

/** How many bytes the last part of the message with this number has: mostly few, now and then many. */
function byteCountOf(index: number): number {
  return index % 100 === 99 ? 200_000 : (index * 37) % 1_500;
}

export interface FlowMessage {
  /** "probe": sent to learn whether messages get through yet; nobody counts it. */
  readonly topic: "flow" | "probe";
  readonly sender: string;
  readonly index: number;
}

export function partsOf({ topic, sender, index }: FlowMessage, partCount: number): Uint8Array[] {
  const byteCount = topic === "probe" ? 0 : byteCountOf(index);
  const head = `${sender} ${index} ${byteCount}`;
  const parts = [Buffer.from(topic), Buffer.from(head), filler(index, byteCount)];
  if (partCount === parts.length) return parts;
  return [Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [lineFeed, part])))];
}

/** @throws {Error} if anything of it is not as it was sent. */
export function readParts(came: readonly Uint8Array[]): FlowMessage {
  const parts = came.length === 1 && came[0] !== undefined ? splitLines(came[0]) : came;
  const text = new TextDecoder();
  const [topic = "", head = ""] = parts.slice(0, 2).map((part) => text.decode(part));
  const [sender = "", index, byteCount] = head.split(" ");
  const message = { topic, sender, index: Number(index) };
  const wanted = filler(message.index, Number(byteCount));
  const isWhole = parts.length === 3 && Buffer.compare(parts[2] ?? wanted, wanted) === 0;
  if (!isWhole || (topic !== "flow" && topic !== "probe")) {
    throw new Error(`a damaged message: ${topic}, ${head}, ${parts.length} parts`);
  }
  return { ...message, topic };
}

const lineFeed = Buffer.from("\n");

/** At the first two line feeds. */
function splitLines(message: Uint8Array): Uint8Array[] {
  const first = message.indexOf(0x0a);
  const second = message.indexOf(0x0a, first + 1);
  return [
    message.subarray(0, first),
    message.subarray(first + 1, second),
    message.subarray(second + 1),
  ];
}

const cycle = Uint8Array.from({ length: 512 }, (_, index) => index & 0xff);

function filler(index: number, byteCount: number): Uint8Array {
  const from = index & 0xff;
  return Buffer.alloc(byteCount, cycle.subarray(from, from + 256));
}
