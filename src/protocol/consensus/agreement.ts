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
import { proposalIdMax } from "./ballot.ts";
import { Decisions } from "./decisions.ts";
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
import { type AgreementOptions, withDefaults } from "./options.ts";
import type { AgreementOutput } from "./output.ts";
import { Pulse } from "./pulse.ts";
import type { AddressRecord } from "./record.ts";
import { RecordExchange } from "./record-exchange.ts";
import { bucketCount, RecordTable } from "./record-table.ts";
import { Refusals } from "./refusals.ts";
import { Routes, type Use } from "./routes.ts";
import { Voting } from "./voting.ts";

/**
 * Nodes that start together become voters in the same moments. Each waits until all that it hears are
 * voters, but no longer than this, so that two do not decide alone.
 */
const firstBallotMs = 50;

/** One who hears a new node answers it within so long. */
const helloAnswerMs = 30;

/** - `idle`: not started. - `joining`: it listens, but does not vote. - `closed`: it takes nothing more. */
export type AgreementState = "idle" | "joining" | "voting" | "closed";

/** - `legacyTypes`: those that nodes of pyplexo are known to hold addresses for. */
type SizeName = "records" | "nodes" | "undecided" | "attempts" | "legacyTypes";

export class AddressAgreement implements Machine<ControlMessage, AgreementOutput> {
  readonly #instanceId: bigint;
  readonly #space: AddressSpace;
  readonly #heartbeatIntervalMs: number;
  readonly #outputs: AgreementOutput[] = [];
  readonly #refusals = new Refusals();
  readonly #table: RecordTable;
  readonly #membership: Membership;
  readonly #listened: OwnListenedTypes;
  readonly #acceptor: Acceptor;
  readonly #joining: Joining;
  readonly #pulse: Pulse;
  readonly #exchange: RecordExchange;
  readonly #routes: Routes;
  readonly #decisions: Decisions;
  readonly #voting: Voting;
  readonly #legacy: Legacy;
  #state: AgreementState = "idle";
  #membershipVersion = 0;
  #view: readonly bigint[];
  /** Whether the first ballots wait for others who are about to vote. */
  #waitsForVoters = false;

  /** @throws {UsageError} if an interval or a limit is not above 0. */
  constructor(options: AgreementOptions) {
    const { instanceId, space, random, firstProposalId, matches = () => false } = options;
    const { heartbeatIntervalMs, nodesMax, answersPerSecondMax, namesPerHeartbeat } =
      withDefaults(options);
    const emit = (output: AgreementOutput): void => {
      this.#outputs.push(output);
    };
    const send = (message: ControlMessage): void => this.#send(message);
    const refusals = this.#refusals;
    const table = new RecordTable(space);
    const membership = new Membership(instanceId, nodesMax, matches);
    const acceptor = new Acceptor(firstProposalId, space.capacity);
    const exchange = new RecordExchange({ instanceId, table, membership, random, send });
    const legacy = new Legacy({
      typesMax: space.capacity,
      random,
      send,
      inquire: (typeName, nowMs) => this.#inquire(typeName, nowMs),
    });
    const routes = new Routes({
      table,
      membership,
      heldAddresses: (typeName) => legacy.heldAddresses(typeName),
      emit,
    });
    this.#instanceId = instanceId;
    this.#space = space;
    this.#heartbeatIntervalMs = heartbeatIntervalMs;
    this.#table = table;
    this.#membership = membership;
    this.#view = membership.view;
    this.#listened = new OwnListenedTypes(namesPerHeartbeat);
    this.#acceptor = acceptor;
    this.#joining = new Joining(membership, table);
    this.#pulse = new Pulse(heartbeatIntervalMs, random);
    this.#exchange = exchange;
    this.#routes = routes;
    this.#legacy = legacy;
    this.#decisions = new Decisions({
      instanceId,
      space,
      table,
      membership,
      acceptor,
      exchange,
      routes,
      refusals,
      random,
      heartbeatIntervalMs,
      emit,
      changed: (typeName, nowMs) => {
        // Who sends to this node waits until it has shown the record.
        if (this.#listened.has(typeName)) this.#pulse.hurry(nowMs);
      },
    });
    this.#voting = new Voting({
      instanceId,
      answersPerSecondMax,
      space,
      table,
      membership,
      acceptor,
      exchange,
      refusals,
      send,
      holdLegacy: (...held) => this.#holdLegacy(...held),
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

  /** Whether a node of pyplexo is heard. */
  get hasLegacyNodes(): boolean {
    return this.#membership.legacyCount > 0;
  }

  /** Whether the others have been told of all that this node listens to. */
  get hasToldListened(): boolean {
    return this.#state !== "idle" && !this.#listened.hasUntold;
  }

  /** How many nodes are known to listen on the type's address. */
  receiverCount(typeName: string): number {
    return this.#routes.receiverCount(typeName);
  }

  /** What is kept for others: a measure of the memory taken. */
  get sizes(): Readonly<Record<SizeName, number>> {
    return {
      records: this.#table.size,
      nodes: this.#membership.size,
      undecided: this.#acceptor.size,
      attempts: this.#decisions.proposer.size,
      legacyTypes: this.#legacy.size,
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
    this.#decisions.pursue(typeName, nowMs);
    this.wake(nowMs);
  }

  /** This node listens, or no longer does, to all types that a pattern stands for, once they are known. */
  listenToAll(pattern: string, listens: boolean, nowMs: number): void {
    if (this.#state === "closed" || this.#listened.has(pattern) === listens) return;
    if (listens) this.#listened.add(pattern);
    else this.#listened.remove(pattern);
    this.#pulse.hurry(nowMs);
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
    this.#decisions.pursue(typeName, nowMs);
  }

  /** Says goodbye, so that nobody waits for this node, and takes nothing more. */
  close(nowMs: number): void {
    if (this.#state === "joining" || this.#state === "voting") this.#beat(nowMs, true);
    this.#state = "closed";
  }

  receive(message: ControlMessage, nowMs: number): void {
    if (this.#state === "idle" || this.#state === "closed") return;
    // After a long pause of the process no vote may count in a view that is no more.
    this.#membership.wake(nowMs);
    this.#noticeMembership(nowMs);
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
    this.#decisions.proposer.wake(nowMs);
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
      this.#decisions.proposer.deadlineMs,
      this.#legacy.deadlineMs,
      this.#exchange.deadlineMs,
      this.#routes.deadlineMs,
      this.#pulse.deadlineMs,
    );
  }

  #beginVoting(nowMs: number): void {
    this.#state = "voting";
    this.#membership.becomeVoter();
    this.#waitsForVoters = true;
    this.#decisions.proposer.startAt(nowMs + firstBallotMs);
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
    const { instanceId, hello, voter } = heartbeat;
    if (instanceId === this.#instanceId) return;
    const heard = this.#membership.hear(heartbeat, nowMs);
    if (heard === "refused") this.#refusals.count("node");
    if (heard === "refused" || heard === "left") return;
    if (heard === "new" || hello) this.#greet(heartbeat, heard === "new", nowMs);
    if (heartbeat.intervalMs === 0 || this.#state !== "voting") return;
    if (heartbeat.digest === this.#table.digest) this.#routes.shownAll(instanceId, nowMs);
    else if (voter) this.#exchange.differ(nowMs, this.#heartbeatIntervalMs);
  }

  /** Answers one who has just come. */
  #greet(
    { instanceId, intervalMs, digest, voter }: Heartbeat,
    isNew: boolean,
    nowMs: number,
  ): void {
    this.#pulse.hurry(nowMs, helloAnswerMs);
    if (isNew) {
      this.#listened.tellAll();
      this.#joining.newFace(nowMs);
    }
    if (this.#state !== "voting") return;
    if (intervalMs === 0) this.#legacy.ask(this.#routes.typeNames(), nowMs);
    else if (!voter && digest !== this.#table.digest) this.#exchange.greet(instanceId, nowMs);
  }

  #takeAssignment(assignment: Assignment, nowMs: number): void {
    if (assignment.instanceId === this.#instanceId) return;
    if (!hasWholeBuckets(assignment)) {
      this.#refusals.count("buckets");
      return;
    }
    for (const record of assignment.records) {
      this.#decisions.adopt(record, nowMs);
      if (this.#table.covers(record)) this.#routes.shown(assignment.instanceId, record, nowMs);
    }
    if (this.#state === "joining") this.#joining.take(assignment);
    this.#exchange.take(assignment, nowMs);
  }

  #takePreparation(preparation: Preparation, nowMs: number): void {
    if (!this.#answersBallots(preparation)) return;
    this.#legacy.asked(preparation.typeName);
    this.#decisions.proposer.rivalPrepared(preparation.typeName, nowMs);
    this.#voting.takePreparation(preparation, nowMs);
  }

  #takeProposal(proposal: Proposal, nowMs: number): void {
    if (this.#answersBallots(proposal)) this.#voting.takeProposal(proposal, nowMs);
  }

  #answersBallots({ ballot }: Preparation | Proposal): boolean {
    if (this.#state !== "voting" || ballot.instanceId === this.#instanceId) return false;
    // A node of pyplexo counts everybody it hears, and waits for the answers of most of them.
    return this.#membership.isElector || this.#membership.isLegacy(ballot.instanceId);
  }

  #takePromise(promise: PromiseMessage, nowMs: number): void {
    const { typeName, ballot, voterId, address, misdirected } = promise;
    if (voterId === this.#instanceId) return;
    if (address !== undefined && !this.#space.canLease(address)) {
      this.#refusals.count("address");
      return;
    }
    if (voterId !== 0n) {
      this.#decisions.proposer.takePromise(promise, nowMs);
    } else if (misdirected) {
      // Ours do not take these for votes, but to other nodes of pyplexo they are.
      if (this.#membership.isLegacy(ballot.instanceId)) {
        const rank = this.#membership.voters.indexOf(this.#instanceId);
        this.#legacy.takeMisdirected(promise, rank, nowMs);
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
    this.#decisions.proposer.takeRejection(rejection, nowMs);
  }

  #takeApproval(approval: Approval, nowMs: number): void {
    if (approval.voterId === this.#instanceId) return;
    // Nodes of pyplexo approve of nothing, when they take a promise for a proposal.
    if (approval.voterId === 0n || approval.address === undefined) return;
    this.#decisions.proposer.takeApproval(approval, nowMs);
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
    if (this.#decisions.adopt({ typeName, epoch, address, legacy: true }, nowMs)) {
      this.#exchange.tell(typeName, nowMs);
    }
    this.#routes.update(typeName, nowMs);
  }

  /** Asks nodes of pyplexo what they hold for a type. */
  #inquire(typeName: string, nowMs: number): void {
    const proposalId = this.#acceptor.takeProposalId(typeName, nowMs);
    if (proposalId > proposalIdMax) return;
    const ballot = { proposalId, instanceId: this.#instanceId };
    this.#send({ kind: "preparation", typeName, epoch: 0n, ballot });
  }

  #noticeMembership(nowMs: number): void {
    const { version, view, legacyCount } = this.#membership;
    if (version === this.#membershipVersion) return;
    this.#membershipVersion = version;
    if (legacyCount === 0) {
      for (const typeName of this.#legacy.forget()) this.#routes.update(typeName, nowMs);
    }
    this.#routes.viewChanged(nowMs);
    if (this.#waitsForVoters && this.#state === "voting" && this.#everybodyVotes()) {
      this.#waitsForVoters = false;
      this.#decisions.proposer.startAt(nowMs);
    }
    if (view === this.#view) return;
    this.#view = view;
    this.#outputs.push({ kind: "view", voters: view });
    this.#decisions.proposer.viewChanged(nowMs);
  }

  #everybodyVotes(): boolean {
    for (const { legacy, voter } of this.#membership.nodes) if (!legacy && !voter) return false;
    return true;
  }

  #send(message: ControlMessage): void {
    this.#outputs.push({ kind: "send", message });
  }
}

function hasWholeBuckets({ firstBucket, bucketCount: count, bucketDigests }: Assignment): boolean {
  const isWithin = firstBucket >= 0 && count >= 0 && firstBucket + count <= bucketCount;
  return isWithin && (bucketDigests.length === 0 || bucketDigests.length === bucketCount);
}
