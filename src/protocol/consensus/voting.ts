/** Voting: how a node answers the ballots of others, with its vote or with what is decided already. */
import type { Acceptor } from "./acceptor.ts";
import type { AddressSpace } from "./address-space.ts";
import { type Ballot, noBallot, proposalIdMax } from "./ballot.ts";
import type { Membership } from "./membership.ts";
import type { ControlMessage, Preparation, Proposal } from "./message.ts";
import type { RecordExchange } from "./record-exchange.ts";
import type { RecordTable } from "./record-table.ts";
import type { Refusals } from "./refusals.ts";
import { Throttle } from "./throttle.ts";

export interface VotingOptions {
  readonly instanceId: bigint;
  readonly answersPerSecondMax: number;
  readonly space: AddressSpace;
  readonly table: RecordTable;
  readonly membership: Membership;
  readonly acceptor: Acceptor;
  readonly exchange: RecordExchange;
  readonly refusals: Refusals;
  readonly send: (message: ControlMessage) => void;
  /** A node of pyplexo proposes the address for itself, and will hold it. */
  readonly holdLegacy: (typeName: string, address: number, proposer: bigint, nowMs: number) => void;
}

export class Voting {
  readonly #options: VotingOptions;
  readonly #throttle: Throttle;

  constructor(options: VotingOptions) {
    this.#options = options;
    this.#throttle = new Throttle(options.answersPerSecondMax);
  }

  takePreparation(preparation: Preparation, nowMs: number): void {
    const { instanceId: voterId, membership, acceptor } = this.#options;
    const { typeName, epoch, ballot } = preparation;
    if (!this.#notice(preparation, nowMs)) return;
    if (membership.isLegacy(ballot.instanceId)) {
      this.#promiseLegacy(preparation, nowMs);
      return;
    }
    if (this.#answerWithRecord(preparation, nowMs)) return;
    const result = acceptor.prepare(typeName, epoch, ballot, nowMs);
    switch (result.kind) {
      case "promised": {
        const { accepted, address } = result;
        const about = { typeName, epoch, ballot, voterId };
        this.#answer({ kind: "promise", ...about, accepted, address, misdirected: false }, nowMs);
        break;
      }
      case "rejected":
        this.#reject(preparation, result.promised, nowMs);
        break;
      case "full":
        this.#options.refusals.count("types");
        break;
      default:
        result satisfies never;
    }
  }

  takeProposal(proposal: Proposal, nowMs: number): void {
    const { space, membership, acceptor, refusals, holdLegacy } = this.#options;
    const { typeName, epoch, ballot, address } = proposal;
    if (address === undefined || !space.canLease(address)) {
      refusals.count("address");
      return;
    }
    if (!this.#notice(proposal, nowMs)) return;
    if (membership.isLegacy(ballot.instanceId)) {
      holdLegacy(typeName, address, ballot.instanceId, nowMs);
      this.#approve(proposal, nowMs);
      return;
    }
    if (this.#answerWithRecord(proposal, nowMs)) return;
    const result = acceptor.accept(typeName, epoch, ballot, address, nowMs);
    switch (result.kind) {
      case "accepted":
        this.#approve(proposal, nowMs);
        break;
      case "rejected":
        this.#reject(proposal, result.promised, nowMs);
        break;
      case "full":
        refusals.count("types");
        break;
      default:
        result satisfies never;
    }
  }

  /** Takes note of a ballot's proposal id. @returns false if the ballot cannot be answered. */
  #notice({ typeName, ballot }: Preparation | Proposal, nowMs: number): boolean {
    const { acceptor, refusals } = this.#options;
    if (ballot.proposalId > proposalIdMax) {
      refusals.count("proposal-id");
      return false;
    }
    const hasRoom = acceptor.see(typeName, ballot.proposalId, nowMs);
    if (!hasRoom) refusals.count("types");
    return hasRoom;
  }

  /**
   * What is decided is not voted on again: the proposer is told. An address that a node of pyplexo
   * holds stands above any epoch. @returns whether it is decided.
   */
  #answerWithRecord(asked: Preparation | Proposal, nowMs: number): boolean {
    const { table, membership, exchange } = this.#options;
    const { typeName, epoch, ballot } = asked;
    const record = table.get(typeName);
    if (record === undefined || (record.epoch < epoch && !record.legacy)) return false;
    exchange.answer(typeName, nowMs);
    // One whose heartbeat was not heard yet may be of pyplexo, and know no records.
    const isKnown = membership.get(ballot.instanceId) !== undefined;
    if (!isKnown && asked.kind === "preparation") this.#promiseLegacy(asked, nowMs);
    return true;
  }

  /**
   * A node of pyplexo is promised whatever it asks: what it proposes then it will hold anyway, and
   * one that is rejected tries again at once, for ever. The promise tells it the address that is
   * decided or accepted here, which it then proposes itself. It has no voter, so that no node of ours
   * takes it for a vote.
   */
  #promiseLegacy({ typeName, epoch, ballot }: Preparation, nowMs: number): void {
    const { instanceId, table, acceptor } = this.#options;
    const address = table.get(typeName)?.address ?? acceptor.acceptedAddress(typeName, epoch);
    const { proposalId } = ballot;
    const isReported = address !== undefined && proposalId > 0n;
    const accepted = isReported ? { proposalId: proposalId - 1n, instanceId } : noBallot;
    const about = { typeName, epoch, ballot, voterId: 0n, accepted };
    this.#answer(
      { kind: "promise", ...about, address: isReported ? address : undefined, misdirected: false },
      nowMs,
    );
  }

  #approve({ typeName, epoch, ballot, address }: Proposal, nowMs: number): void {
    const voterId = this.#options.instanceId;
    this.#answer({ kind: "approval", typeName, epoch, ballot, address, voterId }, nowMs);
  }

  #reject(
    { typeName, epoch, ballot }: Preparation | Proposal,
    promised: Ballot,
    nowMs: number,
  ): void {
    const voterId = this.#options.instanceId;
    this.#answer({ kind: "rejection", typeName, epoch, ballot, voterId, promised }, nowMs);
  }

  #answer(message: ControlMessage, nowMs: number): void {
    if (this.#throttle.take(nowMs)) this.#options.send(message);
    else this.#options.refusals.count("throttled");
  }
}
