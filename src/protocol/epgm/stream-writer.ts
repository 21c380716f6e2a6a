/**
 * Stream writer: packs messages into the payloads of data packets: several small ones into one, a long
 * one over several. A payload begins with an offset: where in it the first message starts.
 */
import { frameHeadBytes, writeFrameHead } from "./frame.ts";

/** The offset's own size. */
const offsetBytes = 2;

/** "No message starts here." */
const noStart = 0xffff;

/** A message of at most so many bytes is copied when it is pushed; of a longer one the parts are kept. */
const copiedBytesMax = 512;

interface QueuedMessage {
  readonly byteCount: number;
  /** The stream's bytes in order: frame heads and bodies. */
  readonly segments: readonly Uint8Array[];
}

export class StreamWriter {
  readonly #messages: QueuedMessage[] = [];
  /** Messages before this index have been written; they are removed now and then. */
  #head = 0;
  #segment = 0;
  #position = 0;
  #byteCount = 0;

  /** How many bytes of messages wait. */
  get byteCount(): number {
    return this.#byteCount;
  }

  get isEmpty(): boolean {
    return this.#byteCount === 0;
  }

  /** Takes a message of one or more parts. Long parts are read when they are written, not now. */
  push(parts: readonly Uint8Array[]): void {
    let byteCount = 0;
    for (const part of parts) byteCount += frameHeadBytes(part.length) + part.length;
    const segments = byteCount <= copiedBytesMax ? [copied(parts, byteCount)] : segmentsOf(parts);
    this.#messages.push({ byteCount, segments });
    this.#byteCount += byteCount;
  }

  /** How many bytes the next payload will have, its offset included, if at most `payloadBytesMax`. */
  nextPayloadBytes(payloadBytesMax: number): number {
    const room = payloadBytesMax - offsetBytes;
    let used = 0;
    let isFirst = true;
    for (const byteCount of this.#remainders()) {
      const isStart = !isFirst || this.#isAtStart;
      isFirst = false;
      if (isStart && used > 0 && !fits(byteCount, room - used, room)) break;
      used += byteCount;
      if (used >= room) return payloadBytesMax;
    }
    return offsetBytes + used;
  }

  /** Writes the next payload to `target` from `at` to its end, which `nextPayloadBytes` gave. */
  writePayload(target: Uint8Array, at: number): void {
    const begin = at + offsetBytes;
    let offset: number | undefined;
    let next = begin;
    while (next < target.length) {
      const message = this.#messages[this.#head];
      if (message === undefined) break;
      if (this.#isAtStart) offset ??= next - begin;
      next = this.#copy(message, target, next);
    }
    // A message that ends inside, with none after it: whoever joins may do so with the next packet.
    if (offset === undefined && this.#isAtStart) offset = next - begin;
    target[at] = (offset ?? noStart) >>> 8;
    target[at + 1] = (offset ?? noStart) & 0xff;
    this.#byteCount -= next - begin;
    this.#removeWritten();
  }

  get #isAtStart(): boolean {
    return this.#segment === 0 && this.#position === 0;
  }

  /** Of each message that waits how many bytes are left. */
  *#remainders(): Generator<number> {
    for (let index = this.#head; index < this.#messages.length; index += 1) {
      const message = this.#messages[index];
      if (message === undefined) return;
      yield index === this.#head ? message.byteCount - this.#writtenOfHead() : message.byteCount;
    }
  }

  #writtenOfHead(): number {
    let written = this.#position;
    const segments = this.#messages[this.#head]?.segments ?? [];
    for (let index = 0; index < this.#segment; index += 1) written += segments[index]?.length ?? 0;
    return written;
  }

  /** Copies of the first message as much as there is room for. @returns Where the copy ends. */
  #copy({ segments }: QueuedMessage, target: Uint8Array, at: number): number {
    let next = at;
    while (next < target.length) {
      const segment = segments[this.#segment];
      if (segment === undefined) {
        this.#head += 1;
        this.#segment = 0;
        return next;
      }
      const end = Math.min(segment.length, this.#position + target.length - next);
      target.set(segment.subarray(this.#position, end), next);
      next += end - this.#position;
      this.#position = end;
      if (end < segment.length) break;
      this.#segment += 1;
      this.#position = 0;
    }
    if (this.#segment === segments.length) {
      this.#head += 1;
      this.#segment = 0;
    }
    return next;
  }

  /** Removing from the front of an array costs its length, so it is done for many at once. */
  #removeWritten(): void {
    if (this.#head < 256 && this.#head < this.#messages.length) return;
    this.#messages.splice(0, this.#head);
    this.#head = 0;
  }
}

/**
 * Whether a message may begin in what is left of a packet. One that would fit into a packet of its own
 * is not cut: libzmq keeps the parts it has of a message whose rest is lost (libzmq 4.3.4).
 */
function fits(byteCount: number, room: number, roomMax: number): boolean {
  return byteCount <= room || byteCount > roomMax;
}

function copied(parts: readonly Uint8Array[], byteCount: number): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  let at = 0;
  for (const [index, part] of parts.entries()) {
    at = writeFrameHead(bytes, at, { bodyBytes: part.length, more: index < parts.length - 1 });
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function segmentsOf(parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.flatMap((part, index) => {
    const head = new Uint8Array(frameHeadBytes(part.length));
    writeFrameHead(head, 0, { bodyBytes: part.length, more: index < parts.length - 1 });
    return part.length === 0 ? [head] : [head, part];
  });
}
