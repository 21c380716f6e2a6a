/** TopicIndex: finds the synapse of a topic that has come as bytes, mostly without making a string. */
import type { Span } from "../protocol/span.ts";
import { TopicKey, topicHashOf } from "../protocol/topic-key.ts";
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
  // Of two with one hash the one found later: whoever sends such topics has them made strings.
  readonly #byHash = new Map<number, Known<S>>();

  constructor(find: FindByTopic<S>) {
    this.#find = find;
  }

  /**
   * The synapse whose topic lies there.
   * @throws {PeerError} if the bytes had to be made a string, and are not UTF-8.
   */
  find(topic: Span): S | undefined {
    const last = this.#last;
    return last?.key.isAt(topic) ? last.synapse : this.#findAnother(topic);
  }

  #findAnother(topic: Span): S | undefined {
    const hash = topicHashOf(topic);
    let known = this.#byHash.get(hash);
    if (!known?.key.isAt(topic)) {
      const synapse = this.#find(decodeTopic(topic));
      if (synapse === undefined) return undefined;
      known = { synapse, key: new TopicKey(synapse.topicBytes) };
      this.#byHash.set(hash, known);
    }
    this.#last = known;
    return known.synapse;
  }
}
