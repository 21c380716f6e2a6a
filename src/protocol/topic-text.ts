/** Topic text: the bytes that a topic has on the wire, as a string. */
import { PeerError } from "../errors.ts";
import type { Span } from "./span.ts";
import { decodeUtf8 } from "./utf8.ts";

/** @throws {PeerError} if the bytes are not UTF-8. */
export function decodeTopic(topic: Span): string {
  try {
    return decodeUtf8(topic.bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new PeerError(`topic of ${topic.byteCount} bytes that are not UTF-8`, {
      cause: error,
      details: { topicByteCount: topic.byteCount },
    });
  }
}
