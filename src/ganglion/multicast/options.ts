/** What each option of a multicast node has to be. Apart from `multicast.ts`, which loads sockets. */
import type { OptionTable } from "../../options.ts";
import { type QueueOptions, queueOptionTable } from "../../queue.ts";
import { type GanglionOptions, ganglionOptionTable } from "../options.ts";

/** Of a multicast node. With none given it works wherever multicast does. */
export interface MulticastOptions extends GanglionOptions {
  /** The addresses that are given to types, `239.255.0.0/16` by default; alike at all nodes. */
  readonly network?: string;
  /** The UDP port of all groups; 5560 by default; alike at all nodes. */
  readonly port?: number;
  /**
   * The network interface, by its name or its address. By default that of the route to multicast
   * groups, or the loopback interface if there is no such route.
   */
  readonly interface?: string;
  /** How many routers what is sent may pass, and one more; 1 by default: it stays in its network. */
  readonly hops?: number;
  /** How fast each type is sent at most, repairs included, in bit/s; 100,000,000 by default. */
  readonly bitsPerSecond?: number;
  /** How often a heartbeat is sent; 1,000 ms by default. With over 100 nodes 10 ms per node. */
  readonly heartbeatIntervalMs?: number;
  /** What all nodes share: at least 32 random bytes. Everything is then encrypted and authenticated. */
  readonly groupKey?: Uint8Array;
  /**
   * What holds messages while there is no address, or the rate is reached, for each type. Default:
   * 1000, policy `block`.
   */
  readonly queue?: QueueOptions;
  /** The longest message, in and out. Default: 16 MiB. */
  readonly messageBytesMax?: number;
  /** What is kept of all that was sent to repeat it. Default: 64 MiB. */
  readonly windowBytesMax?: number;
  /** How long a closing node repeats what is asked for. Default: 1,000 ms. */
  readonly graceMs?: number;
}

/** All but what a URL says. */
export const multicastLimitTable: OptionTable<
  Omit<MulticastOptions, "network" | "port" | "interface">
> = {
  ...ganglionOptionTable,
  hops: "a number",
  bitsPerSecond: "a number",
  heartbeatIntervalMs: "a number",
  groupKey: "a Uint8Array",
  queue: queueOptionTable,
  messageBytesMax: "a number",
  windowBytesMax: "a number",
  graceMs: "a number",
};

export const multicastOptionTable: OptionTable<MulticastOptions> = {
  ...multicastLimitTable,
  network: "a string",
  port: "a number",
  interface: "a string",
};
