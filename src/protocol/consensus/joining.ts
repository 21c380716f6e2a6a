/**
 * Joining: what a node waits for before it votes. It first hears who is there and what they have
 * decided, so that it does not decide otherwise.
 */
import type { Membership } from "./membership.ts";
import type { Assignment } from "./message.ts";
import { bucketCount, type RecordTable } from "./record-table.ts";

/** Nobody new must have come for so long. */
const calmMs = 60;

/** Nodes that do not answer are waited for no longer than this; so is one that would answer. */
const joiningMsMax = 200;

/** The records of so many nodes with different ones are followed at a time. */
const digestsMax = 16;

export class Joining {
  readonly #membership: Membership;
  readonly #table: RecordTable;
  /** Of the nodes with one digest the buckets that have arrived. */
  readonly #arrived = new Map<bigint, Set<number>>();
  #startedMs = Number.NEGATIVE_INFINITY;
  #newFaceMs: number | undefined;
  /** How many messages with records have arrived. */
  #arrivedCount = 0;
  #lookedAt = "";
  #hasAll = true;

  constructor(membership: Membership, table: RecordTable) {
    this.#membership = membership;
    this.#table = table;
  }

  start(nowMs: number): void {
    this.#startedMs = nowMs;
  }

  /** A node was heard for the first time. */
  newFace(nowMs: number): void {
    this.#newFaceMs = nowMs;
  }

  take({ digest, firstBucket, bucketCount: count }: Assignment): void {
    this.#arrivedCount += 1;
    let buckets = this.#arrived.get(digest);
    if (buckets === undefined) {
      if (count === 0 || this.#arrived.size >= digestsMax) return;
      buckets = new Set();
      this.#arrived.set(digest, buckets);
    }
    for (let bucket = firstBucket; bucket < firstBucket + count; bucket += 1) buckets.add(bucket);
  }

  /** When the joining may be over. */
  get deadlineMs(): number {
    const endMs = this.#startedMs + joiningMsMax;
    if (this.#newFaceMs === undefined) return endMs;
    const calmAtMs = this.#newFaceMs + calmMs;
    return this.#hasAllRecords() ? Math.min(endMs, calmAtMs) : endMs;
  }

  /** Whether the node may vote. */
  isOver(nowMs: number): boolean {
    return nowMs >= this.deadlineMs;
  }

  /** Asked for each message, with all nodes to be looked at, so looked at again only after a change. */
  #hasAllRecords(): boolean {
    const { version, digestVersion } = this.#membership;
    const state = `${version} ${digestVersion} ${this.#arrivedCount} ${this.#table.digest}`;
    if (state !== this.#lookedAt) {
      this.#lookedAt = state;
      this.#hasAll = this.#looksComplete();
    }
    return this.#hasAll;
  }

  #looksComplete(): boolean {
    for (const { legacy, digest } of this.#membership.nodes) {
      if (legacy || digest === 0n || digest === this.#table.digest) continue;
      if (this.#arrived.get(digest)?.size !== bucketCount) return false;
    }
    return true;
  }
}
