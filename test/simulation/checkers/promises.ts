/**
 * Promises are kept: a voter promises and accepts in no ballot below one that it has promised to,
 * reports the highest ballot it is known to have accepted in, with its address, and votes in its own
 * name only. In one ballot one address is proposed.
 */
import { type Ballot, compareBallots } from "../../../src/protocol/consensus/ballot.ts";
import type {
  Approval,
  ControlMessage,
  PromiseMessage,
  Proposal,
} from "../../../src/protocol/consensus/message.ts";
import type { AgreementHost } from "../agreement-host.ts";
import { type Checker, Violation } from "./checker.ts";

/** What a voter has said of one type and epoch. */
interface Votes {
  promised: Ballot | undefined;
  accepted: Ballot | undefined;
  address: number | undefined;
}

export class PromisesChecker implements Checker {
  readonly name = "promises are kept";
  checkedCount = 0;
  readonly #votes = new Map<string, Votes>();
  readonly #proposed = new Map<string, number | undefined>();

  sent(host: AgreementHost | undefined, message: ControlMessage): void {
    if (host === undefined) return;
    if (message.kind === "proposal") this.#checkProposal(message);
    else if (message.kind === "promise" && message.voterId !== 0n) {
      this.#checkPromise(host, message);
    } else if (message.kind === "approval") this.#checkApproval(host, message);
  }

  #checkProposal({ typeName, epoch, ballot, address }: Proposal): void {
    const key = `${typeName} ${epoch} ${textOf(ballot)}`;
    if (this.#proposed.has(key) && this.#proposed.get(key) !== address) {
      this.#fail(`${key} is proposed with ${this.#proposed.get(key)} and with ${address}`);
    }
    this.#proposed.set(key, address);
  }

  #checkPromise(host: AgreementHost, promise: PromiseMessage): void {
    const { ballot, accepted, address, voterId } = promise;
    const votes = this.#votesOf(host, promise);
    if (votes.promised !== undefined && compareBallots(ballot, votes.promised) < 0) {
      this.#fail(`${voterId} promises ${textOf(ballot)} after ${textOf(votes.promised)}`);
    }
    votes.promised = ballot;
    if (votes.accepted === undefined) return;
    const order = compareBallots(accepted, votes.accepted);
    if (order < 0 || (order === 0 && address !== votes.address)) {
      this.#fail(
        `${voterId} reports ${textOf(accepted)} with ${address}, ` +
          `but accepted ${textOf(votes.accepted)} with ${votes.address}`,
      );
    }
  }

  #checkApproval(host: AgreementHost, approval: Approval): void {
    const { ballot, address, voterId } = approval;
    // A proposal of pyplexo's is approved of without a vote: it holds its address anyway.
    if (!this.#proposed.has(`${approval.typeName} ${approval.epoch} ${textOf(ballot)}`)) return;
    const votes = this.#votesOf(host, approval);
    if (votes.promised !== undefined && compareBallots(ballot, votes.promised) < 0) {
      this.#fail(
        `${voterId} accepts ${textOf(ballot)} after it promised ${textOf(votes.promised)}`,
      );
    }
    votes.promised = ballot;
    votes.accepted = ballot;
    votes.address = address;
  }

  #votesOf(host: AgreementHost, { typeName, epoch, voterId }: PromiseMessage | Approval): Votes {
    this.checkedCount += 1;
    if (voterId !== host.running?.instanceId) {
      this.#fail(`${host.running?.instanceId} votes in the name of ${voterId}`);
    }
    const key = `${voterId} ${typeName} ${epoch}`;
    let votes = this.#votes.get(key);
    if (votes === undefined) {
      votes = { promised: undefined, accepted: undefined, address: undefined };
      this.#votes.set(key, votes);
    }
    return votes;
  }

  #fail(message: string): never {
    throw new Violation(this.name, message);
  }
}

function textOf({ proposalId, instanceId }: Ballot): string {
  return `${proposalId}.${instanceId}`;
}
