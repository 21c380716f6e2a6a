/**
 * Command: a frame by which the two ends talk about the connection: a name and data.
 *
 * Source: RFC 37 (ZMTP 3.1), "Formal Grammar", "The NULL Security Mechanism" (ERROR) and
 * "Connection Heartbeating" (PING, PONG).
 */
import { PeerError, UsageError } from "../../errors.ts";
import { asciiBytes, asciiText, isVisible } from "./ascii.ts";
import { frameFlags, frameHeadByteCount, writeFrameHead } from "./frame.ts";

export interface Command {
  readonly name: string;
  /** A view into the body. */
  readonly data: Uint8Array;
}

export interface Ping {
  /** Close when nothing more arrives for so long; 0 makes no such wish. */
  readonly ttlMs: number;
  /** To be echoed; at most 16 bytes. A view into the command. */
  readonly context: Uint8Array;
}

const pingContextBytesMax = 16;

const ttlBytes = 2;
const ttlUnitMs = 100;
/** The longest time-to-live that a PING can ask for. */
export const pingTtlMsMax: number = 0xffff * ttlUnitMs;
const reasonBytesMax = 255;

/** @throws {PeerError} if the name is empty, longer than the body, or has other than letters. */
export function parseCommand(body: Uint8Array): Command {
  const nameByteCount = body[0] ?? 0;
  const nameEnd = 1 + nameByteCount;
  if (nameByteCount === 0 || nameEnd > body.length) {
    throw new PeerError(
      `command of ${body.length} bytes gives its name ${nameByteCount} bytes: it needs at least 1 and has to fit`,
      { details: { bodyByteCount: body.length, nameByteCount } },
    );
  }
  const name = asciiText(body.subarray(1, nameEnd));
  if (!/^[A-Za-z]+$/.test(name)) {
    throw new PeerError(`command name "${name}" has other characters than letters`, {
      details: { name },
    });
  }
  return { name, data: body.subarray(nameEnd) };
}

/** A whole frame, head included. */
export function encodeCommand(name: string, data: Uint8Array): Uint8Array {
  const bodyByteCount = 1 + name.length + data.length;
  const frame = new Uint8Array(frameHeadByteCount(bodyByteCount) + bodyByteCount);
  const nameAt = writeFrameHead(frame, 0, frameFlags.command, bodyByteCount);
  frame[nameAt] = name.length;
  frame.set(asciiBytes(name), nameAt + 1);
  frame.set(data, nameAt + 1 + name.length);
  return frame;
}

/**
 * @param ttlMs 0 for none; rounded up to a tenth of a second, at most 6,553,500.
 * @throws {UsageError} on a context of more than 16 bytes.
 */
export function encodePing(ttlMs: number, context: Uint8Array): Uint8Array {
  if (context.length > pingContextBytesMax) {
    throw new UsageError(
      `PING context of ${context.length} bytes, at most ${pingContextBytesMax} allowed`,
      { details: { byteCount: context.length, bytesMax: pingContextBytesMax } },
    );
  }
  const ttl = Math.ceil(ttlMs / ttlUnitMs);
  const data = new Uint8Array(ttlBytes + context.length);
  data[0] = ttl >>> 8;
  data[1] = ttl;
  data.set(context, ttlBytes);
  return encodeCommand("PING", data);
}

/** @throws {PeerError} if the time-to-live is cut off, or the context is longer than 16 bytes. */
export function parsePing(data: Uint8Array): Ping {
  if (data.length < ttlBytes) {
    throw new PeerError(`PING with ${data.length} bytes, at least ${ttlBytes} needed for its TTL`, {
      details: { byteCount: data.length, bytesMin: ttlBytes },
    });
  }
  const ttl = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
  return { ttlMs: ttl * ttlUnitMs, context: checkContext("PING", data.subarray(ttlBytes)) };
}

export function encodePong(context: Uint8Array): Uint8Array {
  return encodeCommand("PONG", context);
}

/** The context of a PONG. @throws {PeerError} if it is longer than 16 bytes. */
export function parsePong(data: Uint8Array): Uint8Array {
  return checkContext("PONG", data);
}

/** @param reason Cut at 255 characters; what ERROR cannot carry, spaces among it, becomes `_`. */
export function encodeError(reason: string): Uint8Array {
  const text = asciiBytes(reason.slice(0, reasonBytesMax)).map((byte, index) =>
    reason.charCodeAt(index) < 0x80 && isVisible(byte) ? byte : 0x5f,
  );
  const data = new Uint8Array(1 + text.length);
  data[0] = text.length;
  data.set(text, 1);
  return encodeCommand("ERROR", data);
}

/** The reason in an ERROR, as text to show. @throws {PeerError} if it is cut off. */
export function parseError(data: Uint8Array): string {
  const reasonByteCount = data[0] ?? 0;
  if (data.length < 1 + reasonByteCount) {
    throw new PeerError(
      `ERROR with ${data.length} bytes claims a reason of ${reasonByteCount} bytes`,
      { details: { byteCount: data.length, reasonByteCount } },
    );
  }
  return asciiText(data.subarray(1, 1 + reasonByteCount));
}

function checkContext(name: string, context: Uint8Array): Uint8Array {
  if (context.length > pingContextBytesMax) {
    throw new PeerError(
      `${name} context of ${context.length} bytes, at most ${pingContextBytesMax} taken`,
      { details: { byteCount: context.length, bytesMax: pingContextBytesMax } },
    );
  }
  return context;
}
