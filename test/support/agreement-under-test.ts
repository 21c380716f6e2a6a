/** One agreement whose time passes as a test says, and all that it puts out. */
import { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import { AddressAgreement } from "../../src/protocol/consensus/agreement.ts";
import type { ControlMessage } from "../../src/protocol/consensus/message.ts";
import type { AgreementOptions } from "../../src/protocol/consensus/options.ts";
import type { AgreementOutput } from "../../src/protocol/consensus/output.ts";

export class AgreementUnderTest {
  readonly core: AddressAgreement;
  nowMs = 0;
  readonly outputs: AgreementOutput[] = [];

  constructor(options: Partial<AgreementOptions> = {}) {
    this.core = new AddressAgreement({
      instanceId: 1n,
      space: new AddressSpace("239.255.0.0/16"),
      random: () => 0.5,
      firstProposalId: 1n,
      ...options,
    });
  }

  /** Started, joined and a voter; nobody else is there. */
  static voting(options: Partial<AgreementOptions> = {}): AgreementUnderTest {
    const node = new AgreementUnderTest(options);
    node.core.start(0);
    node.passTo(200);
    node.outputs.length = 0;
    return node;
  }

  /** Wakes it whenever it wants to be woken, up to `endMs`. */
  passTo(endMs: number): void {
    for (let dueMs = this.core.deadlineMs; dueMs !== undefined && dueMs <= endMs; ) {
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.core.wake(this.nowMs);
      this.#collect();
      dueMs = this.core.deadlineMs;
    }
    this.nowMs = endMs;
  }

  pass(durationMs: number): void {
    this.passTo(this.nowMs + durationMs);
  }

  receive(...messages: readonly ControlMessage[]): void {
    for (const message of messages) {
      this.core.receive(message, this.nowMs);
      this.#collect();
    }
  }

  use(typeName: string, use = { sends: true, listens: true }): void {
    this.core.use(typeName, use, this.nowMs);
    this.#collect();
  }

  /** All messages of one kind that it has sent. */
  sent<Kind extends ControlMessage["kind"]>(
    kind: Kind,
  ): Extract<ControlMessage, { readonly kind: Kind }>[] {
    return this.outputs.flatMap((output) =>
      output.kind === "send" && isOfKind(output.message, kind) ? [output.message] : [],
    );
  }

  #collect(): void {
    this.outputs.push(...this.core.drain());
  }
}

function isOfKind<Kind extends ControlMessage["kind"]>(
  message: ControlMessage,
  kind: Kind,
): message is Extract<ControlMessage, { readonly kind: Kind }> {
  return message.kind === kind;
}
