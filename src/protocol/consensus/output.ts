/** What the agreement wants done, and what it lets its owner know. */
import type { Ballot } from "./ballot.ts";
import type { ControlMessage } from "./message.ts";
import type { AddressRecord } from "./record.ts";

export type AgreementOutput =
  | SendOutput
  | RecordOutput
  | RouteOutput
  | ViewOutput
  | BallotOutput
  | IncidentOutput;

/** To be sent to all nodes. */
interface SendOutput {
  readonly kind: "send";
  readonly message: ControlMessage;
}

/** This node holds a record that it did not hold before. */
export interface RecordOutput {
  readonly kind: "record";
  readonly record: AddressRecord;
}

/**
 * Where the messages of a type in use go now. Addresses are to be joined before any is left; a
 * stream on an address that is no longer sent on ends with FIN, and what is sent on a new one
 * continues it.
 */
export interface RouteOutput {
  readonly kind: "route";
  readonly typeName: string;
  /** Empty for a type that is only listened to; more than one only for the sake of pyplexo nodes. */
  readonly send: readonly number[];
  /** Empty for a type that is only sent. */
  readonly listen: readonly number[];
}

/** Who votes on ballots of this node has changed. */
interface ViewOutput {
  readonly kind: "view";
  /** Instance ids, ascending: the nine lowest of those that vote, as far as this node hears them. */
  readonly voters: readonly bigint[];
}

/** A step of a ballot of this node's own. */
export interface BallotOutput {
  readonly kind: "ballot";
  readonly step: "prepared" | "proposed" | "decided" | "given-up";
  readonly typeName: string;
  readonly epoch: bigint;
  readonly ballot: Ballot;
  /** The voters that count, fixed when the ballot was prepared. */
  readonly view: readonly bigint[];
  /** What is proposed or decided; undefined before. */
  readonly address: number | undefined;
}

/** Something that somebody should know of. */
export interface IncidentOutput {
  readonly kind: "incident";
  readonly reason: AgreementIncidentReason;
  readonly message: string;
  readonly typeName: string | undefined;
  readonly instanceId: bigint | undefined;
}

/**
 * - `one-way`: a voter is heard, but has answered no ballot of this node for long.
 * - `addresses-exhausted`: a type asked for an address and all are taken.
 * - `proposals-exhausted`: no higher proposal id is left for a type.
 * - `legacy-split`: nodes of pyplexo hold different addresses for one type.
 */
export type AgreementIncidentReason =
  | "one-way"
  | "addresses-exhausted"
  | "proposals-exhausted"
  | "legacy-split";
