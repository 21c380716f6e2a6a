/** Message rules: what every control message keeps to, whoever sends it, and how much one may hold. */
import { type ErrorDetails, PeerError } from "../../errors.ts";
import { checkAbove0 } from "../check-above-0.ts";
import { type Ballot, proposalIdMax } from "./ballot.ts";
import type { Assignment, ControlMessage, Heartbeat } from "./message.ts";
import { epochMax } from "./record.ts";
import { bucketCount as bucketTotal } from "./record-table.ts";

/** Limits of one message. A node refuses what is beyond its own, so all should have the same. */
export interface ControlLimits {
  /** Of a whole message. Default 655360, enough for one that is at every other limit. */
  readonly messageBytesMax?: number;
  /** How many types a heartbeat may name. Default 256. */
  readonly listeningNamesMax?: number;
  /**
   * How many records an assignment may hold. Default 2048: a bucket has to fit, and names can be
   * chosen to meet in one.
   */
  readonly recordsMax?: number;
  /**
   * The longest interval between heartbeats that a node may announce, by which all others wait for
   * it when it is gone. Default 3600000, an hour; that of pyplexo is 30 s.
   */
  readonly intervalMsMax?: number;
}

const defaults: Required<ControlLimits> = {
  messageBytesMax: 655_360,
  listeningNamesMax: 256,
  recordsMax: 2048,
  intervalMsMax: 3_600_000,
};

/** How long a topic may be: libzmq 4.3.4 garbles subscriptions to longer ones. */
const typeNameBytesMax = 245;

/** Of a network there are never more addresses in use, so nobody listens to more types. */
const listeningCountMax = 2 ** 32;

/** @throws {UsageError} if a limit is not above 0. */
export function controlLimits(given: ControlLimits): Required<ControlLimits> {
  const limits = { ...defaults, ...given };
  for (const [name, value] of Object.entries(limits)) checkAbove0(name, value);
  return limits;
}

/** @throws {PeerError} that names the value and the bound, if `message` breaks a rule. */
export function checkMessage(message: ControlMessage, limits: Required<ControlLimits>): void {
  switch (message.kind) {
    case "heartbeat":
      return checkHeartbeat(message, limits);
    case "preparation":
    case "proposal":
    case "approval":
      return checkBallot(message.ballot, message.epoch);
    case "promise":
      checkBallot(message.ballot, message.epoch);
      return checkProposalId("accepted proposal id", message.accepted.proposalId);
    case "rejection":
      checkBallot(message.ballot, message.epoch);
      return checkProposalId("promised proposal id", message.promised.proposalId);
    case "assignment":
      return checkAssignment(message, limits);
    default:
      message satisfies never;
  }
}

/**
 * Also for a list that has not been read yet.
 * @throws {PeerError} if it has more elements than are taken.
 */
export function checkCount(what: string, count: number, countMax: number): void {
  if (count <= countMax) return;
  throw new PeerError(`${count} ${what}, at most ${countMax} taken`, {
    details: { count, countMax },
  });
}

/** @throws {PeerError} if there is neither one digest for each bucket nor none at all. */
export function checkDigestCount(count: number): void {
  if (count === 0 || count === bucketTotal) return;
  throw new PeerError(`${count} bucket digests, either none or ${bucketTotal} taken`, {
    details: { count, bucketTotal },
  });
}

/** @throws {PeerError} if a type name of so many bytes is empty or too long. */
export function checkTypeNameLength(byteCount: number): void {
  if (byteCount > 0 && byteCount <= typeNameBytesMax) return;
  throw new PeerError(`type name of ${byteCount} bytes, 1 to ${typeNameBytesMax} taken`, {
    details: { byteCount, typeNameBytesMax },
  });
}

function checkHeartbeat(heartbeat: Heartbeat, limits: Required<ControlLimits>): void {
  const { instanceId, intervalMs, listeningCount, listening } = heartbeat;
  checkInstanceId(instanceId);
  checkInteger("interval in milliseconds", intervalMs, { min: 0, max: limits.intervalMsMax });
  checkCount("names of types listened to", listening.length, limits.listeningNamesMax);
  checkInteger("count of types listened to", listeningCount, {
    min: listening.length,
    max: listeningCountMax,
  });
}

function checkAssignment(assignment: Assignment, limits: Required<ControlLimits>): void {
  const { instanceId, firstBucket, bucketCount, records, bucketDigests } = assignment;
  checkInstanceId(instanceId);
  checkInteger("first bucket", firstBucket, { min: 0, max: bucketTotal });
  checkInteger(`count of buckets from ${firstBucket} on`, bucketCount, {
    min: 0,
    max: bucketTotal - firstBucket,
  });
  checkCount("records", records.length, limits.recordsMax);
  checkDigestCount(bucketDigests.length);
  for (const { epoch } of records) checkEpoch(epoch);
}

function checkBallot(ballot: Ballot, epoch: bigint): void {
  checkInstanceId(ballot.instanceId);
  checkProposalId("proposal id", ballot.proposalId);
  checkEpoch(epoch);
}

function checkInstanceId(instanceId: bigint): void {
  if (instanceId !== 0n) return;
  throw new PeerError("instance id 0, which stands for none; 1 to 2^64-1 taken", {
    details: { instanceId },
  });
}

function checkProposalId(what: string, proposalId: bigint): void {
  if (proposalId <= proposalIdMax) return;
  throw outOfRange(what, `at most 2^63-1`, { value: proposalId, max: proposalIdMax });
}

function checkEpoch(epoch: bigint): void {
  if (epoch <= epochMax) return;
  throw outOfRange("epoch", `at most 2^63-1`, { value: epoch, max: epochMax });
}

function checkInteger(
  what: string,
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw outOfRange(what, `an integer from ${min} to ${max}`, { value, min, max });
}

function outOfRange(what: string, taken: string, details: ErrorDetails): PeerError {
  return new PeerError(`${what} is ${String(details["value"])}, ${taken} taken`, { details });
}
