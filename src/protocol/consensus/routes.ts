/**
 * Routes: which addresses this node sends and listens on, for each type it uses, and how it moves
 * from one to another without losing, doubling or reordering a message.
 *
 * What is sent first waits until those who are known to listen have shown that they know where.
 *
 * On a new address a receiver joins at once and keeps the old one. A sender stays on the old one
 * until every node in view has shown that it knows the new one.
 */
import type { Membership } from "./membership.ts";
import type { RouteOutput } from "./output.ts";
import type { AddressRecord } from "./record.ts";
import type { RecordTable } from "./record-table.ts";

/**
 * A receiver leaves an old address so long after everybody it hears has shown the new record. What is
 * under way on it then is repaired or given up.
 */
const leaveMs = 30_000;

/** It leaves even so after this long, whoever has shown nothing. */
const leaveMsMax = 600_000;

/**
 * So many old addresses of one type are kept at most, each a group to listen to: no real network moves
 * a type as often while that lasts. Of more at once the first are the ones that somebody sends on.
 */
const oldMax = 8;

/** A sender waits no longer than this for nodes that are heard, but show nothing. */
const switchMsMax = 20_000;

/** So long, at most, it waits with its first message for nodes that listen and are about to join. */
const beginMsMax = 500;

export interface Use {
  readonly sends: boolean;
  readonly listens: boolean;
}

interface Route {
  readonly typeName: string;
  use: Use;
  /** Where it sends; undefined while it does not. */
  sendOn: number | undefined;
  /** The record's address, undefined before there is one. */
  target: number | undefined;
  /** When the record came that is being moved to. */
  targetMs: number;
  /** The nodes that have shown that record. */
  shownBy: Set<bigint>;
  /** Addresses it listens on beside the target, and when everybody had shown the target, as far as they have. */
  readonly old: Map<number, { readonly sinceMs: number; shownMs: number | undefined }>;
}

export interface RoutesOptions {
  readonly table: RecordTable;
  readonly membership: Membership;
  /** Addresses of a type that nodes of pyplexo hold, beside the record's. */
  readonly heldAddresses: (typeName: string) => Iterable<number>;
  readonly emit: (output: RouteOutput) => void;
}

export class Routes {
  readonly #options: RoutesOptions;
  readonly #routes = new Map<string, Route>();
  /** Those that have an old address or wait to switch. */
  readonly #moving = new Set<Route>();
  readonly #emitted = new Map<string, RouteOutput>();

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  get deadlineMs(): number {
    let deadlineMs = Number.POSITIVE_INFINITY;
    for (const route of this.#moving) deadlineMs = Math.min(deadlineMs, dueMs(route));
    return deadlineMs;
  }

  /** The types in use. */
  typeNames(): Iterable<string> {
    return this.#routes.keys();
  }

  /** How many nodes listen to the type and have shown that they hold its record. */
  receiverCount(typeName: string): number {
    const { table, membership } = this.#options;
    const shownBy = this.#routes.get(typeName)?.shownBy;
    let count = 0;
    if (table.get(typeName) === undefined) return 0;
    for (const { instanceId, digest } of membership.listenersTo(typeName)) {
      if (digest === table.digest || shownBy?.has(instanceId) === true) count += 1;
    }
    return count;
  }

  uses(typeName: string): boolean {
    return this.#routes.has(typeName);
  }

  use(typeName: string, use: Use, nowMs: number): void {
    const route = this.#routes.get(typeName) ?? this.#add(typeName, use);
    route.use = use;
    if (!use.sends) route.sendOn = undefined;
    this.update(typeName, nowMs);
  }

  release(typeName: string): void {
    const route = this.#routes.get(typeName);
    if (route === undefined) return;
    this.#routes.delete(typeName);
    this.#moving.delete(route);
    this.#emit({ kind: "route", typeName, send: [], listen: [] });
    this.#emitted.delete(typeName);
  }

  /** The type's record, or what nodes of pyplexo hold, may have changed. */
  update(typeName: string, nowMs: number): void {
    const route = this.#routes.get(typeName);
    if (route === undefined) return;
    const target = this.#options.table.get(typeName)?.address;
    if (target !== route.target) this.#aimAt(route, target, nowMs);
    this.#proceed(route, nowMs);
  }

  /** A node has shown that it holds this record. */
  shown(instanceId: bigint, record: AddressRecord, nowMs: number): void {
    const route = this.#routes.get(record.typeName);
    if (route === undefined || record.address !== route.target) return;
    route.shownBy.add(instanceId);
    if (this.#moving.has(route)) this.#proceed(route, nowMs);
  }

  /** A node has shown that it holds all that this one holds. */
  shownAll(instanceId: bigint, nowMs: number): void {
    for (const route of this.#moving) {
      route.shownBy.add(instanceId);
      this.#proceed(route, nowMs);
    }
  }

  /** Nodes have come or gone. */
  viewChanged(nowMs: number): void {
    for (const route of this.#moving) this.#proceed(route, nowMs);
  }

  wake(nowMs: number): void {
    for (const route of this.#moving) if (dueMs(route) <= nowMs) this.#proceed(route, nowMs);
  }

  #add(typeName: string, use: Use): Route {
    const route: Route = {
      typeName,
      use,
      sendOn: undefined,
      target: undefined,
      targetMs: 0,
      shownBy: new Set(),
      old: new Map(),
    };
    this.#routes.set(typeName, route);
    return route;
  }

  #aimAt(route: Route, target: number | undefined, nowMs: number): void {
    if (route.target !== undefined && route.use.listens && route.old.size < oldMax) {
      route.old.set(route.target, { sinceMs: nowMs, shownMs: undefined });
    }
    if (target !== undefined) route.old.delete(target);
    route.target = target;
    route.targetMs = nowMs;
    route.shownBy = new Set();
  }

  #proceed(route: Route, nowMs: number): void {
    const { target, use } = route;
    if (target !== undefined && use.sends) {
      const isNew = route.sendOn === undefined;
      const isTime = isNew ? this.#canBegin(route, nowMs) : this.#canSwitch(route, nowMs);
      if (isTime) route.sendOn = target;
    }
    this.#leaveOld(route, nowMs);
    const isMoving = route.old.size > 0 || (use.sends && route.sendOn !== target);
    if (isMoving) this.#moving.add(route);
    else this.#moving.delete(route);
    this.#publish(route);
  }

  #canBegin({ typeName, targetMs, shownBy }: Route, nowMs: number): boolean {
    if (nowMs >= targetMs + beginMsMax) return true;
    const { membership, table } = this.#options;
    for (const { legacy, instanceId, digest } of membership.listenersTo(typeName)) {
      if (!legacy && digest !== table.digest && !shownBy.has(instanceId)) return false;
    }
    return true;
  }

  #canSwitch(route: Route, nowMs: number): boolean {
    if (route.sendOn === route.target) return false;
    if (nowMs >= route.targetMs + switchMsMax) return true;
    return this.#isShownByAll(route);
  }

  #leaveOld(route: Route, nowMs: number): void {
    if (route.old.size === 0) return;
    const isShown = this.#isShownByAll(route);
    for (const [address, leaving] of route.old) {
      if (isShown) leaving.shownMs ??= nowMs;
      if (leaveAtMs(leaving) <= nowMs) route.old.delete(address);
    }
  }

  /**
   * Whether every node has shown that it holds the record, be it known to listen or not: the word that
   * it does may be under way. Nodes of pyplexo show nothing, and do not move.
   */
  #isShownByAll({ shownBy }: Route): boolean {
    for (const { legacy, instanceId } of this.#options.membership.nodes) {
      if (!legacy && !shownBy.has(instanceId)) return false;
    }
    return true;
  }

  #publish({ typeName, use, sendOn, target, old }: Route): void {
    const held = target === undefined ? [] : [...this.#options.heldAddresses(typeName)];
    const send = new Set(use.sends && sendOn !== undefined ? [sendOn, ...held] : []);
    const listen = new Set(
      use.listens && target !== undefined ? [target, ...held, ...old.keys()] : [],
    );
    this.#emit({ kind: "route", typeName, send: [...send], listen: [...listen] });
  }

  #emit(output: RouteOutput): void {
    const before = this.#emitted.get(output.typeName) ?? { send: [], listen: [] };
    if (isEqual(before.send, output.send) && isEqual(before.listen, output.listen)) return;
    this.#emitted.set(output.typeName, output);
    this.#options.emit(output);
  }
}

function dueMs({ use, sendOn, target, targetMs, old }: Route): number {
  const waitMsMax = sendOn === undefined ? beginMsMax : switchMsMax;
  let earliestMs = use.sends && sendOn !== target ? targetMs + waitMsMax : Number.POSITIVE_INFINITY;
  for (const leaving of old.values()) earliestMs = Math.min(earliestMs, leaveAtMs(leaving));
  return earliestMs;
}

function leaveAtMs(leaving: {
  readonly sinceMs: number;
  readonly shownMs: number | undefined;
}): number {
  const latestMs = leaving.sinceMs + leaveMsMax;
  return leaving.shownMs === undefined ? latestMs : Math.min(latestMs, leaving.shownMs + leaveMs);
}

function isEqual(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((address) => right.includes(address));
}
