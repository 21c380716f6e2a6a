/**
 * Proposer: gets addresses decided, by ballots, for the types that need one.
 *
 * A ballot fixes its view at its preparation and is given up when the view changes. One that is
 * refused is followed by a higher one after a random time, which doubles up to 1 s.
 */
import type { Acceptor } from "./acceptor.ts";
import { compareBallots, proposalIdMax } from "./ballot.ts";
import { BallotRun } from "./ballot-run.ts";
import type { Membership } from "./membership.ts";
import type { Approval, ControlMessage, PromiseMessage, Rejection } from "./message.ts";
import type { AgreementIncidentReason, AgreementOutput, BallotOutput } from "./output.ts";
import { Turns } from "./turns.ts";

/** So many types are balloted for at once; the others wait for their turn. */
const attemptsMax = 64;

/** The pause before a type that has waited for its turn: it bounds what a node alone decides in a second. */
const turnMs = 10;

/** An unanswered message is sent again after this long, then after twice as long, up to the most. */
const repeatMs = { first: 40, most: 1_000 } as const;

/** The longest random wait after the first refusal; it doubles with each, up to the most. */
const backOffMs = { first: 20, most: 1_000 } as const;

/** A ballot whose view has changed is followed by another within so long. */
const renewMsMax = 10;

/** A node that means to propose and hears a rival first lets it go ahead for up to so long. */
const yieldMsMax = 60;

/** It does so only so often for one type: a rival that never concludes must not stop it for good. */
const yieldsMax = 3;

/** Nodes of pyplexo are given so long to report an address that they hold. */
const legacyHintMs = 100;

/** What cannot be decided is tried again after so long, then after twice as long, up to the most. */
const retryMs = { first: 10_000, most: 600_000 } as const;

/** A voter that has left so many sendings of a ballot unanswered, but is heard, hears nothing. */
const silentSendings = 8;

/** The wait for one type: for its turn to begin, for votes, or for the end of a back-off. */
interface Attempt {
  readonly typeName: string;
  run: BallotRun | undefined;
  /** When the attempt is to begin, or its last message to be sent again. */
  dueMs: number;
  sendings: number;
  backOffMs: number;
  yields: number;
}

export interface ProposerOptions {
  readonly instanceId: bigint;
  readonly acceptor: Acceptor;
  readonly membership: Membership;
  readonly random: () => number;
  /** Which epoch of a type is to be decided; undefined if none is. */
  readonly neededEpoch: (typeName: string) => bigint | undefined;
  /** An address for the type that is not in use, undefined if there is none. */
  readonly choose: (typeName: string) => number | undefined;
  readonly decide: (typeName: string, epoch: bigint, address: number, nowMs: number) => void;
  readonly emit: (output: AgreementOutput) => void;
}

export class Proposer {
  readonly #options: ProposerOptions;
  readonly #attempts = new Map<string, Attempt>();
  readonly #turns = new Turns();
  /** Types that could not be decided, and how long the next try is put off. */
  readonly #failed = new Map<string, number>();
  /** Voters that were reported to hear nothing. */
  readonly #reported = new Set<bigint>();
  #view: readonly bigint[] = [];
  #startMs = Number.NEGATIVE_INFINITY;

  constructor(options: ProposerOptions) {
    this.#options = options;
  }

  get deadlineMs(): number {
    const hasRoom = this.#attempts.size < attemptsMax;
    let deadlineMs = hasRoom ? this.#turns.deadlineMs : Number.POSITIVE_INFINITY;
    for (const { dueMs } of this.#attempts.values()) deadlineMs = Math.min(deadlineMs, dueMs);
    return deadlineMs;
  }

  /** How many types are being decided or wait for it. */
  get size(): number {
    return this.#attempts.size + this.#turns.size;
  }

  /** The addresses proposed in ballots that have not ended. */
  *proposedAddresses(): Generator<number> {
    for (const { run } of this.#attempts.values())
      if (run?.address !== undefined) yield run.address;
  }

  /** No ballot begins before `startMs`. */
  startAt(startMs: number): void {
    for (const attempt of this.#attempts.values()) {
      if (attempt.dueMs === this.#startMs) attempt.dueMs = startMs;
    }
    this.#startMs = startMs;
  }

  /**
   * Gets the type decided, unless somebody else does.
   * @param delayMs From when on; 0 for a first address, which somebody waits for.
   */
  want(typeName: string, nowMs: number, delayMs = 0): void {
    const attempt = this.#attempts.get(typeName);
    if (attempt?.run !== undefined && attempt.run.epoch !== this.#options.neededEpoch(typeName)) {
      // Its epoch has been decided meanwhile, so nobody would vote in this ballot any more.
      this.#giveUp(attempt, nowMs + delayMs);
    }
    if (attempt !== undefined || this.#turns.has(typeName)) return;
    if (delayMs > 0) this.#turns.addLater(typeName, nowMs + delayMs);
    else if (this.#attempts.size >= attemptsMax) this.#turns.addFirst(typeName);
    else this.#begin(typeName, nowMs);
  }

  /** Ends what is under way for a type that needs nothing any more. */
  drop(typeName: string, nowMs: number): void {
    this.#turns.delete(typeName);
    this.#failed.delete(typeName);
    const attempt = this.#attempts.get(typeName);
    if (attempt === undefined) return;
    if (attempt.run !== undefined) this.#report(attempt.run, typeName, "given-up");
    this.#end(typeName, nowMs);
  }

  /** Ballots begin as soon as the first voter, which is this node itself, is in view. */
  viewChanged(nowMs: number): void {
    this.#view = this.#options.membership.view;
    for (const voterId of this.#reported) {
      if (this.#options.membership.get(voterId) === undefined) this.#reported.delete(voterId);
    }
    for (const attempt of this.#attempts.values()) {
      if (attempt.run !== undefined) this.#giveUp(attempt, nowMs + this.#upTo(renewMsMax));
      else if (attempt.dueMs === Number.POSITIVE_INFINITY) attempt.dueMs = nowMs;
    }
  }

  /** Another node has begun a ballot for the type. */
  rivalPrepared(typeName: string, nowMs: number): void {
    const attempt = this.#attempts.get(typeName);
    if (attempt === undefined || attempt.run !== undefined || attempt.yields >= yieldsMax) return;
    attempt.yields += 1;
    attempt.dueMs = Math.max(attempt.dueMs, nowMs + yieldMsMax / 2 + this.#upTo(yieldMsMax / 2));
  }

  takePromise(promise: PromiseMessage, nowMs: number): void {
    const answered = this.#answeredBy(promise);
    if (answered === undefined || answered.run.address !== undefined) return;
    const { attempt, run } = answered;
    run.takePromise(promise.voterId, promise.accepted, promise.address);
    this.#proceed(attempt, run, nowMs);
  }

  takeApproval(approval: Approval, nowMs: number): void {
    const answered = this.#answeredBy(approval);
    if (answered === undefined) return;
    const { attempt, run } = answered;
    if (approval.address === undefined || approval.address !== run.address) return;
    run.takeApproval(approval.voterId);
    this.#proceed(attempt, run, nowMs);
  }

  takeRejection(rejection: Rejection, nowMs: number): void {
    const answered = this.#answeredBy(rejection);
    if (answered === undefined) return;
    const { attempt, run } = answered;
    run.takeRefusal(rejection.voterId);
    if (run.isRefused) this.#backOff(attempt, nowMs);
  }

  wake(nowMs: number): void {
    this.#giveTurns(nowMs, nowMs);
    for (const attempt of this.#attempts.values()) {
      if (attempt.dueMs > nowMs) continue;
      if (attempt.run === undefined) this.#prepare(attempt, nowMs);
      else if (!this.#proceed(attempt, attempt.run, nowMs))
        this.#repeat(attempt, attempt.run, nowMs);
    }
  }

  #begin(typeName: string, dueMs: number): void {
    const { first } = backOffMs;
    const attempt: Attempt = {
      typeName,
      run: undefined,
      dueMs,
      sendings: 0,
      backOffMs: first,
      yields: 0,
    };
    this.#attempts.set(typeName, attempt);
  }

  #end(typeName: string, nowMs: number): void {
    this.#attempts.delete(typeName);
    this.#giveTurns(nowMs, nowMs + turnMs);
  }

  #giveTurns(nowMs: number, beginMs: number): void {
    while (this.#attempts.size < attemptsMax) {
      const typeName = this.#turns.shift(nowMs);
      if (typeName === undefined) return;
      this.#begin(typeName, beginMs);
    }
  }

  #prepare(attempt: Attempt, nowMs: number): void {
    const { instanceId, acceptor, membership, neededEpoch } = this.#options;
    const { typeName } = attempt;
    const epoch = neededEpoch(typeName);
    if (epoch === undefined) {
      this.#end(typeName, nowMs);
      return;
    }
    // Not a voter yet: `viewChanged` will say when it is.
    if (!membership.isVoter) {
      attempt.dueMs = Number.POSITIVE_INFINITY;
      return;
    }
    if (nowMs < this.#startMs) {
      attempt.dueMs = this.#startMs;
      return;
    }
    const proposalId = acceptor.takeProposalId(typeName, nowMs);
    if (proposalId > proposalIdMax) {
      const message = `no proposal id below 2^63 is left for ${typeName}; somebody has used the last one`;
      this.#fail(typeName, "proposals-exhausted", message, nowMs);
      return;
    }
    const ballot = { proposalId, instanceId };
    const run = new BallotRun(epoch, ballot, this.#view, nowMs);
    attempt.run = run;
    attempt.sendings = 0;
    this.#report(run, typeName, "prepared");
    const own = acceptor.prepare(typeName, epoch, ballot, nowMs);
    if (own.kind === "promised") run.takePromise(instanceId, own.accepted, own.address);
    else run.takeRefusal(instanceId);
    this.#send(attempt, run, nowMs);
    this.#proceed(attempt, run, nowMs);
  }

  /** Goes on to the next phase, or to the decision, if there are votes enough. @returns whether it did. */
  #proceed(attempt: Attempt, run: BallotRun, nowMs: number): boolean {
    if (!run.hasQuorum) return false;
    if (run.address !== undefined) {
      this.#decide(attempt.typeName, run, run.address, nowMs);
      return true;
    }
    const hintMs = run.preparedMs + legacyHintMs;
    if (this.#options.membership.legacyCount > 0 && nowMs < hintMs) {
      attempt.dueMs = Math.min(attempt.dueMs, hintMs);
      return false;
    }
    this.#propose(attempt, run, nowMs);
    return true;
  }

  #propose(attempt: Attempt, run: BallotRun, nowMs: number): void {
    const { instanceId, acceptor, choose } = this.#options;
    const { typeName } = attempt;
    const address = run.acceptedAddress ?? choose(typeName);
    if (address === undefined) {
      const message = `no address of the network is free for ${typeName}; choose a larger network`;
      this.#fail(typeName, "addresses-exhausted", message, nowMs);
      return;
    }
    const own = acceptor.accept(typeName, run.epoch, run.ballot, address, nowMs);
    if (own.kind !== "accepted" && run.view.includes(instanceId)) {
      this.#backOff(attempt, nowMs);
      return;
    }
    run.propose(address);
    attempt.sendings = 0;
    this.#report(run, typeName, "proposed");
    if (own.kind === "accepted") run.takeApproval(instanceId);
    this.#send(attempt, run, nowMs);
    this.#proceed(attempt, run, nowMs);
  }

  #decide(typeName: string, run: BallotRun, address: number, nowMs: number): void {
    this.#report(run, typeName, "decided");
    this.#end(typeName, nowMs);
    this.#options.decide(typeName, run.epoch, address, nowMs);
  }

  /** The votes have not come in time: the ballot goes on, or a higher one takes its place. */
  #repeat(attempt: Attempt, run: BallotRun, nowMs: number): void {
    if (attempt.sendings === silentSendings) this.#reportSilent(run);
    // Who has refused would vote for a higher ballot; the others may never answer this one.
    if (run.hasRefusal) {
      this.#backOff(attempt, nowMs);
      return;
    }
    this.#send(attempt, run, nowMs);
    // With votes enough it only waits for nodes of pyplexo, and no longer than it was to.
    if (run.hasQuorum) attempt.dueMs = Math.min(attempt.dueMs, run.preparedMs + legacyHintMs);
  }

  #send(attempt: Attempt, run: BallotRun, nowMs: number): void {
    const { typeName } = attempt;
    const { epoch, ballot, address } = run;
    const message: ControlMessage =
      address === undefined
        ? { kind: "preparation", typeName, epoch, ballot }
        : { kind: "proposal", typeName, epoch, ballot, address };
    this.#options.emit({ kind: "send", message });
    const waitMs = Math.min(repeatMs.most, repeatMs.first * 2 ** attempt.sendings);
    attempt.sendings += 1;
    attempt.dueMs = nowMs + waitMs * (0.75 + this.#upTo(0.5));
  }

  #backOff(attempt: Attempt, nowMs: number): void {
    this.#giveUp(attempt, nowMs + this.#upTo(attempt.backOffMs));
    attempt.backOffMs = Math.min(backOffMs.most, attempt.backOffMs * 2);
  }

  #giveUp(attempt: Attempt, dueMs: number): void {
    if (attempt.run !== undefined) this.#report(attempt.run, attempt.typeName, "given-up");
    attempt.run = undefined;
    attempt.dueMs = dueMs;
  }

  /** The attempt and its ballot that a vote is for; nothing if the ballot has ended. */
  #answeredBy({
    typeName,
    epoch,
    ballot,
  }: PromiseMessage | Approval | Rejection):
    | { readonly attempt: Attempt; readonly run: BallotRun }
    | undefined {
    const attempt = this.#attempts.get(typeName);
    if (attempt?.run === undefined) return undefined;
    const { run } = attempt;
    const isFor = compareBallots(ballot, run.ballot) === 0 && epoch === run.epoch;
    return isFor ? { attempt, run } : undefined;
  }

  #reportSilent(run: BallotRun): void {
    for (const instanceId of run.silent) {
      if (this.#reported.has(instanceId)) continue;
      this.#reported.add(instanceId);
      this.#options.emit({
        kind: "incident",
        reason: "one-way",
        message: `node ${instanceId} is heard but answers nothing; is what this node sends filtered on the way to it?`,
        typeName: undefined,
        instanceId,
      });
    }
  }

  #fail(typeName: string, reason: AgreementIncidentReason, message: string, nowMs: number): void {
    const attempt = this.#attempts.get(typeName);
    if (attempt?.run !== undefined) this.#report(attempt.run, typeName, "given-up");
    this.#end(typeName, nowMs);
    const failedMs = this.#failed.get(typeName);
    const waitMs = Math.min(retryMs.most, failedMs === undefined ? retryMs.first : failedMs * 2);
    this.#failed.set(typeName, waitMs);
    this.#turns.addLater(typeName, nowMs + waitMs);
    if (failedMs !== undefined) return;
    this.#options.emit({ kind: "incident", reason, message, typeName, instanceId: undefined });
  }

  #report(run: BallotRun, typeName: string, step: BallotOutput["step"]): void {
    const { epoch, ballot, view, address } = run;
    this.#options.emit({ kind: "ballot", step, typeName, epoch, ballot, view, address });
  }

  #upTo(bound: number): number {
    return this.#options.random() * bound;
  }
}
