/** Forger: somebody who fills the network with well-formed control messages that nobody meant. */
import type { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { noBallot } from "../../src/protocol/consensus/ballot.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import type { Random } from "../../src/testing/random.ts";

/** What nodes that there are not announce at most. */
export const forgedIntervalMsMax = 3_000;

/** A message of a node, a type and a ballot that there are not; some addresses are outside. */
export function forgedMessage(random: Random, space: AddressSpace): ControlMessage {
  const typeName = `forged.Type${random.below(100_000)}.json`;
  const instanceId = random.uint64();
  const voterId = random.uint64();
  const epoch = BigInt(random.below(3));
  const ballot = { proposalId: random.uint64() >> BigInt(random.below(64)), instanceId };
  const address = random.chance(0.9) ? random.below(space.size + 100) : undefined;
  switch (random.below(7)) {
    case 0:
      return {
        kind: "heartbeat",
        instanceId,
        intervalMs: random.below(forgedIntervalMsMax),
        voter: random.chance(0.5),
        hello: random.chance(0.3),
        leaving: random.chance(0.1),
        digest: random.uint64(),
        listeningDigest: random.uint64(),
        listeningCount: 1 + random.below(1_000),
        listening: [typeName],
      };
    case 1:
      return { kind: "preparation", typeName, epoch, ballot };
    case 2:
      return {
        kind: "promise",
        typeName,
        epoch,
        ballot,
        voterId: random.chance(0.5) ? voterId : 0n,
        accepted: ballot,
        address,
        misdirected: random.chance(0.5),
      };
    case 3:
      return { kind: "rejection", typeName, epoch, ballot, voterId, promised: noBallot };
    case 4:
      return { kind: "proposal", typeName, epoch, ballot, address };
    case 5:
      return { kind: "approval", typeName, epoch, ballot, address, voterId };
    default: {
      const record = { typeName, epoch, address: address ?? 0, legacy: random.chance(0.1) };
      const bucketDigests = random.chance(0.2) ? Array.from({ length: 256 }, () => voterId) : [];
      return {
        kind: "assignment",
        instanceId,
        digest: random.uint64(),
        firstBucket: random.below(256),
        bucketCount: random.below(256),
        records: [record],
        bucketDigests,
      };
    }
  }
}
