/** AgreementHost: a computer of the simulation, on which one agreement after the other runs. */
import type { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { AddressAgreement } from "../../src/protocol/consensus/agreement.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import type { AgreementOutput, RouteOutput } from "../../src/protocol/consensus/output.ts";
import type { AddressRecord } from "../../src/protocol/consensus/record.ts";
import type { Use } from "../../src/protocol/consensus/routes.ts";
import type { Random } from "../../src/testing/random.ts";
import type { SimNode } from "../../src/testing/sim/sim-node.ts";
import type { Moment, NodePlan } from "./schedule.ts";

export type Place = SimNode<ControlMessage, AgreementOutput>;

/** In a flood the bounds are low, so that they are reached. */
export function limitsFor(isFlooded: boolean): {
  readonly nodesMax: number;
  readonly answersPerSecondMax: number;
} {
  return isFlooded
    ? { nodesMax: 32, answersPerSecondMax: 200 }
    : { nodesMax: 4_096, answersPerSecondMax: 5_000 };
}

export interface AgreementHostOptions {
  readonly plan: NodePlan;
  readonly place: Place;
  readonly space: AddressSpace;
  readonly random: Random;
  readonly isFlooded: boolean;
}

/** What one agreement has put out so far, as its owner would know it. */
export interface Running {
  readonly agreement: AddressAgreement;
  readonly instanceId: bigint;
  readonly startedAtMs: number;
  readonly uses: Map<string, Use>;
  readonly routes: Map<string, RouteOutput>;
  readonly records: Map<string, AddressRecord>;
  voters: readonly bigint[];
}

export class AgreementHost {
  readonly plan: NodePlan;
  readonly place: Place;
  /** Undefined while nothing runs here. */
  running: Running | undefined;
  readonly #options: AgreementHostOptions;
  #awaited: { moment: Moment; readonly happen: () => void } | undefined;

  constructor(options: AgreementHostOptions) {
    this.#options = options;
    this.plan = options.plan;
    this.place = options.place;
  }

  /** A new agreement, which knows nothing of the one before. */
  start(networkMs: number): void {
    const { plan, place, space, random, isFlooded } = this.#options;
    const instanceId = this.#newInstanceId();
    const agreement = new AddressAgreement({
      instanceId,
      space,
      random: () => random.fraction(),
      firstProposalId: plan.firstProposalId,
      heartbeatIntervalMs: plan.intervalMs,
      limits: limitsFor(isFlooded),
    });
    this.#awaited = undefined;
    this.running = {
      agreement,
      instanceId,
      startedAtMs: networkMs,
      uses: new Map(),
      routes: new Map(),
      records: new Map(),
      voters: [],
    };
    place.start(agreement);
    place.act((nowMs) => agreement.start(nowMs));
  }

  crash(): void {
    this.running = undefined;
    this.#awaited = undefined;
    this.place.crash();
  }

  /** Lets something happen to this host in a moment, or never, if that does not come. */
  when(moment: Moment, happen: () => void): void {
    if (moment === 0) happen();
    else this.#awaited = { moment, happen };
  }

  /** What was to happen in a moment that has not come does not happen any more. */
  expectNothing(): void {
    this.#awaited = undefined;
  }

  /** The agreement has put this out, and it was performed; what is awaited may happen now. */
  hasPerformed(output: AgreementOutput): void {
    const awaited = this.#awaited;
    if (awaited === undefined) return;
    if (typeof awaited.moment === "number") {
      awaited.moment -= 1;
      if (awaited.moment > 0) return;
    } else if (output.kind !== "ballot" || output.step !== awaited.moment) return;
    this.#awaited = undefined;
    awaited.happen();
  }

  close(): void {
    const { running } = this;
    if (running === undefined) return;
    this.place.act((nowMs) => running.agreement.close(nowMs));
    this.crash();
  }

  use(typeName: string, use: Use): void {
    const { running } = this;
    if (running === undefined) return;
    running.uses.set(typeName, use);
    this.place.act((nowMs) => running.agreement.use(typeName, use, nowMs));
  }

  release(typeName: string): void {
    const { running } = this;
    if (running === undefined) return;
    running.uses.delete(typeName);
    this.place.act((nowMs) => running.agreement.release(typeName, nowMs));
  }

  #newInstanceId(): bigint {
    return this.#options.random.uint64() | 1n;
  }
}
