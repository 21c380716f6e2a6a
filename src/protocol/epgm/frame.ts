/**
 * Frames inside the packets: libzmq's stream framing of ZMTP 1.0. One length byte, which counts the
 * flags byte too, or ff and eight bytes; one flags byte; the body.
 */
import { writeUint32 } from "../big-endian.ts";

export const moreFlag = 0x01;

/** A length byte of ff says that eight more follow. */
export const longLength = 0xff;

/** How many bytes stand before a body. */
export function frameHeadBytes(bodyBytes: number): number {
  return bodyBytes + 1 < longLength ? 2 : 10;
}

/** Writes what stands before a body. @returns Where the body begins. */
export function writeFrameHead(
  target: Uint8Array,
  at: number,
  { bodyBytes, more }: { readonly bodyBytes: number; readonly more: boolean },
): number {
  const bodyAt = at + frameHeadBytes(bodyBytes);
  const length = bodyBytes + 1;
  if (length < longLength) {
    target[at] = length;
  } else {
    target[at] = longLength;
    writeUint32(target, at + 1, Math.floor(length / 2 ** 32));
    writeUint32(target, at + 5, length);
  }
  target[bodyAt - 1] = more ? moreFlag : 0;
  return bodyAt;
}
