/** PairSynapse: a neuron on a pair, with the envelopes that its messages are put into. */
import { EnvelopeTopic } from "../../protocol/envelope.ts";
import { WireSynapse } from "../transport.ts";

export class PairSynapse extends WireSynapse {
  #envelopes: EnvelopeTopic | undefined;

  /** Made with the first message: many neurons only receive. */
  get envelopes(): EnvelopeTopic {
    this.#envelopes ??= new EnvelopeTopic(this.topicBytes);
    return this.#envelopes;
  }
}
