/**
 * Payload of a data packet, the TSDU: an offset of 2 bytes, then bytes of the stream. The offset says
 * where, counted from the byte after it, the first message starts in this packet (libzmq 4.3.4).
 */

/** The offset's own size. */
export const offsetBytes = 2;

/** "No message starts here." */
export const noStart = 0xffff;
