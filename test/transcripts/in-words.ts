/** Control messages and outputs of the agreement, in words for people to read. */
import type { AddressSpace } from "../../src/protocol/consensus/address-space.ts";
import type { Ballot } from "../../src/protocol/consensus/ballot.ts";
import type {
  Assignment,
  ControlMessage,
  Heartbeat,
} from "../../src/protocol/consensus/message.ts";
import type { AgreementOutput } from "../../src/protocol/consensus/output.ts";
import type { AddressRecord } from "../../src/protocol/consensus/record.ts";
import { bucketCount } from "../../src/protocol/consensus/record-table.ts";

/** Names nodes by letters and digests by the order in which they were first met. */
export class Words {
  readonly #space: AddressSpace;
  readonly #nameOf: (instanceId: bigint) => string;
  readonly #digests: bigint[] = [];

  constructor(space: AddressSpace, nameOf: (instanceId: bigint) => string) {
    this.#space = space;
    this.#nameOf = nameOf;
  }

  message(message: ControlMessage): string {
    switch (message.kind) {
      case "heartbeat":
        return this.#heartbeat(message);
      case "preparation":
        return `preparation of ballot ${this.#ballot(message.ballot)} for ${this.#type(message)}`;
      case "promise":
        return [
          `promise to ballot ${this.#ballot(message.ballot)} for ${this.#type(message)}`,
          ...(message.voterId === 0n ? ["which is no vote"] : []),
          ...(message.misdirected ? ["on the channel of proposals"] : []),
          ...(message.address === undefined
            ? []
            : [`accepted ${this.#address(message.address)} in ${this.#ballot(message.accepted)}`]),
        ].join(", ");
      case "rejection":
        return `rejection of ballot ${this.#ballot(message.ballot)} for ${this.#type(message)}, promised to ${this.#ballot(message.promised)}`;
      case "proposal":
        return `proposal in ballot ${this.#ballot(message.ballot)}: ${this.#type(message)} on ${this.#address(message.address)}`;
      case "approval":
        return `approval of ballot ${this.#ballot(message.ballot)}: ${this.#type(message)} on ${this.#address(message.address)}`;
      case "assignment":
        return this.#assignment(message);
      default:
        return message satisfies never;
    }
  }

  /** What a node did but to send; undefined if the messages show it already. */
  output(output: Exclude<AgreementOutput, { readonly kind: "send" }>): string | undefined {
    switch (output.kind) {
      case "record":
        return `now knows: ${this.#record(output.record)}`;
      case "route": {
        const { typeName, send, listen } = output;
        const ways = [
          ...(send.length === 0 ? [] : [`sends on ${this.#addresses(send)}`]),
          ...(listen.length === 0 ? [] : [`listens on ${this.#addresses(listen)}`]),
        ];
        return `${typeName}: ${ways.join(", ") || "neither sends nor listens"}`;
      }
      case "view":
        return `voters in view: ${output.voters.map((id) => this.#nameOf(id)).join(" ")}`;
      case "ballot":
        return output.step === "given-up" || output.step === "decided"
          ? `ballot ${this.#ballot(output.ballot)} for ${output.typeName} is ${output.step === "decided" ? "decided" : "given up"}`
          : undefined;
      case "incident":
        return `incident, ${output.reason}: ${this.#named(output.message, output.instanceId)}`;
      default:
        return output satisfies never;
    }
  }

  #heartbeat(heartbeat: Heartbeat): string {
    const { hello, voter, leaving, digest, listening, intervalMs } = heartbeat;
    return [
      hello ? "hello" : leaving ? "goodbye" : "heartbeat",
      ...(intervalMs === 0 ? [] : [voter ? "votes" : "does not vote yet"]),
      ...(digest === 0n ? [] : [`digest ${this.#digest(digest)}`]),
      ...(listening.length === 0 ? [] : [`listens to ${listening.join(" ")}`]),
    ].join(", ");
  }

  #assignment(assignment: Assignment): string {
    const { digest, records, bucketDigests, bucketCount: count } = assignment;
    if (bucketDigests.length > 0)
      return `digests of all its buckets, digest ${this.#digest(digest)}`;
    const what = records.map((record) => this.#record(record)).join("; ") || "nothing";
    const extent = count === bucketCount ? "all it knows" : count > 0 ? "a part of it" : "news";
    return `${extent}: ${what} (digest ${this.#digest(digest)})`;
  }

  #record({ typeName, epoch, address, legacy }: AddressRecord): string {
    const text = `${this.#type({ typeName, epoch })} on ${this.#address(address)}`;
    return legacy ? `${text}, held by pyplexo` : text;
  }

  #type({ typeName, epoch }: Pick<AddressRecord, "typeName" | "epoch">): string {
    return epoch === 0n ? typeName : `${typeName} in epoch ${epoch}`;
  }

  #addresses(addresses: readonly number[]): string {
    return addresses.map((address) => this.#address(address)).join(" and ");
  }

  #address(address: number | undefined): string {
    return address === undefined ? "no address" : this.#space.textAt(address);
  }

  #ballot({ proposalId, instanceId }: Ballot): string {
    return `${proposalId}.${this.#nameOf(instanceId)}`;
  }

  #named(text: string, instanceId: bigint | undefined): string {
    if (instanceId === undefined) return text;
    return text.replaceAll(String(instanceId), this.#nameOf(instanceId));
  }

  #digest(digest: bigint): string {
    if (digest === 0n) return "of nothing";
    if (!this.#digests.includes(digest)) this.#digests.push(digest);
    return `#${this.#digests.indexOf(digest) + 1}`;
  }
}
