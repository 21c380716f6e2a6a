/** TopicIndex: finds the synapse of a topic that has come as bytes, mostly without making a string. */
import type { WireSynapse } from "./transport.ts";

/** Looks a topic up by its text. */
export type FindByTopic<S> = (topic: string) => S | undefined;

export class TopicIndex<S extends WireSynapse> {
  readonly #find: FindByTopic<S>;
  // The synapse found last: a sender mostly goes on with the same topic.
  #last: S | undefined;

  constructor(find: FindByTopic<S>) {
    this.#find = find;
  }

  /**
   * The synapse whose topic stands in `bytes` from `start` to `end`.
   * @param text Gives the same topic as a string; called only when it is needed.
   */
  find(bytes: Uint8Array, start: number, end: number, text: () => string): S | undefined {
    const last = this.#last;
    if (last !== undefined && isAt(last.topicBytes, bytes, start, end)) return last;
    const found = this.#find(text());
    if (found !== undefined) this.#last = found;
    return found;
  }
}

function isAt(topic: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== topic.length) return false;
  // From the end: topics of one namespace differ there.
  for (let index = topic.length - 1; index >= 0; index--) {
    if (topic[index] !== bytes[start + index]) return false;
  }
  return true;
}
