/** L2, bounds: state, messages in answer to one input, and messages in a second stay bounded, whatever arrives. */
import type { AddressSpace } from "../../../src/protocol/consensus/address-space.ts";
import type { ControlMessage } from "../../../src/protocol/consensus/message.ts";
import { type AgreementHost, limitsFor } from "../agreement-host.ts";
import { type Checker, Violation } from "./checker.ts";

/**
 * A node that finds itself alone prepares, proposes and decides at once in all ballots that may be
 * under way, which are 64. A burst of records and two heartbeats come on top.
 */
const perInputMax = 2 * 64 + 8 + 2;

/** Heartbeats, ballots and records; answers, of which a second's worth may be saved up, come on top. */
const othersInSecondMax = 2_500;

/** What one host has sent since the input before, and in this second. */
interface Count {
  input: number;
  second: number;
  perInput: number;
  inSecond: number;
}

export interface BoundsOptions {
  readonly space: AddressSpace;
  readonly isFlooded: boolean;
  readonly typeCount: number;
  /** Another number for every input, be it a message or a wake at another time. */
  readonly inputSerial: () => number;
}

export class BoundsChecker implements Checker {
  readonly name = "L2 bounds";
  checkedCount = 0;
  /** The most that were seen. */
  perInputMost = 0;
  inSecondMost = 0;
  readonly #options: BoundsOptions;
  readonly #counts = new Map<AgreementHost, Count>();

  constructor(options: BoundsOptions) {
    this.#options = options;
  }

  sent(host: AgreementHost | undefined, _message: ControlMessage, nowMs: number): void {
    if (host === undefined) return;
    this.checkedCount += 1;
    const count = this.#countOf(host);
    const second = Math.floor(nowMs / 1_000);
    const input = this.#options.inputSerial();
    if (count.input !== input) count.perInput = 0;
    if (count.second !== second) {
      count.inSecond = 0;
      this.#checkState(host);
    }
    count.input = input;
    count.second = second;
    count.perInput += 1;
    count.inSecond += 1;
    this.perInputMost = Math.max(this.perInputMost, count.perInput);
    this.inSecondMost = Math.max(this.inSecondMost, count.inSecond);
    if (count.perInput > perInputMax) {
      this.#fail(host, `${count.perInput} messages at one input`, perInputMax);
    }
    const { answersPerSecondMax } = limitsFor(this.#options.isFlooded);
    const inSecondMax = 2 * answersPerSecondMax + othersInSecondMax;
    if (count.inSecond > inSecondMax) {
      this.#fail(host, `${count.inSecond} messages in a second`, inSecondMax);
    }
  }

  #checkState(host: AgreementHost): void {
    const sizes = host.running?.agreement.sizes;
    if (sizes === undefined) return;
    const { space, isFlooded, typeCount } = this.#options;
    const { capacity } = space;
    if (sizes.records > capacity) this.#fail(host, `${sizes.records} records`, capacity);
    // Those that others ask for, and its own.
    const votesMax = 2 * capacity;
    if (sizes.undecided > votesMax) this.#fail(host, `${sizes.undecided} votes`, votesMax);
    if (sizes.attempts > capacity + typeCount) {
      this.#fail(host, `${sizes.attempts} attempts`, capacity + typeCount);
    }
    const { nodesMax } = limitsFor(isFlooded);
    if (sizes.nodes > nodesMax) this.#fail(host, `${sizes.nodes} nodes`, nodesMax);
  }

  #countOf(host: AgreementHost): Count {
    let count = this.#counts.get(host);
    if (count === undefined) {
      count = { input: -1, second: -1, perInput: 0, inSecond: 0 };
      this.#counts.set(host, count);
    }
    return count;
  }

  #fail(host: AgreementHost, what: string, max: number): never {
    throw new Violation(this.name, `node ${host.place.name} has ${what}, at most ${max}`);
  }
}
