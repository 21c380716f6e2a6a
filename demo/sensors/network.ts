/** The network's sensor: the byte counters of all interfaces, as Linux shows them. */
import { readFile } from "node:fs/promises";
import { unlessRefused } from "./refusal.ts";

/** Bytes since the interface came up. */
export interface InterfaceCounters {
  readonly name: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** All interfaces together. */
export interface Traffic {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly receivedBytesPerSecond: number;
  readonly sentBytesPerSecond: number;
  /** The interface that moved the most between two readings; empty where there is none at all. */
  readonly busiest: string;
}

/** Undefined on a system that shows no counters. */
export async function readInterfaces(): Promise<InterfaceCounters[] | undefined> {
  const text = await readFile("/proc/net/dev", "utf8").catch(unlessRefused);
  return text === undefined ? undefined : parseNetDev(text);
}

/**
 * Reads the text of /proc/net/dev: two lines of headings, then one for each interface. Source:
 * proc_net_dev(5). Of the sixteen numbers the first is bytes received, the ninth bytes sent; there
 * may be no blank between the colon and the first.
 */
export function parseNetDev(text: string): InterfaceCounters[] {
  const interfaces: InterfaceCounters[] = [];
  for (const line of text.split("\n")) {
    // The last colon: the name of an alias has one as well.
    const colonAt = line.lastIndexOf(":");
    const numbers = line
      .slice(colonAt + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    const [receivedBytes = Number.NaN, , , , , , , , sentBytes = Number.NaN] = numbers;
    if (colonAt < 0 || Number.isNaN(receivedBytes + sentBytes)) continue;
    interfaces.push({ name: line.slice(0, colonAt).trim(), receivedBytes, sentBytes });
  }
  return interfaces;
}

/** What an interface moved that is new, or that came up anew, is not known: it counts from now on. */
export function trafficOf(
  before: readonly InterfaceCounters[],
  after: readonly InterfaceCounters[],
  seconds: number,
): Traffic {
  const moved = after.map((now) => {
    const then = before.find(({ name }) => name === now.name) ?? now;
    return {
      name: now.name,
      receivedBytes: Math.max(0, now.receivedBytes - then.receivedBytes),
      sentBytes: Math.max(0, now.sentBytes - then.sentBytes),
    };
  });
  return {
    ...totalOf(after),
    receivedBytesPerSecond: totalOf(moved).receivedBytes / seconds,
    sentBytesPerSecond: totalOf(moved).sentBytes / seconds,
    busiest: busiestOf(moved)?.name ?? "",
  };
}

function totalOf(interfaces: readonly InterfaceCounters[]): {
  readonly receivedBytes: number;
  readonly sentBytes: number;
} {
  return {
    receivedBytes: interfaces.reduce((total, each) => total + each.receivedBytes, 0),
    sentBytes: interfaces.reduce((total, each) => total + each.sentBytes, 0),
  };
}

function busiestOf(interfaces: readonly InterfaceCounters[]): InterfaceCounters | undefined {
  const bytes = (each: InterfaceCounters): number => each.receivedBytes + each.sentBytes;
  return interfaces.toSorted((one, other) => bytes(other) - bytes(one))[0];
}
