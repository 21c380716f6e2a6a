/**
 * Membership: the nodes this one hears, and which of them vote.
 *
 * A node is in view while it has been heard within 3.5 of the intervals that it announces itself.
 */
import { HeardListenedTypes } from "./listened-types.ts";
import type { Heartbeat } from "./message.ts";
import { TypeIndex } from "./type-index.ts";

/**
 * So many vote on one ballot: of those who are heard the ones with the lowest ids. A ballot then costs
 * the same in a network of a thousand nodes as in one of nine.
 */
const electorsMax = 9;

/** A node is given up after so many of its intervals without a heartbeat. */
const intervalsMax = 3.5;

/** Heartbeats of a node that has said goodbye may still be under way for so long. */
const goodbyeMs = 60_000;

/** An announced interval outside these is taken for the nearer one. */
const intervalBoundsMs = { min: 10, max: 3_600_000 } as const;

/** pyplexo does not announce its interval; 30 s is its default. */
const legacyIntervalMs = 30_000;

export interface Node {
  readonly instanceId: bigint;
  /** Whether it is one of pyplexo, whose heartbeat says nothing but its instance id. */
  readonly legacy: boolean;
  readonly listened: HeardListenedTypes;
  readonly firstHeardMs: number;
  voter: boolean;
  intervalMs: number;
  digest: bigint;
  expiresMs: number;
}

/** - `new`: a node that was not there. - `refused`: too many nodes, or one that has said goodbye. */
export type HeardResult = "new" | "known" | "left" | "refused";

export class Membership {
  readonly #instanceId: bigint;
  readonly #nodesMax: number;
  readonly #matches: (pattern: string, typeName: string) => boolean;
  readonly #nodes = new Map<bigint, Node>();
  readonly #typeIndex = new TypeIndex();
  readonly #goneUntilMs = new Map<bigint, number>();
  /** No node expires before. */
  #expiryMs = Number.POSITIVE_INFINITY;
  #isVoter = false;
  #version = 0;
  #digestVersion = 0;
  readonly #voters: bigint[] = [];
  #view: readonly bigint[] = [];
  #legacyCount = 0;

  /**
   * @param instanceId This node's own.
   * @param matches Whether a pattern among the names that a node listens to stands for a type; none does by default.
   */
  constructor(
    instanceId: bigint,
    nodesMax: number,
    matches: (pattern: string, typeName: string) => boolean = () => false,
  ) {
    this.#instanceId = instanceId;
    this.#nodesMax = nodesMax;
    this.#matches = matches;
  }

  /** The voters that this node hears, itself among them once it votes, ascending. */
  get voters(): readonly bigint[] {
    return this.#voters;
  }

  /** Those of the voters who vote on a ballot of this node; another array whenever they are others. */
  get view(): readonly bigint[] {
    const lowest = this.voters.slice(0, electorsMax);
    const isSame =
      lowest.length === this.#view.length && lowest.every((id, index) => id === this.#view[index]);
    if (!isSame) this.#view = lowest;
    return this.#view;
  }

  /** Whether this node votes. */
  get isVoter(): boolean {
    return this.#isVoter;
  }

  /**
   * Whether this node answers ballots: nodes that hear not quite the same voters may each count
   * others among the lowest, so twice as many answer.
   */
  get isElector(): boolean {
    const rank = this.voters.indexOf(this.#instanceId);
    return rank >= 0 && rank < 2 * electorsMax;
  }

  /** Another number whenever a node comes, goes or begins to vote. */
  get version(): number {
    return this.#version;
  }

  /** Another number whenever a node says that its records are others. */
  get digestVersion(): number {
    return this.#digestVersion;
  }

  get nodes(): Iterable<Node> {
    return this.#nodes.values();
  }

  /** How many nodes are heard, this one left out. */
  get size(): number {
    return this.#nodes.size;
  }

  /** The nodes that listen to a type, by its name or by a pattern, as far as they have told. */
  *listenersTo(typeName: string): Generator<Node> {
    const patterns = [...this.#typeIndex.patterns].filter(([pattern]) =>
      this.#matches(pattern, typeName),
    );
    for (const node of this.#nodes.values()) {
      const { listened } = node;
      const listens =
        listened.has(typeName) || patterns.some(([, index]) => listened.hasIndex(index));
      if (listens) yield node;
    }
  }

  get legacyCount(): number {
    return this.#legacyCount;
  }

  get deadlineMs(): number {
    return this.#expiryMs;
  }

  get(instanceId: bigint): Node | undefined {
    return this.#nodes.get(instanceId);
  }

  isLegacy(instanceId: bigint): boolean {
    return this.#nodes.get(instanceId)?.legacy === true;
  }

  /** This node votes from now on. */
  becomeVoter(): void {
    if (this.#isVoter) return;
    this.#isVoter = true;
    this.#setVoter(this.#instanceId, true);
  }

  hear(heartbeat: Heartbeat, nowMs: number): HeardResult {
    const { instanceId } = heartbeat;
    if (heartbeat.leaving) {
      this.#remember(instanceId, nowMs);
      return this.#remove(instanceId) ? "left" : "refused";
    }
    if (this.#hasLeft(instanceId, nowMs)) return "refused";
    const known = this.#nodes.get(instanceId);
    const node = known ?? this.#add(heartbeat, nowMs);
    if (node === undefined) return "refused";
    if (!node.legacy) this.#update(node, heartbeat);
    node.expiresMs = nowMs + node.intervalMs * intervalsMax;
    this.#expiryMs = Math.min(this.#expiryMs, node.expiresMs);
    return known === undefined ? "new" : "known";
  }

  /** Gives up nodes that have been silent for too long. */
  wake(nowMs: number): void {
    if (nowMs < this.#expiryMs) return;
    this.#expiryMs = Number.POSITIVE_INFINITY;
    for (const { instanceId, expiresMs } of this.#nodes.values()) {
      if (expiresMs <= nowMs) this.#remove(instanceId);
      else this.#expiryMs = Math.min(this.#expiryMs, expiresMs);
    }
  }

  #add({ instanceId, intervalMs }: Heartbeat, nowMs: number): Node | undefined {
    if (this.#nodes.size >= this.#nodesMax) return undefined;
    const node: Node = {
      instanceId,
      legacy: intervalMs === 0,
      listened: new HeardListenedTypes(this.#typeIndex),
      firstHeardMs: nowMs,
      voter: false,
      intervalMs: legacyIntervalMs,
      digest: 0n,
      expiresMs: nowMs,
    };
    this.#nodes.set(instanceId, node);
    this.#version += 1;
    if (node.legacy) this.#legacyCount += 1;
    return node;
  }

  #update(node: Node, heartbeat: Heartbeat): void {
    const { min, max } = intervalBoundsMs;
    node.intervalMs = Math.min(max, Math.max(min, heartbeat.intervalMs));
    if (node.digest !== heartbeat.digest) this.#digestVersion += 1;
    node.digest = heartbeat.digest;
    node.listened.take(heartbeat);
    if (node.voter === heartbeat.voter) return;
    node.voter = heartbeat.voter;
    this.#setVoter(node.instanceId, node.voter);
  }

  #remove(instanceId: bigint): boolean {
    const node = this.#nodes.get(instanceId);
    if (node === undefined) return false;
    this.#nodes.delete(instanceId);
    if (node.legacy) this.#legacyCount -= 1;
    this.#version += 1;
    if (node.voter) this.#setVoter(instanceId, false);
    return true;
  }

  /** Keeps the voters in order: to sort them anew for each of many would cost more than all else. */
  #setVoter(instanceId: bigint, votes: boolean): void {
    this.#version += 1;
    let at = this.#voters.findIndex((voterId) => voterId >= instanceId);
    if (at < 0) at = this.#voters.length;
    if (votes) this.#voters.splice(at, 0, instanceId);
    else this.#voters.splice(at, 1);
  }

  #remember(instanceId: bigint, nowMs: number): void {
    const [oldest] = this.#goneUntilMs.keys();
    if (this.#goneUntilMs.size >= this.#nodesMax && oldest !== undefined) {
      this.#goneUntilMs.delete(oldest);
    }
    this.#goneUntilMs.set(instanceId, nowMs + goodbyeMs);
  }

  #hasLeft(instanceId: bigint, nowMs: number): boolean {
    const untilMs = this.#goneUntilMs.get(instanceId);
    if (untilMs === undefined) return false;
    if (nowMs < untilMs) return true;
    this.#goneUntilMs.delete(instanceId);
    return false;
  }
}
