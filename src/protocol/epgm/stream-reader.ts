/**
 * Stream reader: puts messages together from the payloads of one source's data packets, in their order.
 * It joins at the first message that starts in a packet, and anew after a loss.
 */
import { readUint32 } from "../big-endian.ts";
import { longLength, moreFlag } from "./frame.ts";
import { noStart, offsetBytes } from "./payload.ts";

/** The longest head of a frame. */
const headBytesMax = 10;

/** What a part, or a piece of one, takes beside its bytes. */
const pieceOverheadBytes = 128;

export interface StreamLimits {
  readonly messageBytesMax: number;
  readonly partsMax: number;
}

/** - `frame`: a frame without a length. - `message`: one with more bytes or parts than are taken. */
export type StreamFault = "frame" | "message";

export class StreamReader {
  readonly #limits: StreamLimits;
  readonly #sink: (parts: Uint8Array[]) => void;
  #isJoined = false;
  /** The parts of the message under way, and how many bytes they have. */
  #parts: Uint8Array[] = [];
  #messageBytes = 0;
  /** A frame's head that is cut by the end of a packet. */
  readonly #head = new Uint8Array(headBytesMax);
  #headBytes = 0;
  /** Of the body under way: how many bytes are missing, and what is there; -1 while a head is read. */
  #missingBytes = -1;
  #chunks: Uint8Array[] = [];
  #more = false;

  /** @param sink Takes each message; its parts are views of payloads where they lie in one. */
  constructor(limits: StreamLimits, sink: (parts: Uint8Array[]) => void) {
    this.#limits = limits;
    this.#sink = sink;
  }

  get isMidMessage(): boolean {
    return this.#parts.length > 0 || this.#headBytes > 0 || this.#missingBytes >= 0;
  }

  /** How many bytes of a message are kept that has not ended, with an allowance for each piece. */
  get heldBytes(): number {
    return this.#messageBytes + (this.#parts.length + this.#chunks.length) * pieceOverheadBytes;
  }

  /** Something was lost: the message under way is dropped, and the next one is looked for. */
  reset(): void {
    this.#isJoined = false;
    this.#parts = [];
    this.#chunks = [];
    this.#messageBytes = 0;
    this.#headBytes = 0;
    this.#missingBytes = -1;
  }

  /** Takes the payload of the next packet. @returns What is wrong with it; then the reader has to join anew. */
  push(payload: Uint8Array): StreamFault | undefined {
    if (payload.length < offsetBytes) return undefined;
    let at = offsetBytes;
    if (!this.#isJoined) {
      const offset = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
      if (offset === noStart || offset > payload.length - offsetBytes) return undefined;
      at += offset;
      this.#isJoined = true;
    }
    const fault = this.#read(payload, at);
    if (fault !== undefined) this.reset();
    return fault;
  }

  #read(payload: Uint8Array, from: number): StreamFault | undefined {
    let at = from;
    while (at < payload.length) {
      if (this.#missingBytes >= 0) {
        at = this.#readBody(payload, at);
        continue;
      }
      const byte = payload[at] ?? 0;
      this.#head[this.#headBytes] = byte;
      this.#headBytes += 1;
      at += 1;
      const wanted = this.#head[0] === longLength ? headBytesMax : 2;
      if (this.#headBytes < wanted) continue;
      const fault = this.#beginBody();
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** A head is complete. */
  #beginBody(): StreamFault | undefined {
    const head = this.#head;
    const isLong = head[0] === longLength;
    const length = isLong ? readUint32(head, 1) * 2 ** 32 + readUint32(head, 5) : (head[0] ?? 0);
    const flags = head[this.#headBytes - 1] ?? 0;
    this.#headBytes = 0;
    if (length === 0) return "frame";
    const { messageBytesMax, partsMax } = this.#limits;
    if (this.#messageBytes + length - 1 > messageBytesMax || this.#parts.length >= partsMax) {
      return "message";
    }
    this.#more = (flags & moreFlag) !== 0;
    this.#missingBytes = length - 1;
    if (length === 1) this.#endBody(new Uint8Array(0));
    return undefined;
  }

  #readBody(payload: Uint8Array, from: number): number {
    const end = Math.min(payload.length, from + this.#missingBytes);
    const chunk = payload.subarray(from, end);
    this.#missingBytes -= chunk.length;
    this.#messageBytes += chunk.length;
    if (this.#missingBytes > 0) this.#chunks.push(chunk);
    else this.#endBody(this.#chunks.length === 0 ? chunk : joined(this.#chunks, chunk));
    return end;
  }

  #endBody(body: Uint8Array): void {
    this.#chunks = [];
    this.#missingBytes = -1;
    this.#parts.push(body);
    if (this.#more) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#messageBytes = 0;
    this.#sink(parts);
  }
}

function joined(chunks: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  const byteCount = chunks.reduce((sum, { length }) => sum + length, last.length);
  const body = new Uint8Array(byteCount);
  let at = 0;
  for (const chunk of [...chunks, last]) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
