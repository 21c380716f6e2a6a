/** What this process holds, after a collection, and whether that has grown. */
import process from "node:process";
import { collectedHeapBytes } from "../heap.ts";

/** In the order of the table: MiB, but for the last, which are sockets, servers and timers. */
export type Memory = Readonly<Record<"heap" | "buffers" | "rss" | "handles", number>>;

export interface Course {
  /** What went on between them. */
  readonly what: string;
  /** Taken when everything was warm. */
  readonly start: Memory;
  readonly middle: Memory;
  readonly end: Memory;
}

/**
 * By how much the end may be above the start. What is kept for each message, be it a byte, or for
 * each reconnect, be it a socket, is far above. Buffers are freed some time after the collection, RSS
 * when the system likes; one link has four sockets.
 */
const growthMax: Memory = { heap: 2, buffers: 16, rss: 64, handles: 4 };

const megabyteBytes = 2 ** 20;

export function takeMemory(): Memory {
  const heap = collectedHeapBytes() / megabyteBytes;
  const { external, rss } = process.memoryUsage();
  return {
    heap,
    buffers: external / megabyteBytes,
    rss: rss / megabyteBytes,
    handles: process.getActiveResourcesInfo().length,
  };
}

/** As Markdown. */
export function renderCourse({ what, start, middle, end }: Course): string {
  const rows = kinds.map((kind) => {
    const [first, second, third] = [start, middle, end].map((memory) => amount(memory[kind]));
    return `| ${kind} | ${first} | ${second} | ${third} | ${amount(growthMax[kind])} |`;
  });
  return [
    `## ${what}`,
    "",
    "| MiB; handles: count | start | middle | end | growth taken |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...rows,
    "",
  ].join("\n");
}

/** What has grown by more than it may; empty if all is well. */
export function growthsOf({ what, start, end }: Course): readonly string[] {
  return kinds
    .filter((kind) => end[kind] - start[kind] > growthMax[kind])
    .map((kind) => {
      const growth = amount(end[kind] - start[kind]);
      return `${what}: ${kind} grew by ${growth}, at most ${amount(growthMax[kind])} taken`;
    });
}

// `growthMax` has exactly the kinds as its keys.
const kinds = Object.keys(growthMax) as (keyof Memory)[];

function amount(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toFixed(2);
}
