/** Schedule: all that happens in one run from outside the nodes, made from a seed before it begins. */
import type { BallotOutput } from "../../src/protocol/consensus/output.ts";
import type { LinkFaults } from "../../src/testing/sim/link.ts";

/**
 * - `chaos`: anything may happen, then it becomes quiet.
 * - `calm`: nothing goes wrong; one type after the other is asked for by one node.
 * - `start`: nothing goes wrong; up to 16 nodes start within a second, and want their types at once.
 * - `flood`: somebody fills the network with control messages of types and nodes that there are not.
 */
export type ScheduleKind = "chaos" | "calm" | "start" | "flood";

export interface Schedule {
  readonly seed: number;
  readonly kind: ScheduleKind;
  /** In CIDR notation. */
  readonly network: string;
  /** How many addresses of the network types may have; the others are skipped. */
  readonly addressesMax: number;
  readonly typeNames: readonly string[];
  readonly nodes: readonly NodePlan[];
  /** Until `chaosMs`, and after that. */
  readonly chaosFaults: LinkFaults;
  readonly quietFaults: LinkFaults;
  readonly chaosMs: number;
  /** What happens in the chaos, in no order. */
  readonly happenings: readonly Happening[];
  /** Senders of these types send a data message every so often. */
  readonly dataTypes: readonly string[];
  readonly dataEveryMs: number;
  readonly dataDelayMaxMs: number;
}

export interface NodePlan {
  readonly kind: "agreement" | "legacy";
  readonly intervalMs: number;
  readonly clockOffsetMs: number;
  readonly hearsItself: boolean;
  /** Where the proposal ids of its types begin. */
  readonly firstProposalId: bigint;
}

/**
 * When exactly something happens to a node: at once, right after so many outputs more, or as it takes
 * this step of a ballot, before it can tell anybody.
 */
export type Moment = number | BallotOutput["step"];

/** Nodes are named by their index in the schedule. */
export type Happening =
  | { readonly kind: "start"; readonly atMs: number; readonly node: number }
  | {
      readonly kind: "crash";
      readonly atMs: number;
      readonly node: number;
      readonly moment: Moment;
    }
  /** Nobody hears it any more, nor does it hear anybody, until the next merge. */
  | {
      readonly kind: "isolate";
      readonly atMs: number;
      readonly node: number;
      readonly moment: Moment;
    }
  | { readonly kind: "close"; readonly atMs: number; readonly node: number }
  | {
      readonly kind: "use";
      readonly atMs: number;
      readonly node: number;
      readonly typeName: string;
      readonly sends: boolean;
      readonly listens: boolean;
    }
  | {
      readonly kind: "release";
      readonly atMs: number;
      readonly node: number;
      readonly typeName: string;
    }
  | { readonly kind: "cut"; readonly atMs: number; readonly from: number; readonly to: number }
  | { readonly kind: "mend"; readonly atMs: number; readonly from: number; readonly to: number }
  | {
      readonly kind: "split";
      readonly atMs: number;
      readonly groups: readonly (readonly number[])[];
    }
  | { readonly kind: "merge"; readonly atMs: number }
  | { readonly kind: "faults"; readonly atMs: number; readonly faults: Partial<LinkFaults> }
  /** From now on, this share of all messages of one kind is lost on its way to everybody. */
  | {
      readonly kind: "hush";
      readonly atMs: number;
      readonly messages: "assignment" | "heartbeat";
      readonly share: number;
    }
  /** So many forged messages at once. */
  | { readonly kind: "forge"; readonly atMs: number; readonly count: number };
