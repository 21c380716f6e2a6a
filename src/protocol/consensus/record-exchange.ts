/**
 * Record exchange: how nodes come to hold equal records.
 *
 * A heartbeat carries a digest of its sender's records. Where digests differ, one of those who see it
 * sends what it has, all of it or, of many records, first the digests of 256 parts; others who have
 * the same keep silent. Whoever gets records answers with those that the sender lacks.
 */
import type { Membership } from "./membership.ts";
import type { Assignment } from "./message.ts";
import { type AddressRecord, isSameRecord } from "./record.ts";
import { bucketCount, type RecordTable } from "./record-table.ts";

/** So many records go in one message, a few more where they lie in one bucket. */
const recordsPerMessage = 128;

/** A table of more records is not sent whole where a summary can do. */
const recordsWithoutSummary = 128;

/** Full tables are sent in so many messages at a time, with a pause between. */
const burst = { messages: 8, pauseMs: 5 } as const;

/**
 * Of those who hear a new node three send it their records, one after the other, unless one of them
 * has done it before; the rest do so only if none of the three has.
 */
const greeters = { count: 3, turnMs: 10 } as const;

/** Of many who could say the same each waits up to so long for another: per node that is heard, and at most. */
const patienceMs = { perNode: 1, most: 200 } as const;

export interface RecordExchangeOptions {
  readonly instanceId: bigint;
  readonly table: RecordTable;
  readonly membership: Membership;
  readonly random: () => number;
  readonly send: (message: Assignment) => void;
}

export class RecordExchange {
  readonly #options: RecordExchangeOptions;
  /** Types whose records are to be told, each from when on. */
  readonly #news = new Map<string, number>();
  /** Buckets that are to be sent whole, each from when on. */
  readonly #buckets = new Map<number, number>();
  /** When all records, or a summary, are to be offered. */
  #offerMs = Number.POSITIVE_INFINITY;
  /** When all records are to be sent to one who knows nothing. */
  #helloMs = Number.POSITIVE_INFINITY;
  #offeredMs = Number.NEGATIVE_INFINITY;
  #burstMs = Number.NEGATIVE_INFINITY;
  #deadlineMs: number | undefined;

  constructor(options: RecordExchangeOptions) {
    this.#options = options;
  }

  get deadlineMs(): number {
    this.#deadlineMs ??= Math.max(
      this.#burstMs,
      Math.min(this.#offerMs, this.#helloMs, earliest(this.#news), earliest(this.#buckets)),
    );
    return this.#deadlineMs;
  }

  /** The type's record is news to the others. */
  tell(typeName: string, nowMs: number): void {
    this.#schedule(this.#news, typeName, nowMs);
  }

  /** Somebody lacks this type's record: it is told, unless another who knows it does so before. */
  answer(typeName: string, nowMs: number): void {
    this.#schedule(this.#news, typeName, nowMs + this.#patience(patienceMs.most));
  }

  /** A new node knows nothing: it is sent all records, unless another with the same does so before. */
  greet(newcomer: bigint, nowMs: number): void {
    if (this.#options.table.size === 0) return;
    const turn = Math.min(this.#rankFor(newcomer), greeters.count);
    const patienceInMs = turn < greeters.count ? 0 : this.#patience(patienceMs.most);
    this.#helloMs = Math.min(this.#helloMs, nowMs + turn * greeters.turnMs + patienceInMs);
    this.#deadlineMs = undefined;
  }

  /** A node holds other records than this one. `intervalMs` is how often a full exchange may be. */
  differ(nowMs: number, intervalMs: number): void {
    if (this.#offerMs !== Number.POSITIVE_INFINITY) return;
    const dueMs = Math.max(nowMs, this.#offeredMs + intervalMs);
    this.#offerMs = dueMs + this.#patience(patienceMs.most);
    this.#deadlineMs = undefined;
  }

  /** Takes what another node sent, its records being merged already: some may be answered, some need not be. */
  take(assignment: Assignment, nowMs: number): void {
    const { table } = this.#options;
    // All that one message asks for is due at one time, so that it goes out together.
    let answerMs: number | undefined;
    const answer = (typeName: string): void => {
      answerMs ??= nowMs + this.#patience(patienceMs.most);
      this.#schedule(this.#news, typeName, answerMs);
    };
    for (const record of assignment.records) {
      const own = table.get(record.typeName);
      if (own === undefined) continue;
      if (isSameRecord(own, record)) this.#news.delete(record.typeName);
      else answer(record.typeName);
    }
    this.#deadlineMs = undefined;
    if (assignment.bucketDigests.length > 0) this.#takeSummary(assignment, nowMs);
    if (assignment.bucketCount > 0) this.#takeBuckets(assignment, answer);
    if (assignment.digest !== table.digest) return;
    // Another with the same records says, or begins to say, to all what this node would have said.
    if (assignment.bucketDigests.length > 0) this.#offerMs = Number.POSITIVE_INFINITY;
    if (assignment.bucketCount > 0 && assignment.firstBucket === 0) this.#hasBeenOffered();
  }

  wake(nowMs: number): void {
    if (nowMs < this.deadlineMs) return;
    this.#deadlineMs = undefined;
    let room: number = burst.messages;
    if (this.#helloMs <= nowMs) this.#offerAll(nowMs);
    if (this.#offerMs <= nowMs) {
      this.#offer(nowMs);
      room -= 1;
    }
    room = this.#sendNews(nowMs, room);
    room = this.#sendBuckets(nowMs, room);
    if (room <= 0) this.#burstMs = nowMs + burst.pauseMs;
  }

  #offer(nowMs: number): void {
    this.#offerMs = Number.POSITIVE_INFINITY;
    this.#offeredMs = nowMs;
    const { table } = this.#options;
    if (table.size <= recordsWithoutSummary) {
      this.#offerAll(nowMs);
      return;
    }
    const bucketDigests = Array.from({ length: bucketCount }, (_, bucket) =>
      table.digestOf(bucket),
    );
    this.#send({ bucketDigests });
  }

  #offerAll(nowMs: number): void {
    this.#hasBeenOffered();
    for (let bucket = 0; bucket < bucketCount; bucket += 1) this.#buckets.set(bucket, nowMs);
  }

  #hasBeenOffered(): void {
    this.#helloMs = Number.POSITIVE_INFINITY;
    this.#offerMs = Number.POSITIVE_INFINITY;
  }

  #sendNews(nowMs: number, room: number): number {
    let left = room;
    let records: AddressRecord[] = [];
    for (const [typeName, dueMs] of this.#news) {
      if (left <= 0) break;
      if (dueMs > nowMs) continue;
      this.#news.delete(typeName);
      const record = this.#options.table.get(typeName);
      if (record !== undefined) records.push(record);
      if (records.length < recordsPerMessage) continue;
      this.#send({ records });
      records = [];
      left -= 1;
    }
    if (records.length === 0) return left;
    this.#send({ records });
    return left - 1;
  }

  /** Neighbouring buckets go into one message, as long as their records are few enough. */
  #sendBuckets(nowMs: number, room: number): number {
    const { table } = this.#options;
    const due = [...this.#buckets].flatMap(([bucket, dueMs]) => (dueMs <= nowMs ? bucket : []));
    due.sort((left, right) => left - right);
    let left = room;
    for (let index = 0; index < due.length && left > 0; left -= 1) {
      const firstBucket = due[index] ?? 0;
      const records: AddressRecord[] = [];
      let count = 0;
      while (due[index] === firstBucket + count) {
        const bucket = firstBucket + count;
        if (count > 0 && records.length + table.countIn(bucket) > recordsPerMessage) break;
        records.push(...table.recordsIn(bucket));
        this.#buckets.delete(bucket);
        count += 1;
        index += 1;
      }
      this.#send({ firstBucket, bucketCount: count, records });
    }
    return left;
  }

  #takeSummary({ bucketDigests }: Assignment, nowMs: number): void {
    const dueMs = nowMs + this.#patience(patienceMs.most);
    for (const [bucket, digest] of bucketDigests.entries()) {
      if (digest === this.#options.table.digestOf(bucket)) continue;
      this.#schedule(this.#buckets, bucket, dueMs);
    }
  }

  /** Tells what the sender lacks of the buckets it sent; what it sent in full need not be sent again. */
  #takeBuckets(
    { firstBucket, bucketCount: count, records }: Assignment,
    answer: (typeName: string) => void,
  ): void {
    const { table } = this.#options;
    const sent = new Map(records.map((record) => [record.typeName, record]));
    for (let bucket = firstBucket; bucket < firstBucket + count; bucket += 1) {
      let isSameBucket = true;
      for (const record of table.recordsIn(bucket)) {
        const theirs = sent.get(record.typeName);
        if (theirs !== undefined && isSameRecord(theirs, record)) continue;
        isSameBucket = false;
        answer(record.typeName);
      }
      if (isSameBucket) this.#buckets.delete(bucket);
    }
  }

  #send(parts: Partial<Assignment>): void {
    const { instanceId, table, send } = this.#options;
    send({
      kind: "assignment",
      instanceId,
      digest: table.digest,
      firstBucket: 0,
      bucketCount: 0,
      records: [],
      bucketDigests: [],
      ...parts,
    });
  }

  #schedule<Key>(due: Map<Key, number>, key: Key, dueMs: number): void {
    due.set(key, Math.min(dueMs, due.get(key) ?? dueMs));
    this.#deadlineMs = undefined;
  }

  /** How many of the voters come before this node when a newcomer is greeted: for each in another order. */
  #rankFor(newcomer: bigint): number {
    const { instanceId, membership } = this.#options;
    const own = instanceId ^ newcomer;
    return membership.voters.filter((voterId) => (voterId ^ newcomer) < own).length;
  }

  #patience(mostMs: number): number {
    const { membership, random } = this.#options;
    return random() * Math.min(mostMs, membership.size * patienceMs.perNode);
  }
}

function earliest(due: ReadonlyMap<unknown, number>): number {
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const dueMs of due.values()) earliestMs = Math.min(earliestMs, dueMs);
  return earliestMs;
}
