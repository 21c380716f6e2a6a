/** Ballot run: what has come of one ballot of this node's: its view, its votes, its refusals. */
import { type Ballot, compareBallots, noBallot } from "./ballot.ts";

export class BallotRun {
  readonly ballot: Ballot;
  readonly epoch: bigint;
  /** The voters that count; another array, of the same or of others, means that the view has changed. */
  readonly view: readonly bigint[];
  readonly preparedMs: number;
  /** What is proposed; undefined in phase 1. */
  address: number | undefined;
  readonly #voters: ReadonlySet<bigint>;
  readonly #answered = new Set<bigint>();
  #votes = new Set<bigint>();
  readonly #refusals = new Set<bigint>();
  #accepted: Ballot = noBallot;
  #acceptedAddress: number | undefined;

  constructor(epoch: bigint, ballot: Ballot, view: readonly bigint[], nowMs: number) {
    this.epoch = epoch;
    this.ballot = ballot;
    this.view = view;
    this.preparedMs = nowMs;
    this.#voters = new Set(view);
  }

  /** The address that the voters of phase 1 have accepted in the highest ballot, if any. */
  get acceptedAddress(): number | undefined {
    return this.#acceptedAddress;
  }

  /** Whether more than half of the view has voted in this phase. */
  get hasQuorum(): boolean {
    return this.#votes.size * 2 > this.view.length;
  }

  /** Whether so many have refused that the others are no longer more than half. */
  get isRefused(): boolean {
    return (this.view.length - this.#refusals.size) * 2 <= this.view.length;
  }

  /** Whether any voter has promised to a higher ballot. */
  get hasRefusal(): boolean {
    return this.#refusals.size > 0;
  }

  /** Those of the view that have neither voted in any phase nor refused. */
  get silent(): bigint[] {
    return this.view.filter((voterId) => !this.#answered.has(voterId));
  }

  takePromise(voterId: bigint, accepted: Ballot, address: number | undefined): void {
    if (!this.#takeVote(voterId) || address === undefined) return;
    if (compareBallots(accepted, this.#accepted) <= 0) return;
    this.#accepted = accepted;
    this.#acceptedAddress = address;
  }

  /** Phase 2 begins: the votes are for `address` now. */
  propose(address: number): void {
    this.address = address;
    this.#votes = new Set();
  }

  takeApproval(voterId: bigint): void {
    this.#takeVote(voterId);
  }

  takeRefusal(voterId: bigint): void {
    if (!this.#voters.has(voterId)) return;
    this.#answered.add(voterId);
    this.#refusals.add(voterId);
  }

  /** Votes of others than the view's do not count, and each of theirs counts once. */
  #takeVote(voterId: bigint): boolean {
    if (!this.#voters.has(voterId)) return false;
    this.#answered.add(voterId);
    this.#votes.add(voterId);
    return true;
  }
}
