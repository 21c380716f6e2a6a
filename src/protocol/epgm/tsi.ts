/**
 * Transport session identifier: which sender a packet is about (RFC 3208, section 8: the GSI, 6 bytes,
 * and the source's port). A sender that starts anew has a new one.
 */
export interface Tsi {
  /** Global source identifier: 48 bits. */
  readonly gsi: number;
  readonly port: number;
}

/**
 * The first 16 bits of the GSI of every process of ours. It tells our sources, which hear what is
 * sent to the group, from others; a foreign one has them by chance once in 65,536.
 */
const ownGsiPrefix = 0x706c;

/** A GSI for a process: the prefix that ours share, and 32 random bits. */
export function makeGsi(random32: number): number {
  return ownGsiPrefix * 2 ** 32 + (random32 >>> 0);
}

/** Whether a source seems to be one of ours. */
export function isOwnKind({ gsi }: Tsi): boolean {
  return Math.floor(gsi / 2 ** 32) === ownGsiPrefix;
}

/** As text: `706c0123abcd.5560`. */
export function formatTsi({ gsi, port }: Tsi): string {
  return `${gsi.toString(16).padStart(12, "0")}.${port}`;
}

export function isSameTsi(left: Tsi, right: Tsi): boolean {
  return left.port === right.port && left.gsi === right.gsi;
}
