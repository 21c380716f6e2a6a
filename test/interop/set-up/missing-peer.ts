/** A peer cannot be had on this machine. The message says what is missing, and how to get it. */
export class MissingPeer extends Error {}
