/** PubSubSynapse: a neuron on pub/sub, with who among the subscribers wants it. */
import { MessageTopic } from "../../protocol/zmtp/topic-message.ts";
import { WireSynapse } from "../transport.ts";
import type { Outbox } from "../wire/outbox.ts";

/** Who gets what is published: one subscriber, as far as a message needs it. */
export interface Recipient {
  /** What it is too slow for. */
  readonly outbox: Outbox<PubSubSynapse>;
}

export class PubSubSynapse extends WireSynapse {
  /** Those who want it; undefined: to be found anew. The publisher's. */
  recipients: readonly Recipient[] | undefined;
  #messages: MessageTopic | undefined;
  /** Messages that found no subscriber since there was one, and how many of them were told. */
  #unheard = 0;
  #told = 0;

  /** Made with the first message: many neurons only receive. */
  get messages(): MessageTopic {
    this.#messages ??= new MessageTopic(this.topicBytes);
    return this.#messages;
  }

  /**
   * A message found no subscriber. Each is counted. But to publish before anybody listens is what
   * publishers do, so that the first is an incident, and then as many at once as there were before:
   * a ration like that of other incidents would begin with twenty, and cost each message an incident.
   */
  unheard(): void {
    this.counters.drop("unclaimed", 1);
    this.#unheard += 1;
    if (this.#unheard >= 2 * this.#told) this.#tell();
  }

  /** A message found one, or there will be no more: the rest is told. */
  heard(): void {
    if (this.#unheard > this.#told) this.#tell();
    this.#unheard = 0;
    this.#told = 0;
  }

  #tell(): void {
    this.tellDropped("unclaimed", this.#unheard - this.#told);
    this.#told = this.#unheard;
  }
}
