/** What an EPGM node and its channels can be told, and what they do unless told otherwise. */
import { UsageError } from "../errors.ts";
import { checkOptions, type OptionTable } from "../options.ts";
import type { QueueOptions } from "../queue.ts";
import { queueOptionTable } from "../queue.ts";
import { checkCount, checkMilliseconds } from "../ranges.ts";

/** Of a node. */
export interface EpgmOptions {
  /** The UDP port of all groups; 5560 by default. */
  readonly port?: number | undefined;
  /**
   * The network interface, by its name or its address. By default that of the route to multicast
   * groups, or the loopback interface if there is no such route.
   */
  readonly interface?: string | undefined;
  /** "IPv4" by default. */
  readonly family?: "IPv4" | "IPv6" | undefined;
  /** How many routers what is sent may pass, and one more; 1 by default: it stays in its network. */
  readonly hops?: number | undefined;
  /** How fast each channel sends at most, repairs included, in bit/s; 100,000,000 by default. */
  readonly bitsPerSecond?: number | undefined;
  /** The longest UDP payload; 1,452 by default, which fits Ethernet and every libzmq receiver. */
  readonly datagramBytesMax?: number | undefined;
  /** A message with more bytes is neither sent nor received; 16 MiB by default. */
  readonly messageBytesMax?: number | undefined;
  /** What the channels of this node keep together to repeat it; 64 MiB by default. */
  readonly windowBytesMax?: number | undefined;
  /** What is sent can be repeated for so long; 10,000 ms by default. */
  readonly windowMs?: number | undefined;
  /** How many packets of one source may be waited for; 65,536 by default. */
  readonly windowPacketsMax?: number | undefined;
  /** What each channel keeps of packets and messages that are not complete; 64 MiB by default. */
  readonly heldBytesMax?: number | undefined;
  /** How many sources a channel follows; 1,024 by default. The one heard of longest ago gives way. */
  readonly sourcesMax?: number | undefined;
  /**
   * What the members of a group share: at least 32 random bytes. Every packet is then encrypted and
   * authenticated, and those of others are passed over; libzmq cannot take part.
   */
  readonly groupKey?: Uint8Array | undefined;
  /** How long a closing channel repeats what is asked for; 1,000 ms by default. */
  readonly graceMs?: number | undefined;
}

export const epgmOptionTable: OptionTable<EpgmOptions> = {
  port: "a number",
  interface: "a string",
  family: "a string",
  hops: "a number",
  bitsPerSecond: "a number",
  datagramBytesMax: "a number",
  messageBytesMax: "a number",
  windowBytesMax: "a number",
  windowMs: "a number",
  windowPacketsMax: "a number",
  heldBytesMax: "a number",
  sourcesMax: "a number",
  groupKey: "a Uint8Array",
  graceMs: "a number",
};

/** Of a channel. */
export interface EpgmChannelOptions {
  /** What waits to be sent, and what happens when it is full; 1,000 messages and "block" by default. */
  readonly queue?: QueueOptions | undefined;
}

/** How a channel closes. */
export interface ChannelCloseOptions {
  /** What has not been sent by then is dropped; 10,000 ms by default. */
  readonly lingerMs?: number | undefined;
  /** For how long it repeats what is asked for then; as the node's by default. */
  readonly graceMs?: number | undefined;
}

const channelCloseOptionTable: OptionTable<ChannelCloseOptions> = {
  lingerMs: "a number",
  graceMs: "a number",
};

/** @throws {UsageError} */
export function checkClose(options: ChannelCloseOptions): void {
  checkOptions("close", options, channelCloseOptionTable);
  if (options.lingerMs !== undefined) checkMilliseconds("lingerMs", options.lingerMs);
  if (options.graceMs !== undefined) checkMilliseconds("graceMs", options.graceMs);
}

export const epgmChannelOptionTable: OptionTable<EpgmChannelOptions> = { queue: queueOptionTable };

export type CompleteEpgmOptions = {
  readonly [Name in Exclude<keyof EpgmOptions, "interface" | "groupKey">]-?: NonNullable<
    EpgmOptions[Name]
  >;
} & { readonly groupKey: Uint8Array | undefined };

const groupKeyBytesMin = 32;

/** Below this a bucket of tokens would not hold one packet in a second (libzmq's own bound). */
const bitsPerSecondMin = 12_000;

/** The head of a data packet, an offset, and at least some bytes of a message. */
const datagramBytesMin = 128;

/** By UDP over IPv4. */
const datagramBytesLimit = 65_507;

/** @throws {UsageError} if a number is out of its range. */
export function completeEpgmOptions(options: EpgmOptions): CompleteEpgmOptions {
  const complete: CompleteEpgmOptions = {
    port: options.port ?? 5560,
    family: options.family ?? "IPv4",
    hops: checkRange("hops", options.hops ?? 1, 1, 255),
    bitsPerSecond: options.bitsPerSecond ?? 100_000_000,
    datagramBytesMax: checkRange(
      "datagramBytesMax",
      options.datagramBytesMax ?? 1_452,
      datagramBytesMin,
      datagramBytesLimit,
    ),
    messageBytesMax: checkCount("messageBytesMax", options.messageBytesMax ?? 16 * 2 ** 20),
    windowBytesMax: checkCount("windowBytesMax", options.windowBytesMax ?? 64 * 2 ** 20),
    windowMs: checkMilliseconds("windowMs", options.windowMs ?? 10_000),
    windowPacketsMax: checkRange(
      "windowPacketsMax",
      options.windowPacketsMax ?? 65_536,
      1,
      2 ** 30,
    ),
    heldBytesMax: checkCount("heldBytesMax", options.heldBytesMax ?? 64 * 2 ** 20),
    sourcesMax: checkCount("sourcesMax", options.sourcesMax ?? 1_024),
    graceMs: checkMilliseconds("graceMs", options.graceMs ?? 1_000),
    groupKey: checkGroupKey(options.groupKey),
  };
  checkRange("port", complete.port, 1, 65_535);
  if (!(complete.bitsPerSecond >= bitsPerSecondMin)) {
    throw new UsageError(
      `bitsPerSecond is ${complete.bitsPerSecond}; give at least ${bitsPerSecondMin}`,
      { details: { bitsPerSecond: complete.bitsPerSecond, bitsPerSecondMin } },
    );
  }
  if (complete.family !== "IPv4" && complete.family !== "IPv6") {
    throw new UsageError(`family is ${String(complete.family)}; give "IPv4" or "IPv6"`, {
      details: { family: complete.family },
    });
  }
  return complete;
}

function checkRange(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`${name} is ${value}; give a whole number from ${min} to ${max}`, {
    details: { [name]: value, min, max },
  });
}

function checkGroupKey(key: Uint8Array | undefined): Uint8Array | undefined {
  if (key === undefined) return undefined;
  const byteCount = key instanceof Uint8Array ? key.length : 0;
  // The key itself stands in no message.
  if (byteCount >= groupKeyBytesMin) return key.slice();
  throw new UsageError(
    `groupKey has ${byteCount} bytes; give a Uint8Array of at least ${groupKeyBytesMin} random ones`,
    { details: { byteCount, groupKeyBytesMin } },
  );
}
