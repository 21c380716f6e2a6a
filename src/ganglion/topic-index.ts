/** TopicIndex: finds the synapse of a topic that has come as bytes, mostly without making a string. */
import type { Span } from "../protocol/span.ts";
import { TopicKey } from "../protocol/topic-key.ts";
import { decodeTopic } from "../protocol/topic-text.ts";
import type { WireSynapse } from "./transport.ts";

/** Looks a topic up by its text. */
export type FindByTopic<S> = (topic: string) => S | undefined;

interface Known<S> {
  readonly synapse: S;
  readonly key: TopicKey;
}

export class TopicIndex<S extends WireSynapse> {
  readonly #find: FindByTopic<S>;
  // The one found last: a sender mostly goes on with the same topic.
  #last: Known<S> | undefined;

  constructor(find: FindByTopic<S>) {
    this.#find = find;
  }

  /**
   * The synapse whose topic lies there.
   * @throws {PeerError} if the bytes had to be made a string, and are not UTF-8.
   */
  find(topic: Span): S | undefined {
    const last = this.#last;
    if (last?.key.isAt(topic)) return last.synapse;
    const synapse = this.#find(decodeTopic(topic));
    if (synapse !== undefined) this.#last = { synapse, key: new TopicKey(synapse.topicBytes) };
    return synapse;
  }
}
