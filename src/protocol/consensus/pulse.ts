/**
 * Pulse: when this node's heartbeats are due. Once an interval; at once, as far as a pause between two
 * allows, when there is something to say; and while it joins, at 0, 40 and 100 ms.
 */

/** When one who starts greets the others. */
const helloMs = [0, 40, 100] as const;

/** Heartbeats that say something new keep this distance. */
const pauseMs = 20;

/** A heartbeat comes up to this part of the interval early, so that nodes do not fall into step. */
const jitter = 0.2;

/** With many nodes the interval grows, so that all of them together send no more than 100 heartbeats a second. */
const msPerNode = 10;

export class Pulse {
  readonly #intervalMs: number;
  readonly #random: () => number;
  #dueMs = Number.POSITIVE_INFINITY;
  #sentMs = Number.NEGATIVE_INFINITY;
  /** When hellos are due that have not been sent. */
  #hellosMs: readonly number[] = [];

  constructor(intervalMs: number, random: () => number) {
    this.#intervalMs = intervalMs;
    this.#random = random;
  }

  get deadlineMs(): number {
    return this.#dueMs;
  }

  /** The interval that this node announces, among so many others. */
  intervalMs(nodeCount: number): number {
    return Math.max(this.#intervalMs, nodeCount * msPerNode);
  }

  start(nowMs: number): void {
    this.#hellosMs = helloMs.map((afterMs) => nowMs + afterMs);
    this.#dueMs = nowMs;
  }

  /** There is something to say: the next heartbeat comes within `withinMs`, but not too soon after the last. */
  hurry(nowMs: number, withinMs = 0): void {
    const dueMs = Math.max(nowMs + this.#random() * withinMs, this.#sentMs + pauseMs);
    this.#dueMs = Math.min(this.#dueMs, dueMs);
  }

  /** The heartbeat has been sent. @returns whether it was to be a hello. */
  sent(nowMs: number, nodeCount: number): boolean {
    this.#sentMs = nowMs;
    const hellosMs = this.#hellosMs.filter((dueMs) => dueMs > nowMs);
    const isHello = hellosMs.length < this.#hellosMs.length;
    this.#hellosMs = hellosMs;
    const regularMs = this.intervalMs(nodeCount) * (1 - this.#random() * jitter);
    this.#dueMs = Math.min(nowMs + regularMs, ...hellosMs);
    return isHello;
  }
}
