/**
 * Agreement: by which the nodes of a network give each type a multicast address of its own, without
 * a server and without configuration. A variant of Paxos, one instance per type and epoch, among
 * the nodes that hear each other.
 *
 * This is the machine as a whole: it hands each message to the part it concerns. What the rules are
 * and why, docs/protocols/consensus.md says.
 */
import type { Machine } from "../machine.ts";
import { Acceptor } from "./acceptor.ts";
import type { AddressSpace } from "./address-space.ts";
import { noBallot, proposalIdMax } from "./ballot.ts";
import { chooseAddress } from "./choice.ts";
import { Joining } from "./joining.ts";
import { Legacy } from "./legacy.ts";
import { OwnListenedTypes } from "./listened-types.ts";
import { Membership, type Node } from "./membership.ts";
import type {
  Approval,
  Assignment,
  ControlMessage,
  Heartbeat,
  Preparation,
  PromiseMessage,
  Proposal,
  Rejection,
} from "./message.ts";
import { type AgreementOptions, defaultHeartbeatIntervalMs, withDefaults } from "./options.ts";
import type { AgreementOutput } from "./output.ts";
import { Proposer } from "./proposer.ts";
import { Pulse } from "./pulse.ts";
import type { AddressRecord } from "./record.ts";
import { RecordExchange } from "./record-exchange.ts";
import { RecordTable } from "./record-table.ts";
import { Refusals } from "./refusals.ts";
import { Routes, type Use } from "./routes.ts";
import { Throttle } from "./throttle.ts";

/** Nodes that start together become voters in the same moments; each waits this long for the others' word. */
const firstBallotMs = 30;

/** Of two types with one address the one that is to move does so within so long, if it is used here. */
const moveMsMax = 50;

/** - `idle`: not started. - `joining`: it listens, but does not vote. - `closed`: it takes nothing more. */
export type AgreementState = "idle" | "joining" | "voting" | "closed";

export class AddressAgreement implements Machine<ControlMessage, AgreementOutput> {
  readonly #instanceId: bigint;
  readonly #space: AddressSpace;
  readonly #random: () => number;
  readonly #heartbeatIntervalMs: number;
  readonly #outputs: AgreementOutput[] = [];
  readonly #refusals = new Refusals();
  readonly #throttle: Throttle;
  readonly #table: RecordTable;
  readonly #membership: Membership;
  readonly #listened: OwnListenedTypes;
  readonly #acceptor: Acceptor;
  readonly #joining: Joining;
  readonly #pulse: Pulse;
  readonly #exchange: RecordExchange;
  readonly #routes: Routes;
  readonly #proposer: Proposer;
  readonly #legacy: Legacy;
  #state: AgreementState = "idle";
  #membershipVersion = 0;
  #voters: readonly bigint[] = [];

  /** @throws {UsageError} if an interval or a limit is not above 0. */
  constructor(options: AgreementOptions) {
    const { instanceId, space, random, firstProposalId, limits } = options;
    const { heartbeatIntervalMs = defaultHeartbeatIntervalMs } = options;
    const { nodesMax, answersPerSecondMax, namesPerHeartbeat } = withDefaults(limits);
    this.#instanceId = instanceId;
    this.#space = space;
    this.#random = random;
    this.#heartbeatIntervalMs = heartbeatIntervalMs;
    this.#throttle = new Throttle(answersPerSecondMax);
    const table = new RecordTable(space);
    const membership = new Membership(instanceId, nodesMax);
    const acceptor = new Acceptor(firstProposalId, space.capacity);
    const emit = (output: AgreementOutput): void => {
      this.#outputs.push(output);
    };
    const send = (message: ControlMessage): void => emit({ kind: "send", message });
    this.#table = table;
    this.#membership = membership;
    this.#acceptor = acceptor;
    this.#listened = new OwnListenedTypes(namesPerHeartbeat);
    this.#joining = new Joining(membership, table);
    this.#pulse = new Pulse(heartbeatIntervalMs, random);
    this.#exchange = new RecordExchange({ instanceId, table, membership, random, send });
    this.#legacy = new Legacy({
      random,
      send,
      inquire: (typeName, nowMs) => this.#inquire(typeName, nowMs),
    });
    this.#routes = new Routes({
      table,
      membership,
      heldAddresses: (typeName) => this.#legacy.heldAddresses(typeName),
      emit,
    });
    this.#proposer = new Proposer({
      instanceId,
      acceptor,
      membership,
      random,
      neededEpoch: (typeName) => this.#neededEpoch(typeName),
      choose: (typeName) => this.#choose(typeName),
      decide: (typeName, epoch, address, nowMs) => {
        this.#adopt({ typeName, epoch, address, legacy: false }, nowMs);
        this.#exchange.tell(typeName, nowMs);
      },
      emit,
    });
  }

  get state(): AgreementState {
    return this.#state;
  }

  /** The voters that this node hears, ascending; itself among them once it votes. */
  get voters(): readonly bigint[] {
    return this.#membership.voters;
  }

  /** The nodes that this node hears, without itself. */
  get nodes(): Iterable<Readonly<Node>> {
    return this.#membership.nodes;
  }

  /** What this node refused or passed over, by reason. */
  get refusals(): Readonly<Record<string, number>> {
    return this.#refusals.counts;
  }

  record(typeName: string): AddressRecord | undefined {
    return this.#table.get(typeName);
  }

  records(): Iterable<AddressRecord> {
    return this.#table.records();
  }

  /** How many nodes are known to listen on the type's address. */
  receiverCount(typeName: string): number {
    return this.#routes.receiverCount(typeName);
  }

  /** What is kept for others: a measure of the memory taken. */
  get sizes(): Readonly<Record<"records" | "nodes" | "undecided" | "attempts", number>> {
    return {
      records: this.#table.size,
      nodes: this.#membership.size,
      undecided: this.#acceptor.size,
      attempts: this.#proposer.size,
    };
  }

  /** Says hello and begins to join. Once only. */
  start(nowMs: number): void {
    if (this.#state !== "idle") return;
    this.#state = "joining";
    this.#joining.start(nowMs);
    this.#pulse.start(nowMs);
    this.wake(nowMs);
  }

  /** This node sends messages of the type, or listens to them; an address is found if there is none. */
  use(typeName: string, use: Use, nowMs: number): void {
    if (this.#state === "closed") return;
    if (use.listens !== this.#listened.has(typeName)) {
      if (use.listens) this.#listened.add(typeName);
      else this.#listened.remove(typeName);
      this.#pulse.hurry(nowMs);
    }
    this.#routes.use(typeName, use, nowMs);
    if (this.#neededEpoch(typeName) !== undefined) this.#proposer.want(typeName, nowMs);
    this.wake(nowMs);
  }

  /** This node no longer uses the type. What was decided on it stays. */
  release(typeName: string, nowMs: number): void {
    if (this.#state === "closed") return;
    if (this.#listened.has(typeName)) {
      this.#listened.remove(typeName);
      this.#pulse.hurry(nowMs);
    }
    this.#routes.release(typeName);
    this.#proposer.settle(typeName, nowMs);
  }

  /** Says goodbye, so that nobody waits for this node, and takes nothing more. */
  close(nowMs: number): void {
    if (this.#state === "joining" || this.#state === "voting") this.#beat(nowMs, true);
    this.#state = "closed";
  }

  receive(message: ControlMessage, nowMs: number): void {
    if (this.#state === "idle" || this.#state === "closed") return;
    switch (message.kind) {
      case "heartbeat":
        this.#takeHeartbeat(message, nowMs);
        break;
      case "assignment":
        this.#takeAssignment(message, nowMs);
        break;
      case "preparation":
        this.#takePreparation(message, nowMs);
        break;
      case "promise":
        this.#takePromise(message, nowMs);
        break;
      case "rejection":
        this.#takeRejection(message, nowMs);
        break;
      case "proposal":
        this.#takeProposal(message, nowMs);
        break;
      case "approval":
        this.#takeApproval(message, nowMs);
        break;
      default:
        message satisfies never;
    }
    this.#noticeMembership(nowMs);
  }

  wake(nowMs: number): void {
    if (this.#state === "idle" || this.#state === "closed") return;
    this.#membership.wake(nowMs);
    if (this.#state === "joining" && this.#joining.isOver(nowMs)) this.#beginVoting(nowMs);
    this.#noticeMembership(nowMs);
    this.#acceptor.wake(nowMs);
    this.#proposer.wake(nowMs);
    this.#legacy.wake(nowMs);
    this.#exchange.wake(nowMs);
    this.#routes.wake(nowMs);
    if (this.#pulse.deadlineMs <= nowMs) this.#beat(nowMs, false);
  }

  drain(): AgreementOutput[] {
    return this.#outputs.splice(0);
  }

  get deadlineMs(): number | undefined {
    if (this.#state === "idle" || this.#state === "closed") return undefined;
    return Math.min(
      this.#membership.deadlineMs,
      this.#state === "joining" ? this.#joining.deadlineMs : Number.POSITIVE_INFINITY,
      this.#acceptor.deadlineMs,
      this.#proposer.deadlineMs,
      this.#legacy.deadlineMs,
      this.#exchange.deadlineMs,
      this.#routes.deadlineMs,
      this.#pulse.deadlineMs,
    );
  }

  #beginVoting(nowMs: number): void {
    this.#state = "voting";
    this.#membership.becomeVoter();
    if (this.#membership.size > 0) this.#proposer.startAt(nowMs + firstBallotMs);
    this.#pulse.hurry(nowMs);
  }

  #beat(nowMs: number, leaving: boolean): void {
    const nodeCount = this.#membership.size + 1;
    const hello = this.#pulse.sent(nowMs, nodeCount);
    this.#send({
      kind: "heartbeat",
      instanceId: this.#instanceId,
      intervalMs: this.#pulse.intervalMs(nodeCount),
      voter: this.#state === "voting",
      hello: hello && this.#state === "joining",
      leaving,
      digest: this.#table.digest,
      ...this.#listened.tell(),
    });
    if (this.#listened.hasUntold) this.#pulse.hurry(nowMs);
  }

  #takeHeartbeat(heartbeat: Heartbeat, nowMs: number): void {
    const { instanceId, hello } = heartbeat;
    if (instanceId === this.#instanceId) return;
    const heard = this.#membership.hear(heartbeat, nowMs);
    if (heard === "refused") this.#refusals.count("node");
    if (heard === "refused" || heard === "left") return;
    if (heard === "new" || hello) this.#greet(heartbeat, heard === "new", nowMs);
    if (heartbeat.intervalMs === 0 || this.#state !== "voting") return;
    if (heartbeat.digest === this.#table.digest) this.#routes.shownAll(instanceId, nowMs);
    else if (!hello) this.#exchange.differ(nowMs, this.#heartbeatIntervalMs);
  }

  /** Answers one who has just come. */
  #greet({ intervalMs, digest }: Heartbeat, isNew: boolean, nowMs: number): void {
    this.#pulse.hurry(nowMs, 30);
    this.#listened.tellAll();
    if (isNew) this.#joining.newFace(nowMs);
    if (intervalMs === 0) {
      this.#legacy.ask(this.#routes.typeNames(), nowMs);
    } else if (this.#state === "voting" && digest !== this.#table.digest) {
      this.#exchange.greet(nowMs);
    }
  }

  #takeAssignment(assignment: Assignment, nowMs: number): void {
    if (assignment.instanceId === this.#instanceId) return;
    for (const record of assignment.records) {
      this.#adopt(record, nowMs);
      if (this.#table.covers(record)) this.#routes.shown(assignment.instanceId, record, nowMs);
    }
    if (this.#state === "joining") this.#joining.take(assignment);
    this.#exchange.take(assignment, nowMs);
  }

  #takePreparation(preparation: Preparation, nowMs: number): void {
    const { typeName, epoch, ballot } = preparation;
    if (!this.#takesBallot(preparation, nowMs)) return;
    this.#legacy.asked(typeName);
    this.#proposer.rivalPrepared(typeName, nowMs);
    if (this.#answerWithRecord(preparation, nowMs)) return;
    const result = this.#acceptor.prepare(typeName, epoch, ballot, nowMs);
    if (result.kind === "promised") {
      const { accepted, address } = result;
      const voterId = this.#instanceId;
      this.#answer(
        {
          kind: "promise",
          typeName,
          epoch,
          ballot,
          voterId,
          accepted,
          address,
          misdirected: false,
        },
        nowMs,
      );
    } else if (result.kind === "rejected") {
      this.#reject(preparation, result.promised, nowMs);
    } else {
      this.#refusals.count("types");
    }
  }

  #takeProposal(proposal: Proposal, nowMs: number): void {
    const { typeName, epoch, ballot, address } = proposal;
    if (address === undefined || !this.#space.canLease(address)) {
      this.#refusals.count("address");
      return;
    }
    if (!this.#takesBallot(proposal, nowMs)) return;
    if (this.#membership.isLegacy(ballot.instanceId)) {
      this.#holdLegacy(typeName, address, ballot.instanceId, nowMs);
      this.#answer(
        { kind: "approval", typeName, epoch, ballot, address, voterId: this.#instanceId },
        nowMs,
      );
      return;
    }
    if (this.#answerWithRecord(proposal, nowMs)) return;
    const result = this.#acceptor.accept(typeName, epoch, ballot, address, nowMs);
    if (result.kind === "accepted") {
      this.#answer(
        { kind: "approval", typeName, epoch, ballot, address, voterId: this.#instanceId },
        nowMs,
      );
    } else if (result.kind === "rejected") {
      this.#reject(proposal, result.promised, nowMs);
    } else {
      this.#refusals.count("types");
    }
  }

  #takePromise(promise: PromiseMessage, nowMs: number): void {
    const { typeName, ballot, voterId, address, misdirected } = promise;
    if (voterId === this.#instanceId) return;
    if (address !== undefined && !this.#space.canLease(address)) {
      this.#refusals.count("address");
      return;
    }
    if (voterId !== 0n) {
      this.#proposer.takePromise(promise, nowMs);
    } else if (misdirected) {
      // Ours do not take these for votes, but to other nodes of pyplexo they are.
      if (this.#membership.isLegacy(ballot.instanceId)) {
        this.#legacy.takeMisdirected(promise, nowMs);
      }
      if (address !== undefined) this.#holdLegacy(typeName, address, 0n, nowMs);
    } else {
      this.#legacy.takeRepeated(promise);
    }
  }

  #takeRejection(rejection: Rejection, nowMs: number): void {
    const { typeName, ballot, voterId, promised } = rejection;
    if (voterId === this.#instanceId || ballot.instanceId !== this.#instanceId) return;
    if (promised.proposalId > proposalIdMax) this.#refusals.count("proposal-id");
    else this.#acceptor.see(typeName, promised.proposalId, nowMs);
    this.#proposer.takeRejection(rejection, nowMs);
  }

  #takeApproval(approval: Approval, nowMs: number): void {
    if (approval.voterId === this.#instanceId) return;
    // Nodes of pyplexo approve of nothing, when they take a promise for a proposal.
    if (approval.voterId === 0n || approval.address === undefined) return;
    this.#proposer.takeApproval(approval, nowMs);
  }

  /** Whether this node answers a ballot at all; takes note of its proposal id. */
  #takesBallot({ typeName, ballot }: Preparation | Proposal, nowMs: number): boolean {
    if (this.#state !== "voting" || ballot.instanceId === this.#instanceId) return false;
    if (ballot.proposalId > proposalIdMax) {
      this.#refusals.count("proposal-id");
      return false;
    }
    const hasRoom = this.#acceptor.see(typeName, ballot.proposalId, nowMs);
    if (!hasRoom) this.#refusals.count("types");
    return hasRoom;
  }

  /** What is decided is not voted on again: the proposer is told. @returns whether it is decided. */
  #answerWithRecord(asked: Preparation | Proposal, nowMs: number): boolean {
    const { typeName, epoch, ballot } = asked;
    const record = this.#table.get(typeName);
    if (record === undefined || record.epoch < epoch) return false;
    const proposer = this.#membership.get(ballot.instanceId);
    if (proposer?.legacy !== true) this.#exchange.answer(typeName, nowMs);
    // A node of pyplexo, or one that may be, knows no records: a promise tells it the address.
    if (proposer?.legacy !== false && asked.kind === "preparation") {
      const accepted = { proposalId: ballot.proposalId - 1n, instanceId: this.#instanceId };
      const { address } = record;
      this.#answer(
        {
          kind: "promise",
          typeName,
          epoch,
          ballot,
          voterId: 0n,
          accepted,
          address,
          misdirected: false,
        },
        nowMs,
      );
    }
    return true;
  }

  #reject(
    { typeName, epoch, ballot }: Preparation | Proposal,
    promised: typeof noBallot,
    nowMs: number,
  ): void {
    const voterId = this.#instanceId;
    this.#answer({ kind: "rejection", typeName, epoch, ballot, voterId, promised }, nowMs);
  }

  /** A node of pyplexo holds this address for the type, and will not give it up. */
  #holdLegacy(typeName: string, address: number, instanceId: bigint, nowMs: number): void {
    const { isNew, isSplit } = this.#legacy.hold(typeName, address);
    if (!isNew) return;
    if (isSplit) {
      this.#outputs.push({
        kind: "incident",
        reason: "legacy-split",
        message: `nodes of pyplexo hold different addresses for ${typeName}; all of them are used`,
        typeName,
        instanceId: instanceId === 0n ? undefined : instanceId,
      });
    }
    const epoch = this.#table.get(typeName)?.epoch ?? 0n;
    if (this.#adopt({ typeName, epoch, address, legacy: true }, nowMs)) {
      this.#exchange.tell(typeName, nowMs);
    }
    this.#routes.update(typeName, nowMs);
  }

  /** Asks nodes of pyplexo what they hold for a type. */
  #inquire(typeName: string, nowMs: number): void {
    const proposalId = this.#acceptor.takeProposalId(typeName, nowMs);
    if (this.#state !== "voting" || proposalId === undefined || proposalId > proposalIdMax) return;
    const ballot = { proposalId, instanceId: this.#instanceId };
    this.#send({ kind: "preparation", typeName, epoch: 0n, ballot });
  }

  /** Takes a record, if it is greater than what is known. @returns whether it is. */
  #adopt(record: AddressRecord, nowMs: number): boolean {
    const { typeName } = record;
    const before = this.#table.get(typeName);
    const result = this.#table.merge(record);
    if (result === "refused") this.#refusals.count("record");
    if (result !== "adopted") return false;
    this.#outputs.push({ kind: "record", record });
    this.#acceptor.settle(typeName, record.epoch);
    this.#routes.update(typeName, nowMs);
    if (before !== undefined) this.#reconsider(before.address, nowMs);
    this.#reconsider(record.address, nowMs);
    this.#proposer.settle(typeName, nowMs);
    // Who sends to this node waits until it has shown the record.
    if (this.#listened.has(typeName)) this.#pulse.hurry(nowMs);
    return true;
  }

  /** Of types with one address all but one are to move, and need no longer once they are alone. */
  #reconsider(address: number, nowMs: number): void {
    for (const typeName of this.#table.typesAt(address)) {
      if (this.#neededEpoch(typeName) === undefined) {
        this.#proposer.settle(typeName, nowMs);
        continue;
      }
      // Whoever uses a type moves it first; one that nobody uses is moved in the end by anybody.
      const delayMs = this.#routes.uses(typeName)
        ? this.#random() * moveMsMax
        : (1 + this.#random()) * this.#heartbeatIntervalMs;
      this.#proposer.want(typeName, nowMs, delayMs);
    }
  }

  /** Which epoch of a type is to be decided: the first, or the next one of a type that has to move. */
  #neededEpoch(typeName: string): bigint | undefined {
    const record = this.#table.get(typeName);
    if (record === undefined) return this.#routes.uses(typeName) ? 0n : undefined;
    return this.#table.isDisplaced(typeName) ? record.epoch + 1n : undefined;
  }

  #choose(typeName: string): number | undefined {
    const proposed = new Set(this.#proposer.proposedAddresses());
    return chooseAddress(
      typeName,
      this.#space,
      (address) => this.#table.isFree(address) && !proposed.has(address),
    );
  }

  #noticeMembership(nowMs: number): void {
    const { version, voters, legacyCount } = this.#membership;
    if (version === this.#membershipVersion) return;
    this.#membershipVersion = version;
    if (legacyCount === 0) {
      for (const typeName of this.#legacy.forget()) this.#routes.update(typeName, nowMs);
    }
    this.#routes.viewChanged(nowMs);
    if (voters === this.#voters) return;
    this.#voters = voters;
    this.#outputs.push({ kind: "view", voters });
    this.#proposer.viewChanged(nowMs);
  }

  #answer(message: ControlMessage, nowMs: number): void {
    if (this.#throttle.take(nowMs)) this.#send(message);
    else this.#refusals.count("throttled");
  }

  #send(message: ControlMessage): void {
    this.#outputs.push({ kind: "send", message });
  }
}
