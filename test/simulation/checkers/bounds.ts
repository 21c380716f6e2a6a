/** L2, bounds: state, messages at one moment and messages in a second stay bounded, whatever arrives. */
import type { AddressSpace } from "../../../src/protocol/consensus/address-space.ts";
import type { ControlMessage } from "../../../src/protocol/consensus/message.ts";
import { type AgreementHost, floodLimits } from "../agreement-host.ts";
import { type Checker, Violation } from "./checker.ts";

/** What one host has sent at this moment and in this second. */
interface Count {
  atMs: number;
  second: number;
  atOnce: number;
  inSecond: number;
}

export interface BoundsOptions {
  readonly space: AddressSpace;
  readonly isFlooded: boolean;
  readonly typeCount: number;
}

export class BoundsChecker implements Checker {
  readonly name = "L2 bounds";
  checkedCount = 0;
  /** The most that were seen. */
  atOnceMost = 0;
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
    if (count.atMs !== nowMs) count.atOnce = 0;
    if (count.second !== second) {
      count.inSecond = 0;
      this.#checkState(host);
    }
    count.atMs = nowMs;
    count.second = second;
    count.atOnce += 1;
    count.inSecond += 1;
    this.atOnceMost = Math.max(this.atOnceMost, count.atOnce);
    this.inSecondMost = Math.max(this.inSecondMost, count.inSecond);
    const { atOnceMax, inSecondMax } = this.#limits();
    if (count.atOnce > atOnceMax) this.#fail(host, `${count.atOnce} messages at once`, atOnceMax);
    if (count.inSecond > inSecondMax) {
      this.#fail(host, `${count.inSecond} messages in a second`, inSecondMax);
    }
  }

  #limits(): { atOnceMax: number; inSecondMax: number } {
    return { atOnceMax: 100, inSecondMax: 5_000 };
  }

  #checkState(host: AgreementHost): void {
    const sizes = host.running?.agreement.sizes;
    if (sizes === undefined) return;
    const { space, isFlooded, typeCount } = this.#options;
    const { capacity } = space;
    if (sizes.records > capacity) this.#fail(host, `${sizes.records} records`, capacity);
    if (sizes.undecided > capacity) this.#fail(host, `${sizes.undecided} votes`, capacity);
    if (sizes.attempts > capacity + typeCount) {
      this.#fail(host, `${sizes.attempts} attempts`, capacity + typeCount);
    }
    if (isFlooded && sizes.nodes > floodLimits.nodesMax) {
      this.#fail(host, `${sizes.nodes} nodes`, floodLimits.nodesMax);
    }
  }

  #countOf(host: AgreementHost): Count {
    let count = this.#counts.get(host);
    if (count === undefined) {
      count = { atMs: -1, second: -1, atOnce: 0, inSecond: 0 };
      this.#counts.set(host, count);
    }
    return count;
  }

  #fail(host: AgreementHost, what: string, max: number): never {
    throw new Violation(this.name, `node ${host.place.name} has ${what}, at most ${max}`);
  }
}
