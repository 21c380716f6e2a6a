/** Control messages for tests: what a test is not about has a plain default. */
import type { Ballot } from "../../src/protocol/consensus/ballot.ts";
import type {
  Approval,
  Assignment,
  Heartbeat,
  Preparation,
  PromiseMessage,
  Proposal,
  Rejection,
} from "../../src/protocol/consensus/message.ts";
import type { AddressRecord } from "../../src/protocol/consensus/record.ts";

export function ballot(proposalId: bigint, instanceId: bigint): Ballot {
  return { proposalId, instanceId };
}

export function record(
  typeName: string,
  address: number,
  parts: Partial<AddressRecord> = {},
): AddressRecord {
  return { typeName, epoch: 0n, address, legacy: false, ...parts };
}

/** Of a voter that holds no record and listens to nothing. */
export function heartbeat(instanceId: bigint, parts: Partial<Heartbeat> = {}): Heartbeat {
  return {
    kind: "heartbeat",
    instanceId,
    intervalMs: 1_000,
    voter: true,
    hello: false,
    leaving: false,
    digest: 0n,
    listeningDigest: 0n,
    listeningCount: 0,
    listening: [],
    ...parts,
  };
}

/** Of a node of pyplexo. */
export function legacyHeartbeat(instanceId: bigint): Heartbeat {
  return heartbeat(instanceId, { intervalMs: 0, voter: false });
}

export function assignment(instanceId: bigint, parts: Partial<Assignment> = {}): Assignment {
  return {
    kind: "assignment",
    instanceId,
    digest: 0n,
    firstBucket: 0,
    bucketCount: 0,
    records: [],
    bucketDigests: [],
    ...parts,
  };
}

export function preparation(
  typeName: string,
  of: Ballot,
  parts: Partial<Preparation> = {},
): Preparation {
  return { kind: "preparation", typeName, epoch: 0n, ballot: of, ...parts };
}

export function promise(
  { typeName, epoch, ballot: of }: Preparation,
  voterId: bigint,
  parts: Partial<PromiseMessage> = {},
): PromiseMessage {
  return {
    kind: "promise",
    typeName,
    epoch,
    ballot: of,
    voterId,
    accepted: ballot(0n, 0n),
    address: undefined,
    misdirected: false,
    ...parts,
  };
}

export function rejection(
  { typeName, epoch, ballot: of }: Preparation | Proposal,
  voterId: bigint,
  promised: Ballot,
): Rejection {
  return { kind: "rejection", typeName, epoch, ballot: of, voterId, promised };
}

export function proposal(
  typeName: string,
  of: Ballot,
  address: number | undefined,
  parts: Partial<Proposal> = {},
): Proposal {
  return { kind: "proposal", typeName, epoch: 0n, ballot: of, address, ...parts };
}

export function approval(
  { typeName, epoch, ballot: of, address }: Proposal,
  voterId: bigint,
): Approval {
  return { kind: "approval", typeName, epoch, ballot: of, address, voterId };
}
