/**
 * G2, validity: every record lies in the network, is neither reserved nor skipped, and has an address
 * that somebody proposed for the type, in that epoch unless a node of pyplexo holds it.
 */
import type { AddressSpace } from "../../../src/protocol/consensus/address-space.ts";
import type { ControlMessage } from "../../../src/protocol/consensus/message.ts";
import type { AgreementOutput } from "../../../src/protocol/consensus/output.ts";
import type { AgreementHost } from "../agreement-host.ts";
import { type Checker, Violation } from "./checker.ts";

export class ValidityChecker implements Checker {
  readonly name = "G2 validity";
  checkedCount = 0;
  readonly #space: AddressSpace;
  readonly #proposed = new Set<string>();

  constructor(space: AddressSpace) {
    this.#space = space;
  }

  sent(host: AgreementHost | undefined, message: ControlMessage): void {
    if (message.kind === "proposal") {
      this.#add(message.typeName, message.epoch, message.address, host === undefined);
    } else if (host === undefined && message.kind === "promise") {
      this.#add(message.typeName, message.epoch, message.address, true);
    } else if (host === undefined && message.kind === "assignment") {
      for (const { typeName, epoch, address, legacy } of message.records) {
        this.#add(typeName, epoch, address, legacy);
      }
    }
  }

  put(_host: AgreementHost, output: AgreementOutput): void {
    if (output.kind === "ballot" && output.step === "proposed") {
      this.#add(output.typeName, output.epoch, output.address, false);
    }
    if (output.kind !== "record") return;
    this.checkedCount += 1;
    const { typeName, epoch, address, legacy } = output.record;
    if (!this.#space.canLease(address)) {
      throw new Violation(this.name, `${typeName} is at ${address}, which no type may have`);
    }
    if (
      !this.#proposed.has(legacy ? `${typeName} ${address}` : `${typeName} ${epoch} ${address}`)
    ) {
      throw new Violation(
        this.name,
        `${typeName} is at ${address} in epoch ${epoch}, which nobody has proposed`,
      );
    }
  }

  #add(typeName: string, epoch: bigint, address: number | undefined, mayBeLegacy: boolean): void {
    if (address === undefined) return;
    this.#proposed.add(`${typeName} ${epoch} ${address}`);
    if (mayBeLegacy) this.#proposed.add(`${typeName} ${address}`);
  }
}
