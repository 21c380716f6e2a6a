/** Checker: watches a run for one guarantee, and says so when it is broken. */
import type { ControlMessage } from "../../../src/protocol/consensus/message.ts";
import type { AgreementOutput } from "../../../src/protocol/consensus/output.ts";
import type { AgreementHost } from "../agreement-host.ts";

export interface Checker {
  /** The guarantee, by its name in docs/protocols/consensus.md. */
  readonly name: string;
  /** How often there was something to check. */
  readonly checkedCount: number;
  /** A host has begun to run a new agreement. */
  started?(host: AgreementHost, nowMs: number): void;
  used?(host: AgreementHost, typeName: string, nowMs: number): void;
  /** A message goes out; undefined stands for one of pyplexo's nodes, or for a forger. */
  sent?(host: AgreementHost | undefined, message: ControlMessage, nowMs: number): void;
  /** The agreement on a host has put something out that is not a message. */
  put?(host: AgreementHost, output: AgreementOutput, nowMs: number): void;
  /** The run is over. */
  ended?(nowMs: number): void;
}

/** A guarantee that was not kept. */
export class Violation extends Error {
  readonly guarantee: string;

  constructor(guarantee: string, message: string) {
    super(`${guarantee}: ${message}`);
    this.guarantee = guarantee;
  }
}
