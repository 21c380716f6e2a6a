/**
 * LegacyNode: a node of pyplexo 1.0.0 as it behaves on the wire once it has been made to start, its
 * faults included. What it does was seen with the package on real sockets, or read in it.
 *
 * - Its promises go out on the channel of proposals, where other nodes take them for proposals.
 * - It knows neither epochs nor voters, counts every copy as a vote, and its own messages where it
 *   hears itself.
 * - It never adopts an address that others agreed on; it has one only by winning a round of its own.
 */
import type { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { type Ballot, compareBallots, noBallot } from "../../src/protocol/consensus/ballot.ts";
import type { ControlMessage, PromiseMessage } from "../../src/protocol/consensus/message.ts";
import type { AgreementOutput } from "../../src/protocol/consensus/output.ts";
import type { Machine } from "../../src/protocol/machine.ts";
import type { Random } from "../../src/testing/random.ts";

export interface LegacyNodeOptions {
  readonly instanceId: bigint;
  readonly space: AddressSpace;
  readonly random: Random;
  /** Milliseconds since 1970 when the node's clock shows 0; its proposal ids are times. */
  readonly epochMs: number;
  /** 30 s in pyplexo by default. */
  readonly intervalMs: number;
  /** Of each of the two phases; 5 s in pyplexo by default. */
  readonly timeoutMs: number;
}

/** What it remembers of a type: the last ballot it promised to or made, and an address if it had one. */
interface Remembered {
  readonly ballot: Ballot;
  readonly address: number | undefined;
}

interface Round {
  readonly ballot: Ballot;
  readonly phase: "preparation" | "proposal";
  readonly address: number | undefined;
  endsAtMs: number;
}

export class LegacyNode implements Machine<ControlMessage, AgreementOutput> {
  readonly instanceId: bigint;
  /** The addresses it has a socket for, by type. */
  readonly held: Map<string, number> = new Map();
  readonly #options: LegacyNodeOptions;
  readonly #heardAtMs = new Map<bigint, number>();
  readonly #remembered = new Map<string, Remembered>();
  readonly #promises = new Map<string, PromiseMessage[]>();
  readonly #rejectionCounts = new Map<string, number>();
  readonly #approvalCounts = new Map<string, number>();
  readonly #rounds = new Map<string, Round>();
  readonly #heartbeatEveryMs: number;
  #outputs: AgreementOutput[] = [];
  /** What it would send before its start is over, which takes one interval. */
  readonly #unsent: ControlMessage[] = [];
  readonly #wanted: { readonly typeName: string; pollAtMs: number }[] = [];
  #peerCount = 0;
  readonly #startedAtMs: number;
  #isStarted = false;
  #nextHeartbeatMs: number;
  #nextCountMs: number;

  constructor(options: LegacyNodeOptions, nowMs: number) {
    this.#options = options;
    this.instanceId = options.instanceId;
    this.#heartbeatEveryMs = (options.intervalMs / 2) * (1 + options.random.fraction());
    this.#startedAtMs = nowMs + options.intervalMs;
    this.#nextHeartbeatMs = nowMs;
    this.#nextCountMs = nowMs;
    this.wake(nowMs);
  }

  /** Asks for an address, round after round until there is one. */
  adapt(typeName: string, nowMs: number): void {
    if (this.held.has(typeName) || this.#rounds.has(typeName)) return;
    if (this.#wanted.some((wanted) => wanted.typeName === typeName)) return;
    if (this.#isStarted) this.#prepare(typeName, nowMs);
    else this.#wanted.push({ typeName, pollAtMs: nowMs + this.#options.intervalMs });
  }

  receive(message: ControlMessage, nowMs: number): void {
    switch (message.kind) {
      case "heartbeat":
        this.#heardAtMs.set(message.instanceId, nowMs);
        return;
      case "preparation":
        this.#takePreparation(message.typeName, message.ballot);
        return;
      case "promise":
        if (message.misdirected) this.#takeProposal(message, nowMs);
        else this.#takePromise(message, nowMs);
        return;
      case "rejection":
        this.#takeRejection(message.typeName, message.ballot, nowMs);
        return;
      case "proposal":
        this.#takeProposal(message, nowMs);
        return;
      case "approval":
        this.#takeApproval(message, nowMs);
        return;
      case "assignment":
        // A channel that it does not know.
        return;
      default:
        message satisfies never;
    }
  }

  wake(nowMs: number): void {
    const { intervalMs } = this.#options;
    if (nowMs >= this.#nextHeartbeatMs) {
      this.#nextHeartbeatMs = nowMs + this.#heartbeatEveryMs;
      this.#put({
        kind: "heartbeat",
        instanceId: this.instanceId,
        intervalMs: 0,
        voter: false,
        hello: false,
        leaving: false,
        digest: 0n,
        listeningDigest: 0n,
        listeningCount: 0,
        listening: [],
      });
    }
    if (nowMs >= this.#nextCountMs) {
      this.#nextCountMs = nowMs + intervalMs / 2;
      const times = [...this.#heardAtMs.values()];
      this.#peerCount = times.filter((heardMs) => nowMs - heardMs <= intervalMs).length;
    }
    if (!this.#isStarted && nowMs >= this.#startedAtMs) {
      this.#isStarted = true;
      for (const message of this.#unsent.splice(0)) this.#put(message);
    }
    for (const wanted of this.#wanted.filter(({ pollAtMs }) => pollAtMs <= nowMs)) {
      this.#wanted.splice(this.#wanted.indexOf(wanted), 1);
      this.#prepare(wanted.typeName, nowMs);
    }
    for (const [typeName, round] of [...this.#rounds]) {
      if (nowMs >= round.endsAtMs) this.#endPhase(typeName, round, nowMs);
    }
  }

  drain(): AgreementOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  get deadlineMs(): number {
    let deadlineMs = Math.min(this.#nextHeartbeatMs, this.#nextCountMs);
    if (!this.#isStarted) deadlineMs = Math.min(deadlineMs, this.#startedAtMs);
    for (const { pollAtMs } of this.#wanted) deadlineMs = Math.min(deadlineMs, pollAtMs);
    for (const { endsAtMs } of this.#rounds.values()) deadlineMs = Math.min(deadlineMs, endsAtMs);
    return deadlineMs;
  }

  #takePreparation(typeName: string, ballot: Ballot): void {
    if (ballot.instanceId === this.instanceId) return;
    const before = this.#remembered.get(typeName);
    if (before !== undefined && compareBallots(ballot, before.ballot) <= 0) {
      this.#send({
        kind: "rejection",
        typeName,
        epoch: 0n,
        ballot,
        voterId: 0n,
        promised: noBallot,
      });
      return;
    }
    this.#remembered.set(typeName, { ballot, address: before?.address });
    this.#send({
      kind: "promise",
      typeName,
      epoch: 0n,
      ballot,
      voterId: 0n,
      accepted: before?.ballot ?? noBallot,
      address: before?.address,
      misdirected: true,
    });
  }

  #takePromise(promise: PromiseMessage, nowMs: number): void {
    const { typeName, ballot } = promise;
    if (ballot.instanceId !== this.instanceId) return;
    const promises = this.#promises.get(typeName) ?? [];
    promises.push(promise);
    this.#promises.set(typeName, promises);
    if (promises.length >= this.#peerCount) this.#stopWaiting(typeName, "preparation", nowMs);
  }

  #takeRejection(typeName: string, ballot: Ballot, nowMs: number): void {
    if (ballot.instanceId !== this.instanceId) return;
    const count = (this.#rejectionCounts.get(typeName) ?? 0) + 1;
    this.#rejectionCounts.set(typeName, count);
    if (count > this.#peerCount / 2) this.#stopWaiting(typeName, "preparation", nowMs);
  }

  /** A proposal, or a promise on the channel of proposals. */
  #takeProposal(
    proposal: {
      readonly typeName: string;
      readonly ballot: Ballot;
      readonly address: number | undefined;
    },
    nowMs: number,
  ): void {
    const { typeName, ballot, address } = proposal;
    const before = this.#remembered.get(typeName);
    if (before === undefined || compareBallots(before.ballot, ballot) !== 0) return;
    this.#remembered.set(typeName, { ballot, address });
    const approval = {
      kind: "approval",
      typeName,
      epoch: 0n,
      ballot,
      address,
      voterId: 0n,
    } as const;
    this.#send(approval);
    this.#takeApproval(approval, nowMs);
  }

  #takeApproval(
    approval: { readonly typeName: string; readonly ballot: Ballot },
    nowMs: number,
  ): void {
    const { typeName, ballot } = approval;
    const key = approvalKey(typeName, ballot);
    const count = (this.#approvalCounts.get(key) ?? 0) + 1;
    this.#approvalCounts.set(key, count);
    // A majority for somebody else's ballot: it looks the type up where nothing is, and fails.
    if (count > this.#peerCount / 2 && ballot.instanceId === this.instanceId) {
      this.#stopWaiting(typeName, "proposal", nowMs);
    }
  }

  #stopWaiting(typeName: string, phase: Round["phase"], nowMs: number): void {
    const round = this.#rounds.get(typeName);
    if (round?.phase === phase) round.endsAtMs = nowMs;
  }

  #prepare(typeName: string, nowMs: number): void {
    const { epochMs, timeoutMs } = this.#options;
    // Nanoseconds out of a double: steps of 256.
    const proposalId = BigInt(Math.floor(((epochMs + nowMs) * 1e6) / 256)) * 256n;
    const ballot = { proposalId, instanceId: this.instanceId };
    this.#rounds.set(typeName, {
      ballot,
      phase: "preparation",
      address: undefined,
      endsAtMs: nowMs + timeoutMs,
    });
    this.#send({ kind: "preparation", typeName, epoch: 0n, ballot });
  }

  #endPhase(typeName: string, round: Round, nowMs: number): void {
    if (round.phase === "preparation") this.#propose(typeName, round, nowMs);
    else this.#conclude(typeName, round, nowMs);
  }

  #propose(typeName: string, { ballot }: Round, nowMs: number): void {
    const promises = this.#promises.get(typeName) ?? [];
    const rejectionCount = this.#rejectionCounts.get(typeName) ?? 0;
    this.#promises.delete(typeName);
    this.#rejectionCounts.delete(typeName);
    const half = this.#peerCount / 2;
    if (promises.length < half || rejectionCount > half) {
      this.#prepare(typeName, nowMs);
      return;
    }
    const address = hintOf(promises) ?? this.#freeAddress();
    this.#remembered.set(typeName, { ballot, address });
    const endsAtMs = nowMs + this.#options.timeoutMs;
    this.#rounds.set(typeName, { ballot, phase: "proposal", address, endsAtMs });
    this.#send({ kind: "proposal", typeName, epoch: 0n, ballot, address });
  }

  #conclude(typeName: string, { ballot, address }: Round, nowMs: number): void {
    const count = this.#approvalCounts.get(approvalKey(typeName, ballot)) ?? 0;
    if (address === undefined || count < this.#peerCount / 2) {
      this.#prepare(typeName, nowMs);
      return;
    }
    this.#rounds.delete(typeName);
    this.held.set(typeName, address);
  }

  /** From a list of its own; it never asks whether another type has the address elsewhere. */
  #freeAddress(): number {
    const { space, random } = this.#options;
    const used = new Set(this.held.values());
    for (;;) {
      const address = random.below(space.size);
      if (space.canLease(address) && !used.has(address)) return address;
      if (used.size >= space.capacity) used.clear();
    }
  }

  #send(message: ControlMessage): void {
    if (this.#isStarted) this.#put(message);
    else this.#unsent.push(message);
  }

  #put(message: ControlMessage): void {
    this.#outputs.push({ kind: "send", message });
  }
}

/** The address of the promise with the highest accepted ids, of those that carry one. */
function hintOf(promises: readonly PromiseMessage[]): number | undefined {
  let best: PromiseMessage | undefined;
  for (const promise of promises) {
    if (promise.address === undefined) continue;
    if (best === undefined || compareBallots(promise.accepted, best.accepted) > 0) best = promise;
  }
  return best?.address;
}

function approvalKey(typeName: string, { proposalId, instanceId }: Ballot): string {
  return `${typeName} ${proposalId}.${instanceId}`;
}
