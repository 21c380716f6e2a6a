/** Control messages of every kind, made at random. */
import fc from "fast-check";
import type { Ballot } from "../../src/protocol/consensus/ballot.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";

const uint64s = fc.bigInt(0n, 2n ** 64n - 1n);
const instanceIds = fc.bigInt(1n, 2n ** 64n - 1n);
const uint63s = fc.bigInt(0n, 2n ** 63n - 1n);
/** Often absent, as the fields of ours are in a message of the original. */
const epochs = fc.oneof(fc.constant(0n), uint63s);
const voterIds = fc.oneof(fc.constant(0n), uint64s);
const typeNames = fc.oneof(
  fc.constantFrom("dev.plexo.test.Foo.json", "a", "x".repeat(245)),
  fc.string({ minLength: 1, maxLength: 24, unit: "grapheme" }),
);
const addresses = fc.nat(65_535);
const maybeAddresses = fc.option(addresses, { nil: undefined });
const ballots: fc.Arbitrary<Ballot> = fc.record({ proposalId: uint63s, instanceId: instanceIds });
const otherBallots: fc.Arbitrary<Ballot> = fc.oneof(
  fc.constant({ proposalId: 0n, instanceId: 0n }),
  ballots,
);
const ballotHead = { typeName: typeNames, epoch: epochs, ballot: ballots };

const buckets = fc.tuple(fc.nat(256), fc.nat(256)).map(([one, other]) => ({
  firstBucket: Math.min(one, other),
  bucketCount: Math.abs(one - other),
}));

/** All their addresses are in a network of 65,536. */
export const controlMessages: fc.Arbitrary<ControlMessage> = fc.oneof(
  fc
    .record({
      kind: fc.constant("heartbeat" as const),
      instanceId: instanceIds,
      voter: fc.boolean(),
      hello: fc.boolean(),
      leaving: fc.boolean(),
      intervalMs: fc.oneof(fc.constant(0), fc.nat(3_600_000)),
      digest: uint64s,
      listeningDigest: epochs,
      listeningCount: fc.nat(70_000),
      listening: fc.array(typeNames, { maxLength: 4 }),
    })
    .map((heartbeat) => ({
      ...heartbeat,
      listeningCount: Math.max(heartbeat.listeningCount, heartbeat.listening.length),
    })),
  fc.record({ kind: fc.constant("preparation" as const), ...ballotHead }),
  fc.record({
    kind: fc.constant("promise" as const),
    ...ballotHead,
    voterId: voterIds,
    accepted: otherBallots,
    address: maybeAddresses,
    misdirected: fc.constant(false),
  }),
  fc.record({
    kind: fc.constant("rejection" as const),
    ...ballotHead,
    voterId: voterIds,
    promised: otherBallots,
  }),
  fc.record({ kind: fc.constant("proposal" as const), ...ballotHead, address: maybeAddresses }),
  fc.record({
    kind: fc.constant("approval" as const),
    ...ballotHead,
    voterId: voterIds,
    address: maybeAddresses,
  }),
  fc
    .record({
      kind: fc.constant("assignment" as const),
      instanceId: instanceIds,
      digest: uint64s,
      buckets,
      records: fc.array(
        fc.record({ typeName: typeNames, epoch: epochs, address: addresses, legacy: fc.boolean() }),
        { maxLength: 4 },
      ),
      bucketDigests: fc.oneof(
        fc.constant([]),
        fc.array(uint64s, { minLength: 256, maxLength: 256, size: "max" }),
      ),
    })
    .map(({ buckets: range, ...assignment }) => ({ ...assignment, ...range })),
);
