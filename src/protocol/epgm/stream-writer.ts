/**
 * Stream writer: packs messages into the payloads of data packets: several small ones into one, a long
 * one over several. A payload begins with an offset: where in it the first message starts.
 */
import { frameHeadBytes, writeFrameHead } from "./frame.ts";
import { noStart, offsetBytes } from "./payload.ts";
import { Slab } from "./slab.ts";

/** A message of at most so many bytes is copied when it is pushed; of a longer one the parts are kept. */
const copiedBytesMax = 1_500;

interface QueuedMessage {
  readonly byteCount: number;
  /** The stream's bytes in order: frame heads and bodies. */
  readonly segments: readonly Uint8Array[];
}

export class StreamWriter {
  /** How many bytes of messages a payload takes. */
  readonly #room: number;
  readonly #slab = new Slab();
  readonly #messages: QueuedMessage[] = [];
  /** Messages before this index have been written; they are removed now and then. */
  #head = 0;
  /** How many bytes of the first message have been written, and where its next byte is. */
  #written = 0;
  #segment = 0;
  #position = 0;
  #byteCount = 0;
  /** What the messages counted so far fill of the next payload, up to `#packedUntil`. */
  #packed = 0;
  #packedUntil = 0;

  /** @param payloadBytesMax The longest payload; more than the offset's 2 bytes, fewer than 65,536. */
  constructor(payloadBytesMax: number) {
    this.#room = payloadBytesMax - offsetBytes;
  }

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
    const segments =
      byteCount <= copiedBytesMax ? [this.#copied(parts, byteCount)] : segmentsOf(parts);
    this.#messages.push({ byteCount, segments });
    this.#byteCount += byteCount;
  }

  /** How many bytes the next payload will have, its offset included. */
  get nextPayloadBytes(): number {
    // What was counted before stays: messages only come after it.
    for (; this.#packed < this.#room; this.#packedUntil += 1) {
      const message = this.#messages[this.#packedUntil];
      if (message === undefined) break;
      const byteCount = message.byteCount - (this.#packedUntil === this.#head ? this.#written : 0);
      if (this.#packed > 0 && !this.#mayBegin(byteCount, this.#room - this.#packed)) break;
      this.#packed += byteCount;
    }
    return offsetBytes + Math.min(this.#packed, this.#room);
  }

  /**
   * Writes the next payload to `target` from `at` to its end, which `nextPayloadBytes` gave.
   *
   * The offset is libzmq's: of a message that ends inside the packet, with none after it, the end; of
   * one that ends just where a full packet does, "no start".
   */
  writePayload(target: Uint8Array, at: number): void {
    const begin = at + offsetBytes;
    let offset: number | undefined;
    let next = begin;
    while (next < target.length) {
      const message = this.#messages[this.#head];
      if (message === undefined) break;
      if (this.#written === 0) offset ??= next - begin;
      next = this.#copy(message, target, next);
    }
    const byteCount = next - begin;
    if (byteCount < this.#room && this.#written === 0) offset ??= byteCount;
    target[at] = (offset ?? noStart) >>> 8;
    target[at + 1] = (offset ?? noStart) & 0xff;
    this.#byteCount -= byteCount;
    this.#removeWritten();
    this.#packed = 0;
    this.#packedUntil = this.#head;
  }

  #copied(parts: readonly Uint8Array[], byteCount: number): Uint8Array {
    const bytes = this.#slab.allocate(byteCount);
    let at = 0;
    for (let index = 0; index < parts.length; index += 1) {
      const part = parts[index];
      if (part === undefined) break;
      at = writeFrameHead(bytes, at, { bodyBytes: part.length, more: index < parts.length - 1 });
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /**
   * Whether a message may begin in what is left of a packet. One that would fit into a packet of its own
   * is not cut: libzmq keeps the parts it has of a message whose rest is lost (libzmq 4.3.4).
   */
  #mayBegin(byteCount: number, left: number): boolean {
    return byteCount <= left || byteCount > this.#room;
  }

  /** Copies of the first message as much as there is room for. @returns Where the copy ends. */
  #copy({ byteCount, segments }: QueuedMessage, target: Uint8Array, at: number): number {
    let next = at;
    while (next < target.length && this.#written < byteCount) {
      const segment = segments[this.#segment];
      if (segment === undefined) break;
      const end = Math.min(segment.length, this.#position + target.length - next);
      target.set(
        this.#position === 0 && end === segment.length
          ? segment
          : segment.subarray(this.#position, end),
        next,
      );
      next += end - this.#position;
      this.#written += end - this.#position;
      this.#position = end;
      if (end < segment.length) break;
      this.#segment += 1;
      this.#position = 0;
    }
    if (this.#written === byteCount) {
      this.#head += 1;
      this.#written = 0;
      this.#segment = 0;
    }
    return next;
  }

  /** Removing from the front of an array costs its length, so it is done when half of it has gone. */
  #removeWritten(): void {
    if (this.#head * 2 < this.#messages.length) return;
    this.#messages.splice(0, this.#head);
    this.#head = 0;
  }
}

function segmentsOf(parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.flatMap((part, index) => {
    const head = new Uint8Array(frameHeadBytes(part.length));
    writeFrameHead(head, 0, { bodyBytes: part.length, more: index < parts.length - 1 });
    return part.length === 0 ? [head] : [head, part];
  });
}
