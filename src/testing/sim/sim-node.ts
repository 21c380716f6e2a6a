import { UsageError } from "../../errors.ts";
import type { Machine } from "../../protocol/machine.ts";
import type { Link } from "./link.ts";

/** What a node needs of its network. */
export interface SimHost<Input, Output> {
  now(): number;
  perform(node: SimNode<Input, Output>, output: Output): void;
  broadcast(from: SimNode<Input, Output>, message: Input): void;
  send(from: SimNode<Input, Output>, to: SimNode<Input, Output>, message: Input): void;
  wakeAt(node: SimNode<Input, Output>, atMs: number): void;
}

/** How a node differs from others. */
export interface SimNodeOptions {
  /** How the node is called in a trace; its number by default. */
  readonly name?: string;
  /** How far its clock is ahead of the network's, in milliseconds; may be negative. Default 0. */
  readonly clockOffsetMs?: number;
  /** Whether it receives what it broadcasts itself. Default false. */
  readonly hearsItself?: boolean;
}

/**
 * Times are multiples of this, about a microsecond, and clock offsets are taken as such: sums of them
 * are exact, so that a clock that is hours ahead changes nothing else.
 */
const tickMs = 2 ** -10;

/** A machine that wants to be woken so often at one time would never let time pass. */
const wakesAtOnceMax = 1_000;

/** A place in a simulated network where a machine runs, crashes and is started again. */
export class SimNode<Input, Output> {
  readonly index: number;
  readonly name: string;
  readonly clockOffsetMs: number;
  readonly hearsItself: boolean;
  /** @internal From this node to each other one, by its index. */
  readonly links: Link[] = [];
  readonly #host: SimHost<Input, Output>;
  #machine: Machine<Input, Output> | undefined;
  /** When the network will wake this node, by the network's clock. */
  #wakeAtMs: number = Number.POSITIVE_INFINITY;
  #lastWokenMs: number = Number.NEGATIVE_INFINITY;
  #wakesAtOnce = 0;
  #isSettling = false;
  #hasActed = false;

  /** @internal Made by {@link SimNetwork.addNode}. */
  constructor(index: number, host: SimHost<Input, Output>, options: SimNodeOptions) {
    this.index = index;
    this.name = options.name ?? String(index);
    const { clockOffsetMs = 0 } = options;
    checkTime("clockOffsetMs", clockOffsetMs);
    this.clockOffsetMs = toTick(clockOffsetMs);
    this.hearsItself = options.hearsItself ?? false;
    this.#host = host;
  }

  /** The time by this node's own clock. */
  get nowMs(): number {
    return this.#host.now() + this.clockOffsetMs;
  }

  get isRunning(): boolean {
    return this.#machine !== undefined;
  }

  /** Runs `machine` from now on; one that ran before is forgotten, as by {@link crash}. */
  start(machine: Machine<Input, Output>): void {
    this.crash();
    this.#machine = machine;
    this.#settle();
  }

  /**
   * Forgets the machine, with all that it has not put out yet. Messages under way to this node reach
   * the next machine that is started here, or nobody.
   */
  crash(): void {
    this.#machine = undefined;
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    this.#wakesAtOnce = 0;
  }

  /** Runs an act of the owner's, a method of the machine, and then does what the machine puts out. */
  act(action: (nowMs: number) => void): void {
    action(this.nowMs);
    this.#settle();
  }

  /** Sends `message` to every other node, and to itself if it hears itself. */
  broadcast(message: Input): void {
    this.#host.broadcast(this, message);
  }

  /** Sends `message` to one node. */
  send(to: SimNode<Input, Output>, message: Input): void {
    this.#host.send(this, to, message);
  }

  /** @internal @returns false if nothing runs here. */
  receive(message: Input): boolean {
    if (this.#machine === undefined) return false;
    this.#machine.receive(message, this.nowMs);
    this.#settle();
    return true;
  }

  /** @internal A wake that was ordered for now; it may have been called off since. */
  wake(): void {
    const nowMs = this.#host.now();
    if (this.#wakeAtMs !== nowMs) return;
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    const machine = this.#machine;
    if (machine === undefined) return;
    const deadlineMs = machine.deadlineMs;
    if (deadlineMs !== undefined && deadlineMs <= this.nowMs) {
      this.#countWake(nowMs, deadlineMs);
      machine.wake(this.nowMs);
    }
    this.#settle();
  }

  /** Does all that the machine wants done, and orders the next wake. */
  #settle(): void {
    // Whoever performs an output may act on the machine; the loop below takes what comes of that.
    this.#hasActed = true;
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      while (this.#hasActed) {
        this.#hasActed = false;
        this.#performAll();
      }
    } finally {
      this.#isSettling = false;
    }
    this.#orderWake();
  }

  #performAll(): void {
    const machine = this.#machine;
    if (machine === undefined) return;
    for (const output of machine.drain()) {
      // It may crash at any of its outputs; what would have come after that is lost.
      if (this.#machine !== machine) return;
      this.#host.perform(this, output);
    }
  }

  #orderWake(): void {
    const deadlineMs = this.#machine?.deadlineMs;
    if (deadlineMs === undefined) return;
    const nowMs = this.#host.now();
    // Never before the deadline, and at a time when the node has not been woken yet.
    let atMs = Math.max(toTick(deadlineMs - this.clockOffsetMs), nowMs);
    if (atMs + this.clockOffsetMs < deadlineMs) atMs += tickMs;
    if (atMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = atMs;
    this.#host.wakeAt(this, atMs);
  }

  #countWake(nowMs: number, deadlineMs: number): void {
    this.#wakesAtOnce = nowMs === this.#lastWokenMs ? this.#wakesAtOnce + 1 : 0;
    this.#lastWokenMs = nowMs;
    if (this.#wakesAtOnce < wakesAtOnceMax) return;
    throw new Error(
      `the machine of node ${this.name} was woken ${wakesAtOnceMax} times at ${this.nowMs} ms, ` +
        `and still wants to be woken at ${deadlineMs} ms`,
    );
  }
}

/** The next multiple of a tick. */
export function toTick(timeMs: number): number {
  return Math.ceil(timeMs / tickMs) * tickMs;
}

/** @throws {UsageError} if it is NaN or infinite. */
export function checkTime(what: string, timeMs: number): void {
  if (Number.isFinite(timeMs)) return;
  throw new UsageError(`${what} is ${timeMs}, it must be a finite number of milliseconds`, {
    details: { [what]: timeMs },
  });
}
