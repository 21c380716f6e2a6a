/**
 * Acceptor: a node's votes. Per type and epoch it promises only to a higher ballot than it has
 * promised to, accepts only in a ballot not below its promise, and reports the highest ballot it has
 * accepted in, with its address. (Paxos; "promise" and "accepted" are its words.)
 */
import { type Ballot, compareBallots, noBallot } from "./ballot.ts";

/**
 * A promise is forgotten after so long without a message of its type: whoever it was made to has given
 * its ballot up by then, since its view has changed. What was accepted may have been decided by
 * somebody who is cut off, so that stays.
 */
const promiseMs = 600_000;

/** Epochs of one type that can be undecided at once; each but one belongs to a collision. */
const epochsMax = 8;

/**
 * Who forgets a type begins all others above what it has used for that one. If somebody has raised
 * those ids further than this, the type is kept instead: one forged id must not use up those of all types.
 */
const leapMax = 2n ** 44n;

/** The state for one type and epoch. */
interface Vote {
  promised: Ballot;
  accepted: Ballot;
  address: number | undefined;
}

interface TypeState {
  readonly votes: Map<bigint, Vote>;
  /** The highest proposal id seen for the type, in any epoch. */
  proposalId: bigint;
  /** The highest one used by this node itself. */
  ownProposalId: bigint;
  touchedMs: number;
}

export type PrepareResult =
  | { readonly kind: "promised"; readonly accepted: Ballot; readonly address: number | undefined }
  | { readonly kind: "rejected"; readonly promised: Ballot }
  | { readonly kind: "full" };

export type AcceptResult =
  | { readonly kind: "accepted" }
  | { readonly kind: "rejected"; readonly promised: Ballot }
  | { readonly kind: "full" };

export class Acceptor {
  readonly #types = new Map<string, TypeState>();
  readonly #typesMax: number;
  /** Of a type that was never heard of, raised over what this node used for those it has forgotten. */
  #firstProposalId: bigint;
  #sweepMs = Number.POSITIVE_INFINITY;

  /** @param typesMax For how many types there can be state. */
  constructor(firstProposalId: bigint, typesMax: number) {
    this.#firstProposalId = firstProposalId;
    this.#typesMax = typesMax;
  }

  /** How many types have state. */
  get size(): number {
    return this.#types.size;
  }

  get deadlineMs(): number {
    return this.#sweepMs;
  }

  /**
   * The proposal id of a new ballot of this node's: higher than any seen for the type, so never one
   * used before. There is always room for a type that this node itself needs.
   */
  takeProposalId(typeName: string, nowMs: number): bigint {
    const state = this.#types.get(typeName) ?? this.#add(typeName, nowMs);
    state.touchedMs = nowMs;
    state.proposalId += 1n;
    state.ownProposalId = state.proposalId;
    return state.proposalId;
  }

  /** Takes note of a proposal id that somebody uses. @returns false if there is no room for the type. */
  see(typeName: string, proposalId: bigint, nowMs: number): boolean {
    const state = this.#state(typeName, nowMs);
    if (state === undefined) return false;
    if (proposalId > state.proposalId) state.proposalId = proposalId;
    return true;
  }

  /** What this node has accepted, and knows no decision of. */
  acceptedAddress(typeName: string, epoch: bigint): number | undefined {
    return this.#types.get(typeName)?.votes.get(epoch)?.address;
  }

  prepare(typeName: string, epoch: bigint, ballot: Ballot, nowMs: number): PrepareResult {
    const vote = this.#vote(typeName, epoch, nowMs);
    if (vote === undefined) return { kind: "full" };
    // A ballot that is promised to already is asked for again because an answer was lost.
    if (compareBallots(ballot, vote.promised) < 0) {
      return { kind: "rejected", promised: vote.promised };
    }
    vote.promised = ballot;
    return { kind: "promised", accepted: vote.accepted, address: vote.address };
  }

  accept(
    typeName: string,
    epoch: bigint,
    ballot: Ballot,
    address: number,
    nowMs: number,
  ): AcceptResult {
    const vote = this.#vote(typeName, epoch, nowMs);
    if (vote === undefined) return { kind: "full" };
    if (compareBallots(ballot, vote.promised) < 0) {
      return { kind: "rejected", promised: vote.promised };
    }
    vote.promised = ballot;
    vote.accepted = ballot;
    vote.address = address;
    return { kind: "accepted" };
  }

  /** `epoch` of this type is decided: its votes, and those of the epochs before, are needed no more. */
  settle(typeName: string, epoch: bigint): void {
    const state = this.#types.get(typeName);
    if (state === undefined) return;
    for (const undecided of state.votes.keys()) {
      if (undecided <= epoch) state.votes.delete(undecided);
    }
    this.#sweepMs = Math.min(this.#sweepMs, state.touchedMs + promiseMs);
  }

  /** Forgets promises that nobody has come back to for 10 minutes. */
  wake(nowMs: number): void {
    if (nowMs < this.#sweepMs) return;
    this.#sweepMs = Number.POSITIVE_INFINITY;
    for (const [typeName, state] of this.#types) {
      const endMs = state.touchedMs + promiseMs;
      if (endMs > nowMs) this.#sweepMs = Math.min(this.#sweepMs, endMs);
      else if (this.#canForget(state)) this.#forget(typeName, state);
    }
  }

  #canForget({ votes, ownProposalId }: TypeState): boolean {
    if (ownProposalId - this.#firstProposalId > leapMax) return false;
    return ![...votes.values()].some(hasAccepted);
  }

  #forget(typeName: string, { ownProposalId }: TypeState): void {
    this.#types.delete(typeName);
    if (ownProposalId >= this.#firstProposalId) this.#firstProposalId = ownProposalId + 1n;
  }

  #vote(typeName: string, epoch: bigint, nowMs: number): Vote | undefined {
    const votes = this.#state(typeName, nowMs)?.votes;
    if (votes === undefined) return undefined;
    let vote = votes.get(epoch);
    if (vote === undefined) {
      if (votes.size >= epochsMax) return undefined;
      vote = { promised: noBallot, accepted: noBallot, address: undefined };
      votes.set(epoch, vote);
    }
    return vote;
  }

  #state(typeName: string, nowMs: number): TypeState | undefined {
    const known = this.#types.get(typeName);
    if (known === undefined && this.#types.size >= this.#typesMax) return undefined;
    const state = known ?? this.#add(typeName, nowMs);
    state.touchedMs = nowMs;
    return state;
  }

  #add(typeName: string, nowMs: number): TypeState {
    const proposalId = this.#firstProposalId - 1n;
    const state = {
      votes: new Map<bigint, Vote>(),
      proposalId,
      ownProposalId: proposalId,
      touchedMs: nowMs,
    };
    this.#types.set(typeName, state);
    this.#sweepMs = Math.min(this.#sweepMs, nowMs + promiseMs);
    return state;
  }
}

function hasAccepted({ address }: Vote): boolean {
  return address !== undefined;
}
