/** Message: what may be sent as one. */
import { UsageError } from "../errors.ts";
import { misgiven } from "../given.ts";

/** A message of more parts is neither sent nor received. */
export const partsMax = 1_024;

/** @throws {UsageError} that says what is wrong with it. */
export function checkMessage(parts: readonly Uint8Array[], messageBytesMax: number): void {
  if (!Array.isArray(parts)) throw misgiven("the message given to send", parts, "an array");
  let byteCount = 0;
  for (const part of parts as readonly unknown[]) {
    if (!(part instanceof Uint8Array)) throw misgiven("a part", part, "a Uint8Array");
    byteCount += part.length;
  }
  if (parts.length === 0 || parts.length > partsMax) {
    throw new UsageError(
      `a message has at least one part and at most ${partsMax}; this one has ${parts.length}`,
      { details: { partCount: parts.length, partsMax } },
    );
  }
  if (byteCount > messageBytesMax) {
    throw new UsageError(
      `a message of ${byteCount} bytes, at most ${messageBytesMax} are sent (messageBytesMax)`,
      { details: { byteCount, messageBytesMax } },
    );
  }
}
