/** L3: how long it takes from a node's start until the types it wants have their addresses. */
import type { AgreementOutput } from "../../../src/protocol/consensus/output.ts";
import type { AgreementHost, Running } from "../agreement-host.ts";
import type { Checker } from "./checker.ts";

export class StartTimes implements Checker {
  readonly name = "L3 start";
  /** In whole milliseconds. */
  readonly tookMs: number[] = [];

  readonly #known = new WeakMap<Running, Set<string>>();

  get checkedCount(): number {
    return this.tookMs.length;
  }

  put(host: AgreementHost, output: AgreementOutput, nowMs: number): void {
    const { running } = host;
    if (output.kind !== "record" || running === undefined) return;
    const { typeName } = output.record;
    let known = this.#known.get(running);
    if (known === undefined) {
      known = new Set();
      this.#known.set(running, known);
    }
    // Later ones are moves.
    if (known.has(typeName)) return;
    known.add(typeName);
    if (running.uses.has(typeName)) this.tookMs.push(Math.round(nowMs - running.startedAtMs));
  }
}
