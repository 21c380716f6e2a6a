/**
 * Interest: which topics and patterns are wanted in a plexus, and by whom, so that it takes from
 * each of its ganglia what somebody else wants, and nothing else.
 */
import { isPattern, matches, type TopicPattern } from "../topic.ts";

/** Who wants something: a ganglion joined to the plexus, the plexus itself, one around it. */
export type Holder = object;

export class Interest {
  readonly #topics = new Map<string, Set<Holder>>();
  readonly #patterns = new Map<TopicPattern, Set<Holder>>();

  /** Notes that `holder` wants `target`, or no longer does. True if that is news. */
  set(target: TopicPattern, holder: Holder, wanted: boolean): boolean {
    const targets = this.#targetsLike(target);
    const holders = targets.get(target);
    if (wanted === (holders?.has(holder) ?? false)) return false;
    if (!wanted) {
      holders?.delete(holder);
      if (holders?.size === 0) targets.delete(target);
    } else if (holders === undefined) {
      targets.set(target, new Set([holder]));
    } else {
      holders.add(holder);
    }
    return true;
  }

  /** Whether anybody but `holder` wants exactly this topic or pattern. */
  isWantedByOthers(target: TopicPattern, holder: Holder): boolean {
    const holders = this.#targetsLike(target).get(target);
    return holders !== undefined && holders.size > (holders.has(holder) ? 1 : 0);
  }

  /** Whether anybody wants the topic, by name or by a pattern. */
  takes(topic: string): boolean {
    if (this.#topics.has(topic)) return true;
    for (const pattern of this.#patterns.keys()) if (matches(pattern, topic)) return true;
    return false;
  }

  /** Whether `holder` wants the topic, by name or by a pattern. */
  isTakenBy(holder: Holder, topic: string): boolean {
    if (this.#topics.get(topic)?.has(holder)) return true;
    for (const [pattern, holders] of this.#patterns) {
      if (holders.has(holder) && matches(pattern, topic)) return true;
    }
    return false;
  }

  /** Everything that somebody wants. */
  targets(): TopicPattern[] {
    return [...this.#topics.keys(), ...this.#patterns.keys()];
  }

  #targetsLike(target: TopicPattern): Map<TopicPattern, Set<Holder>> {
    return isPattern(target) ? this.#patterns : this.#topics;
  }
}
