/** Watch: all checkers of one run, and what they have seen. */
import type { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import type { AgreementOutput } from "../../src/protocol/consensus/output.ts";
import type { AgreementHost } from "./agreement-host.ts";
import { AgreementChecker } from "./checkers/agreement.ts";
import { BoundsChecker } from "./checkers/bounds.ts";
import type { Checker } from "./checkers/checker.ts";
import { ContinuityChecker } from "./checkers/continuity.ts";
import { LivenessChecker } from "./checkers/liveness.ts";
import { PromisesChecker } from "./checkers/promises.ts";
import { StartTimes } from "./checkers/start-times.ts";
import { ValidityChecker } from "./checkers/validity.ts";
import type { Schedule } from "./schedule.ts";

export interface Seen {
  readonly conditionHeld: boolean;
  readonly rivalCount: number;
  readonly moveCount: number;
  /** How long nodes took from their start to an address, where that is measured. */
  readonly startMs: readonly number[];
  /** How often each guarantee was checked. */
  readonly checkedCounts: Readonly<Record<string, number>>;
  readonly perInputMost: number;
  readonly inSecondMost: number;
}

export class Watch {
  readonly continuity: ContinuityChecker = new ContinuityChecker();
  readonly #agreement = new AgreementChecker();
  readonly #startTimes = new StartTimes();
  readonly #bounds: BoundsChecker;
  readonly #checkers: readonly Checker[];

  /** @param inputSerial Gives another number for every input of any node. */
  constructor({ kind, typeNames }: Schedule, space: AddressSpace, inputSerial: () => number) {
    this.#bounds = new BoundsChecker({
      space,
      isFlooded: kind === "flood",
      typeCount: typeNames.length,
      inputSerial,
    });
    this.#checkers = [
      this.#agreement,
      new PromisesChecker(),
      new ValidityChecker(space),
      this.continuity,
      this.#bounds,
      ...(kind === "calm" ? [new LivenessChecker()] : []),
      ...(kind === "start" ? [this.#startTimes] : []),
    ];
  }

  used(host: AgreementHost, typeName: string, nowMs: number): void {
    for (const checker of this.#checkers) checker.used?.(host, typeName, nowMs);
  }

  sent(host: AgreementHost | undefined, message: ControlMessage, nowMs: number): void {
    for (const checker of this.#checkers) checker.sent?.(host, message, nowMs);
  }

  put(host: AgreementHost, output: AgreementOutput, nowMs: number): void {
    for (const checker of this.#checkers) checker.put?.(host, output, nowMs);
  }

  ended(nowMs: number): void {
    for (const checker of this.#checkers) checker.ended?.(nowMs);
  }

  get seen(): Seen {
    return {
      conditionHeld: this.#agreement.conditionHeld,
      rivalCount: this.#agreement.rivalCount,
      moveCount: this.continuity.moveCount,
      startMs: this.#startTimes.tookMs,
      checkedCounts: Object.fromEntries(
        this.#checkers.map(({ name, checkedCount }) => [name, checkedCount]),
      ),
      perInputMost: this.#bounds.perInputMost,
      inSecondMost: this.#bounds.inSecondMost,
    };
  }
}
