/**
 * Frame: what a ZMTP stream is made of after the greeting. A flags octet, the body's size in one
 * octet, or in eight (network byte order) when LONG is set, and the body.
 *
 * Source: RFC 37 (ZMTP 3.1), "Framing".
 */
import { PeerError } from "../../errors.ts";
import { readUint32, writeUint32 } from "../big-endian.ts";

export const frameFlags = {
  /** Further frames of this message follow. */
  more: 0x01,
  /** The size takes eight octets. */
  long: 0x02,
  /** A command, not a message. */
  command: 0x04,
} as const;

const shortBodyBytesMax = 255;
const shortHeadBytes = 2;
const longHeadBytes = 9;
const highWordUnit = 2 ** 32;

/** Bytes that stand before a body of `bodyByteCount` bytes. */
export function frameHeadByteCount(bodyByteCount: number): number {
  return bodyByteCount > shortBodyBytesMax ? longHeadBytes : shortHeadBytes;
}

/**
 * Writes what stands before a body, in the short form where the body allows it.
 *
 * @param flags `more` or `command` or 0; LONG is set by itself.
 * @returns The offset where the body goes: `frameHeadByteCount(bodyByteCount)` further.
 */
export function writeFrameHead(
  target: Uint8Array,
  offset: number,
  flags: number,
  bodyByteCount: number,
): number {
  if (bodyByteCount <= shortBodyBytesMax) {
    target[offset] = flags;
    target[offset + 1] = bodyByteCount;
    return offset + shortHeadBytes;
  }
  target[offset] = flags | frameFlags.long;
  writeUint32(target, offset + 1, Math.floor(bodyByteCount / highWordUnit));
  writeUint32(target, offset + 5, bodyByteCount);
  return offset + longHeadBytes;
}

/** Bytes of the head of a frame that begins with `flags`. */
export function frameHeadByteCountByFlags(flags: number): number {
  return (flags & frameFlags.long) === 0 ? shortHeadBytes : longHeadBytes;
}

/**
 * The size in a whole head at `offset` that begins with `flags`. Above 2^53 it is not exact, but
 * above every limit.
 */
export function readBodyByteCount(source: Uint8Array, offset: number, flags: number): number {
  if ((flags & frameFlags.long) === 0) return source[offset + 1] ?? 0;
  return readUint32(source, offset + 1) * highWordUnit + readUint32(source, offset + 5);
}

/** What heads are taken, and how. Messages are refused until they are allowed. */
export class FrameRules {
  readonly #commandBytesMax: number;
  #messageBytesMax = -1;
  #mendsCommands = false;

  constructor(commandBytesMax: number) {
    this.#commandBytesMax = commandBytesMax;
  }

  allowMessages(messageBytesMax: number): void {
    this.#messageBytesMax = messageBytesMax;
  }

  /**
   * From now on the head `04 00` is taken for that of a long command, whose size follows. libzmq
   * 4.3.4 forgets LONG where the topic of SUBSCRIBE or CANCEL has at most 255 bytes and the body has
   * more. No other frame begins so: the body of a command is never empty.
   */
  mendCommands(): void {
    this.#mendsCommands = true;
  }

  /**
   * The flags of the head at `offset`, with LONG where it was forgotten.
   * @param end Where in `source` ends what has arrived: after `offset`, perhaps before the size.
   */
  readFlags(source: Uint8Array, offset: number, end: number): number {
    const flags = source[offset] ?? 0;
    if (flags !== frameFlags.command || !this.#mendsCommands) return flags;
    const lacksLong = offset + 1 < end && source[offset + 1] === 0;
    return lacksLong ? flags | frameFlags.long : flags;
  }

  /**
   * Looks at a head before anything is allocated for its body.
   * @throws {PeerError} if the flags are not legal, or the body is longer than taken.
   */
  check(flags: number, bodyByteCount: number): void {
    const isCommand = (flags & frameFlags.command) !== 0;
    const bytesMax = isCommand ? this.#commandBytesMax : this.#messageBytesMax;
    if (
      flags > (frameFlags.command | frameFlags.long | frameFlags.more) ||
      bodyByteCount > bytesMax ||
      (isCommand && (flags & frameFlags.more) !== 0)
    ) {
      throw headError(flags, bodyByteCount, bytesMax);
    }
  }
}

function headError(flags: number, bodyByteCount: number, bytesMax: number): PeerError {
  const hex = `0x${flags.toString(16).padStart(2, "0")}`;
  if (flags > 7) {
    return new PeerError(`frame flags ${hex}: bits 7-3 are reserved and must be zero`, {
      details: { flags },
    });
  }
  const isCommand = (flags & frameFlags.command) !== 0;
  if (isCommand && (flags & frameFlags.more) !== 0) {
    return new PeerError(`frame flags ${hex}: a command has one frame, so MORE must be zero`, {
      details: { flags },
    });
  }
  if (bytesMax < 0) {
    return new PeerError(
      `message frame of ${bodyByteCount} bytes before the handshake was over: READY comes first`,
      { details: { flags, bodyByteCount } },
    );
  }
  const kind = isCommand ? "command" : "message";
  return new PeerError(`${kind} frame of ${bodyByteCount} bytes, at most ${bytesMax} taken`, {
    details: { flags, bodyByteCount, bytesMax },
  });
}
