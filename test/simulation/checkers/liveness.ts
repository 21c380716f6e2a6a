/**
 * L1, liveness: with nothing lost, no delay over 10 ms and no rival, a node that votes has the
 * address of a type within 100 ms of wanting it.
 */
import type { AgreementOutput } from "../../../src/protocol/consensus/output.ts";
import type { AgreementHost } from "../agreement-host.ts";
import { type Checker, Violation } from "./checker.ts";

const decisionMsMax = 100;

export class LivenessChecker implements Checker {
  readonly name = "L1 liveness";
  checkedCount = 0;
  /** Types that were asked for and have no record: by whom, and since when. */
  readonly #waiting = new Map<string, { readonly host: AgreementHost; readonly sinceMs: number }>();

  used(host: AgreementHost, typeName: string, nowMs: number): void {
    if (host.running?.agreement.record(typeName) !== undefined) return;
    if (host.running?.agreement.state !== "voting") return;
    this.checkedCount += 1;
    this.#waiting.set(typeName, { host, sinceMs: nowMs });
  }

  put(host: AgreementHost, output: AgreementOutput, nowMs: number): void {
    if (output.kind !== "record") return;
    const { typeName } = output.record;
    const wait = this.#waiting.get(typeName);
    if (wait?.host !== host) return;
    this.#waiting.delete(typeName);
    this.#check(typeName, nowMs - wait.sinceMs);
  }

  ended(nowMs: number): void {
    for (const [typeName, { sinceMs }] of this.#waiting) this.#check(typeName, nowMs - sinceMs);
  }

  #check(typeName: string, tookMs: number): void {
    if (tookMs <= decisionMsMax) return;
    throw new Violation(
      this.name,
      `${typeName} took ${tookMs.toFixed(1)} ms to be decided, at most ${decisionMsMax} ms`,
    );
  }
}
