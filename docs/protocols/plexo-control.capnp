@0xac15defb34a114c6;
# The control messages by which nodes agree on the multicast address of each type.
#
# Each goes unpacked, without an envelope, in the second frame of a message whose first is the topic:
# `dev.plexo.` and the struct's name and `.capnp`. Each struct has a multicast group of its own, the
# first seven addresses of the network in the order below; PlexoRecord is a part of the last.
#
# The first six structs are those of the Python package plexo 1.0.0, where each has a file of its
# own; they have the ids that they have there. What is marked as ours was appended: to the original
# it does not exist, and a field of it that is 0 or empty is left out from the end of a struct, so
# that a message which says no more than the original could has the original's bytes. A field that is
# absent is 0 or empty.
#
# `multicastIp` is a packed address, 4 or 16 bytes in network byte order, and null, not empty, where
# there is none.

struct PlexoHeartbeat @0xca4c0d91830944a6 {
  # File 0x99587877bc520e62. "I am here": sent at the start, then once an interval.
  instanceId @0 :UInt64;
  # Of the sender: random, other than 0, new at every start.

  # Ours:
  flags @1 :UInt64;
  # Bit 0: it votes. Bit 1, hello: it knows nothing yet and asks for heartbeats and records.
  # Bit 2: it leaves.
  intervalMs @2 :UInt64;
  # Between its heartbeats.
  digest @3 :UInt64;
  # Over all its records.
  listeningDigest @4 :UInt64;
  # Over the names of all types it listens to.
  listeningCount @5 :UInt64;
  # How many these are.
  listening @6 :List(Text);
  # Some of them, as many as there is room for.
}

struct PlexoPreparation @0xa1bbbb8016d750ff {
  # File 0x8627c77e3987131a. Phase 1 of a ballot.
  instanceId @0 :UInt64;
  # Of the proposer, also in the four structs that follow.
  proposalId @1 :UInt64;
  # Below 2^63, here and everywhere.
  typeName @2 :Text;
  # A topic, `namespace.Type.codec`, of 1 to 245 bytes.

  # Ours:
  epoch @3 :UInt64;
  # 0 for the first address of a type, one more for each that replaces one.
}

struct PlexoPromise @0xe7dce8fd041514f0 {
  # File 0xb8641e621253ede2. A vote in phase 1.
  #
  # The original sends it with the topic and to the group of proposals. There it is known by its
  # data section of four words, which no proposal has.
  instanceId @0 :UInt64;
  proposalId @1 :UInt64;
  typeName @2 :Text;
  acceptedInstanceId @3 :UInt64;
  acceptedProposalId @4 :UInt64;
  # The highest ballot that the voter has accepted; 0 if none.
  multicastIp @5 :Data;
  # What it accepted there.

  # Ours:
  epoch @6 :UInt64;
  voterId @7 :UInt64;
  # The voter's instance id. 0, of an original, is no vote but a hint.
}

struct PlexoRejection @0xf69cb567405e9990 {
  # File 0xa2849a07964d7b1b. The voter has promised to a higher ballot.
  instanceId @0 :UInt64;
  proposalId @1 :UInt64;
  typeName @2 :Text;

  # Ours:
  epoch @3 :UInt64;
  voterId @4 :UInt64;
  promisedInstanceId @5 :UInt64;
  promisedProposalId @6 :UInt64;
  # The ballot that it has promised to.
}

struct PlexoProposal @0xfe879de3068a3420 {
  # File 0x973ac88e3c07093f. Phase 2 of a ballot. Its data section must never have four words: see
  # PlexoPromise. Whoever appends a UInt64 appends two.
  instanceId @0 :UInt64;
  proposalId @1 :UInt64;
  typeName @2 :Text;
  multicastIp @3 :Data;

  # Ours:
  epoch @4 :UInt64;
}

struct PlexoApproval @0x8f5e8c17bdad4540 {
  # File 0xb5a448e703e03b10. A vote in phase 2.
  instanceId @0 :UInt64;
  proposalId @1 :UInt64;
  typeName @2 :Text;
  multicastIp @3 :Data;
  # Null if an original took a misdirected promise for a proposal. That is no vote.

  # Ours:
  epoch @4 :UInt64;
  voterId @5 :UInt64;
}

struct PlexoAssignment @0xf547c4cad83940b1 {
  # Ours. Records, as news or as an answer to differing digests.
  #
  # Types fall into 256 buckets by the hash of their name.
  instanceId @0 :UInt64;
  # Of the sender.
  digest @1 :UInt64;
  # Over all its records, as in its heartbeat.
  firstBucket @2 :UInt64;
  bucketCount @3 :UInt64;
  # Of these buckets all its records are here.
  records @4 :List(PlexoRecord);
  bucketDigests @5 :List(UInt64);
  # Over its records in each of the 256 buckets, or empty.
}

struct PlexoRecord @0x92964a12fa73175b {
  # Ours. In this epoch the messages of this type go to this address.
  epoch @0 :UInt64;
  flags @1 :UInt64;
  # Bit 0: an original holds the address.
  typeName @2 :Text;
  multicastIp @3 :Data;
}
