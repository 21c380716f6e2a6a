/** Stats: what a ganglion has counted, as data. */
import type { DropReason } from "./incident.ts";

/** Counts since the ganglion was made. */
export interface Counts {
  /** Messages taken for sending to other processes, and their payload bytes. */
  readonly sent: number;
  readonly bytesSent: number;
  /** Messages that arrived from other processes, and their payload bytes. */
  readonly received: number;
  readonly bytesReceived: number;
  /** Calls of reactants, and how many of them threw or rejected. */
  readonly delivered: number;
  readonly failed: number;
  readonly encodeErrors: number;
  readonly decodeErrors: number;
  /** Arrived with an id older than the window: delivered, though it may be a repeat. */
  readonly late: number;
  /** Messages not passed on, by reason. Reasons that did not occur are absent. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Messages waiting in queues now, those of waiting senders included. */
  readonly queueDepth: number;
}

export interface Stats extends Counts {
  /** The same for each topic that was used. What has no topic is in the totals only. */
  readonly topics: Readonly<Record<string, Counts>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type NumericCount = Exclude<keyof Counts, "dropped" | "queueDepth">;

/** The counters behind `Counts`: plain fields, so that counting costs an increment. */
export class Counters {
  delivered = 0;
  sent = 0;
  bytesSent = 0;
  received = 0;
  bytesReceived = 0;
  failed = 0;
  encodeErrors = 0;
  decodeErrors = 0;
  late = 0;
  /** Messages waiting in queues now, those of waiting senders included. */
  queueDepth = 0;
  #dropped: Partial<Record<DropReason, number>> | undefined;

  drop(reason: DropReason, count: number): void {
    this.#dropped ??= {};
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
  }

  snapshot(): Counts {
    return {
      sent: this.sent,
      bytesSent: this.bytesSent,
      received: this.received,
      bytesReceived: this.bytesReceived,
      delivered: this.delivered,
      failed: this.failed,
      encodeErrors: this.encodeErrors,
      decodeErrors: this.decodeErrors,
      late: this.late,
      dropped: { ...this.#dropped },
      queueDepth: this.queueDepth,
    };
  }
}

const summed: readonly NumericCount[] = [
  "sent",
  "bytesSent",
  "received",
  "bytesReceived",
  "delivered",
  "failed",
  "encodeErrors",
  "decodeErrors",
  "late",
];

/** The totals of `topics` and of what belongs to no topic. */
export function totalOf(topics: Readonly<Record<string, Counts>>, others: Counts): Stats {
  return { ...addUp([others, ...Object.values(topics)]), topics };
}

/** Several ganglia as one. */
export function sumOf(all: readonly Stats[]): Stats {
  const byTopic = new Map<string, Counts[]>();
  for (const { topics } of all) {
    for (const [topic, counts] of Object.entries(topics)) {
      const known = byTopic.get(topic);
      if (known === undefined) byTopic.set(topic, [counts]);
      else known.push(counts);
    }
  }
  const topics = [...byTopic].map(([topic, counts]) => [topic, addUp(counts)] as const);
  return { ...addUp(all), topics: Object.fromEntries(topics) };
}

function addUp(all: readonly Counts[]): Counts {
  const dropped: Partial<Record<DropReason, number>> = {};
  const total: Mutable<Counts> = { ...new Counters().snapshot(), dropped };
  for (const counts of all) {
    for (const name of summed) total[name] += counts[name];
    total.queueDepth += counts.queueDepth;
    for (const [reason, count] of Object.entries(counts.dropped) as [DropReason, number][]) {
      dropped[reason] = (dropped[reason] ?? 0) + count;
    }
  }
  return total;
}

/** How many of the items belong to each key: one incident for many messages that are given up. */
export function countBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) {
    const key = keyOf(item);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
