/**
 * The control messages by which nodes agree on the multicast address of each type.
 *
 * Six of them are structs of pyplexo 1.0.0 with fields of ours appended; the seventh, the
 * assignment, is ours. A field of ours that is 0, or empty, is not written, so that what an old node
 * could have said has an old node's bytes.
 */
import type { Ballot } from "./ballot.ts";
import type { AddressRecord } from "./record.ts";

/** "I am here": sent at the start, then once an interval. */
export interface Heartbeat {
  readonly kind: "heartbeat";
  readonly instanceId: bigint;
  /** 0 for a node of pyplexo, which says nothing but its instance id. */
  readonly intervalMs: number;
  /** Whether the sender votes; a node that has just started does not yet. */
  readonly voter: boolean;
  /** The sender knows nothing yet and asks everybody for a heartbeat and for records. */
  readonly hello: boolean;
  /** The sender closes: nobody need wait for it. */
  readonly leaving: boolean;
  /** Over all records of the sender: see `record-table.ts`. */
  readonly digest: bigint;
  /** Over the names of all types that the sender listens to: see `listened-types.ts`. */
  readonly listeningDigest: bigint;
  /** How many types the sender listens to, of which `listening` names as many as there is room for. */
  readonly listeningCount: number;
  readonly listening: readonly string[];
}

/** Phase 1 of a ballot: "promise me not to help a lower one". */
export interface Preparation {
  readonly kind: "preparation";
  readonly typeName: string;
  readonly epoch: bigint;
  readonly ballot: Ballot;
}

/** A vote in phase 1, with what the voter has accepted before. */
export interface PromiseMessage {
  readonly kind: "promise";
  readonly typeName: string;
  readonly epoch: bigint;
  /** The ballot that is promised to. */
  readonly ballot: Ballot;
  /** 0 when the sender is a node of pyplexo: its promise is a hint, not a vote. */
  readonly voterId: bigint;
  /** The highest ballot the voter has accepted, its ids 0 if none. */
  readonly accepted: Ballot;
  /** The address it accepted in that ballot. */
  readonly address: number | undefined;
  /** It came on the channel of proposals, where nodes of pyplexo send their promises. */
  readonly misdirected: boolean;
}

/** "I have promised to a higher ballot than yours." */
export interface Rejection {
  readonly kind: "rejection";
  readonly typeName: string;
  readonly epoch: bigint;
  /** The ballot that is refused. */
  readonly ballot: Ballot;
  /** 0 when the sender is a node of pyplexo. */
  readonly voterId: bigint;
  /** The ballot that the voter has promised to, its ids 0 when the sender is a node of pyplexo. */
  readonly promised: Ballot;
}

/** Phase 2 of a ballot: "accept this address". */
export interface Proposal {
  readonly kind: "proposal";
  readonly typeName: string;
  readonly epoch: bigint;
  readonly ballot: Ballot;
  readonly address: number | undefined;
}

/** A vote in phase 2. */
export interface Approval {
  readonly kind: "approval";
  readonly typeName: string;
  readonly epoch: bigint;
  readonly ballot: Ballot;
  readonly address: number | undefined;
  /** 0 when the sender is a node of pyplexo. */
  readonly voterId: bigint;
}

/**
 * Records, as news or as an answer to differing digests.
 *
 * Types fall into 256 buckets by the hash of their name. The message holds all of the sender's
 * records in `bucketCount` buckets from `firstBucket` on, so that a receiver sees what the sender
 * lacks; news cover no bucket. A summary holds the digests of all buckets and no record.
 */
export interface Assignment {
  readonly kind: "assignment";
  readonly instanceId: bigint;
  /** Over all records of the sender, as in its heartbeat. */
  readonly digest: bigint;
  readonly firstBucket: number;
  readonly bucketCount: number;
  readonly records: readonly AddressRecord[];
  /** Of each bucket its digest, or empty. */
  readonly bucketDigests: readonly bigint[];
}

export type ControlMessage =
  | Heartbeat
  | Preparation
  | PromiseMessage
  | Rejection
  | Proposal
  | Approval
  | Assignment;
