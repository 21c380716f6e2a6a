/** SimNetwork: protocols under faults, from a seed and in no time. */
import { UsageError } from "../errors.ts";
import { Random } from "./random.ts";
import { EventQueue } from "./sim/event-queue.ts";
import { checkFaults, Link, type LinkFaults, noFaults } from "./sim/link.ts";
import { checkTime, type SimHost, SimNode, type SimNodeOptions, toTick } from "./sim/sim-node.ts";

/** What a simulated network is made with. */
export interface SimNetworkOptions<Input, Output> {
  /** 32 bits of it count. */
  readonly seed: number;
  /** Does what the machine of `node` has put out, such as `node.broadcast(output.message)`. */
  readonly perform: (node: SimNode<Input, Output>, output: Output) => void;
  /** Of all links; what is not given is 0: messages arrive at once, in order and always. */
  readonly faults?: Partial<LinkFaults>;
}

/**
 * What happened to a message, for a trace or a check. `unheard`: it arrived where no machine runs.
 * A message to several nodes is `sent`, `lost` and `delivered` once for each.
 */
export interface SimEvent<Input, Output> {
  readonly kind: "sent" | "cut" | "lost" | "delivered" | "unheard";
  /** By the network's clock. */
  readonly atMs: number;
  readonly from: SimNode<Input, Output>;
  readonly to: SimNode<Input, Output>;
  readonly message: Input;
}

/** A message under way; of what else may happen, a wake has no payload and an act is a function. */
interface Flight<Input, Output> {
  readonly from: SimNode<Input, Output>;
  readonly message: Input;
}

type Payload<Input, Output> = Flight<Input, Output> | (() => void);

/**
 * Any number of machines in one thread, joined by links that lose, repeat, delay, reorder and cut,
 * all from one seed and in virtual time. Equal seeds and equal acts give equal runs, and an hour
 * takes as long as what happens in it.
 */
export class SimNetwork<Input, Output> {
  /** The network's own clock, in milliseconds from 0. */
  nowMs = 0;
  /** Chance for machines and their owners, apart from that of the links. */
  readonly random: Random;
  /** How many events there were: arrivals, wakes and acts. */
  stepCount = 0;
  /** How many messages were delivered to a machine. */
  deliveredCount = 0;
  readonly #linkRandom: Random;
  readonly #nodes: SimNode<Input, Output>[] = [];
  readonly #queue = new EventQueue<SimNode<Input, Output>, Payload<Input, Output>>();
  readonly #host: SimHost<Input, Output>;
  readonly #taps: ((event: SimEvent<Input, Output>) => void)[] = [];
  #faults: LinkFaults;
  #lastArrivalMs = 0;

  /** @throws {UsageError} on faults that make no sense. */
  constructor(options: SimNetworkOptions<Input, Output>) {
    this.random = new Random(options.seed);
    this.#linkRandom = new Random(this.random.uint32());
    this.#faults = merged(noFaults, options.faults);
    this.#host = {
      now: () => this.nowMs,
      perform: options.perform,
      broadcast: (from, message) => this.#broadcast(from, message),
      send: (from, to, message) => this.#transfer(from, to, { from, message }),
      wakeAt: (node, atMs) => this.#queue.push(atMs, node, undefined),
    };
  }

  get nodes(): readonly SimNode<Input, Output>[] {
    return this.#nodes;
  }

  /** When the last of the messages now under way arrives; in the past if none is. */
  get lastArrivalMs(): number {
    return this.#lastArrivalMs;
  }

  /**
   * Adds a node, at which nothing runs yet.
   * @throws {UsageError} on a clock offset that is not finite.
   */
  addNode(options: SimNodeOptions = {}): SimNode<Input, Output> {
    const added = new SimNode(this.#nodes.length, this.#host, options);
    for (const node of [...this.#nodes, added]) {
      node.links[added.index] = new Link(this.#faults);
      added.links[node.index] = new Link(this.#faults);
    }
    this.#nodes.push(added);
    return added;
  }

  /**
   * Changes what goes wrong from now on, on all links or only on the one between `ends`. Faults that
   * are not given stay as they are.
   * @throws {UsageError} on faults that make no sense.
   */
  setFaults(
    faults: Partial<LinkFaults>,
    ends?: { readonly from: SimNode<Input, Output>; readonly to: SimNode<Input, Output> },
  ): void {
    if (ends !== undefined) {
      const link = this.#link(ends.from, ends.to);
      link.faults = merged(link.faults, faults);
      return;
    }
    this.#faults = merged(this.#faults, faults);
    for (const { links } of this.#nodes) {
      for (const link of links) link.faults = merged(link.faults, faults);
    }
  }

  /** Cuts the way from one node to the other, not the way back. What is under way arrives. */
  cut(from: SimNode<Input, Output>, to: SimNode<Input, Output>): void {
    this.#link(from, to).isCut = true;
  }

  /** Undoes {@link cut}. */
  mend(from: SimNode<Input, Output>, to: SimNode<Input, Output>): void {
    this.#link(from, to).isCut = false;
  }

  /** Splits the network: nodes of one group hear each other, and nobody else does, both ways. */
  split(...groups: readonly (readonly SimNode<Input, Output>[])[]): void {
    const groupOf = new Map(groups.flatMap((group) => group.map((node) => [node, group])));
    for (const from of this.#nodes) {
      for (const to of this.#nodes) {
        this.#link(from, to).isCut = from !== to && groupOf.get(from) !== groupOf.get(to);
      }
    }
  }

  /** Mends whatever was cut or split. */
  merge(): void {
    for (const { links } of this.#nodes) for (const link of links) link.isCut = false;
  }

  /**
   * Runs `action` when the network's clock shows `atMs`, or at once when that has passed.
   * @throws {UsageError} if `atMs` is not finite.
   */
  at(atMs: number, action: () => void): void {
    checkTime("atMs", atMs);
    this.#queue.push(Math.max(toTick(atMs), this.nowMs), undefined, action);
  }

  /** Calls `listener` with what happens to every message, from now on. */
  tap(listener: (event: SimEvent<Input, Output>) => void): void {
    this.#taps.push(listener);
  }

  /**
   * Lets time pass until `untilMs`, and all happen that is due by then; all there is, if it is
   * `Infinity`.
   * @throws {UsageError} if it is neither finite nor that.
   */
  run(untilMs: number): void {
    if (untilMs !== Number.POSITIVE_INFINITY) checkTime("untilMs", untilMs);
    const queue = this.#queue;
    while (queue.nextAtMs <= untilMs && queue.take()) {
      this.nowMs = queue.atMs;
      this.stepCount += 1;
      const { target, payload } = queue;
      if (typeof payload === "function") payload();
      else if (target === undefined) continue;
      else if (payload === undefined) target.wake();
      else this.#deliver(payload, target);
    }
    if (untilMs > this.nowMs && untilMs < Number.POSITIVE_INFINITY) this.nowMs = toTick(untilMs);
  }

  #broadcast(from: SimNode<Input, Output>, message: Input): void {
    const flight = { from, message };
    for (const to of this.#nodes) {
      if (to !== from || from.hearsItself) this.#transfer(from, to, flight);
    }
  }

  #transfer(
    from: SimNode<Input, Output>,
    to: SimNode<Input, Output>,
    flight: Flight<Input, Output>,
  ): void {
    const link = this.#link(from, to);
    this.#tell(link.isCut ? "cut" : "sent", flight, to);
    if (link.isCut) return;
    const arrivalMs = link.arrivalMs(this.nowMs, this.#linkRandom);
    if (arrivalMs === undefined) this.#tell("lost", flight, to);
    else this.#fly(flight, to, arrivalMs);
    const duplicateMs = link.duplicateArrivalMs(this.nowMs, this.#linkRandom);
    if (duplicateMs !== undefined) this.#fly(flight, to, duplicateMs);
  }

  #fly(flight: Flight<Input, Output>, to: SimNode<Input, Output>, arrivalMs: number): void {
    const atMs = toTick(arrivalMs);
    if (atMs > this.#lastArrivalMs) this.#lastArrivalMs = atMs;
    this.#queue.push(atMs, to, flight);
  }

  #deliver(flight: Flight<Input, Output>, to: SimNode<Input, Output>): void {
    this.#tell(to.isRunning ? "delivered" : "unheard", flight, to);
    if (to.receive(flight.message)) this.deliveredCount += 1;
  }

  #tell(
    kind: SimEvent<Input, Output>["kind"],
    { from, message }: Flight<Input, Output>,
    to: SimNode<Input, Output>,
  ): void {
    if (this.#taps.length === 0) return;
    const event = { kind, atMs: this.nowMs, from, to, message };
    for (const tap of this.#taps) tap(event);
  }

  #link(from: SimNode<Input, Output>, to: SimNode<Input, Output>): Link {
    const link = from.links[to.index];
    if (link === undefined || this.#nodes[to.index] !== to) {
      throw new UsageError(`nodes ${from.name} and ${to.name} are not of one network`);
    }
    return link;
  }
}

function merged(faults: LinkFaults, changes: Partial<LinkFaults> = {}): LinkFaults {
  const result = { ...faults, ...changes };
  checkFaults(result);
  return result;
}
