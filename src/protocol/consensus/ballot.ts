/** Ballot: one attempt of one node to get an address decided. Of two ballots one is the higher. */
export interface Ballot {
  readonly proposalId: bigint;
  /** Of the proposer. */
  readonly instanceId: bigint;
}

/** Lower than every ballot that a proposer makes. */
export const noBallot: Ballot = { proposalId: 0n, instanceId: 0n };

/** pyplexo keeps proposal ids in a signed integer of 64 bits; none of ours reaches its sign. */
export const proposalIdMax: bigint = 2n ** 63n - 1n;

/** By proposal id, then by instance id: below 0 if `left` is the lower, 0 if they are the same. */
export function compareBallots(left: Ballot, right: Ballot): number {
  if (left.proposalId !== right.proposalId) return left.proposalId < right.proposalId ? -1 : 1;
  if (left.instanceId !== right.instanceId) return left.instanceId < right.instanceId ? -1 : 1;
  return 0;
}
