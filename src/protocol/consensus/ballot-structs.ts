/**
 * The structs of the five messages of a ballot. They begin alike: instanceId @0 and proposalId @1
 * are the ballot, typeName @2. The fields from epoch on are ours.
 */
import type { CapnpStruct } from "../capnp/reader.ts";
import type { CapnpWriter } from "../capnp/writer.ts";
import type { Ballot } from "./ballot.ts";
import type { Approval, Preparation, PromiseMessage, Proposal, Rejection } from "./message.ts";
import {
  encodeTypeName,
  type MessageContext,
  readAddress,
  readTypeName,
  startMessage,
  writeAddress,
} from "./message-fields.ts";

/** Which pointer is which; the others have no address. */
const pointers = { typeName: 0, multicastIp: 1 } as const;

export function readPreparation(root: CapnpStruct, bytes: Uint8Array): Preparation {
  return { kind: "preparation", ...readHead(root, bytes), epoch: root.uint64(2) };
}

export function writePreparation({ typeName, epoch, ballot }: Preparation): CapnpWriter {
  return startBallotMessage(typeName, [ballot.instanceId, ballot.proposalId, epoch], {
    dataWordCountMin: 2,
    pointerCount: 1,
  });
}

/** @param misdirected Whether it came on the channel of proposals. */
export function readPromise(
  root: CapnpStruct,
  bytes: Uint8Array,
  { space, misdirected }: MessageContext & { readonly misdirected: boolean },
): PromiseMessage {
  return {
    kind: "promise",
    ...readHead(root, bytes),
    accepted: { instanceId: root.uint64(2), proposalId: root.uint64(3) },
    address: readAddress(root, pointers.multicastIp, space),
    epoch: root.uint64(4),
    voterId: root.uint64(5),
    misdirected,
  };
}

export function writePromise(promise: PromiseMessage, { space }: MessageContext): CapnpWriter {
  const { typeName, ballot, accepted, address, epoch, voterId } = promise;
  const writer = startBallotMessage(
    typeName,
    [
      ballot.instanceId,
      ballot.proposalId,
      accepted.instanceId,
      accepted.proposalId,
      epoch,
      voterId,
    ],
    { dataWordCountMin: promiseDataWordCount, pointerCount: 2 },
  );
  writeAddress(writer.root, pointers.multicastIp, { address, space });
  return writer;
}

export function readRejection(root: CapnpStruct, bytes: Uint8Array): Rejection {
  return {
    kind: "rejection",
    ...readHead(root, bytes),
    epoch: root.uint64(2),
    voterId: root.uint64(3),
    promised: { instanceId: root.uint64(4), proposalId: root.uint64(5) },
  };
}

export function writeRejection(rejection: Rejection): CapnpWriter {
  const { typeName, ballot, epoch, voterId, promised } = rejection;
  return startBallotMessage(
    typeName,
    [
      ballot.instanceId,
      ballot.proposalId,
      epoch,
      voterId,
      promised.instanceId,
      promised.proposalId,
    ],
    { dataWordCountMin: 2, pointerCount: 1 },
  );
}

/** How many words pyplexo's promise has. A proposal of any version never has as many. */
export const promiseDataWordCount = 4;

export function readProposal(
  root: CapnpStruct,
  bytes: Uint8Array,
  { space }: MessageContext,
): Proposal {
  return {
    kind: "proposal",
    ...readHead(root, bytes),
    address: readAddress(root, pointers.multicastIp, space),
    epoch: root.uint64(2),
  };
}

export function writeProposal(proposal: Proposal, { space }: MessageContext): CapnpWriter {
  const { typeName, ballot, address, epoch } = proposal;
  const data = [ballot.instanceId, ballot.proposalId, epoch];
  const writer = startBallotMessage(typeName, data, { dataWordCountMin: 2, pointerCount: 2 });
  writeAddress(writer.root, pointers.multicastIp, { address, space });
  return writer;
}

export function readApproval(
  root: CapnpStruct,
  bytes: Uint8Array,
  { space }: MessageContext,
): Approval {
  return {
    kind: "approval",
    ...readHead(root, bytes),
    address: readAddress(root, pointers.multicastIp, space),
    epoch: root.uint64(2),
    voterId: root.uint64(3),
  };
}

export function writeApproval(approval: Approval, { space }: MessageContext): CapnpWriter {
  const { typeName, ballot, address, epoch, voterId } = approval;
  const data = [ballot.instanceId, ballot.proposalId, epoch, voterId];
  const writer = startBallotMessage(typeName, data, { dataWordCountMin: 2, pointerCount: 2 });
  writeAddress(writer.root, pointers.multicastIp, { address, space });
  return writer;
}

function readHead(root: CapnpStruct, bytes: Uint8Array): { typeName: string; ballot: Ballot } {
  return {
    typeName: readTypeName(bytes, root.text(pointers.typeName)),
    ballot: { proposalId: root.uint64(1), instanceId: root.uint64(0) },
  };
}

function startBallotMessage(
  typeName: string,
  data: readonly bigint[],
  size: { readonly dataWordCountMin: number; readonly pointerCount: number },
): CapnpWriter {
  const writer = startMessage(data, size);
  writer.root.text(pointers.typeName, encodeTypeName(typeName));
  return writer;
}
