/** What a subscriber asks its publishers for, to get all topics that match. */
import { isPattern, type TopicPattern } from "../../topic.ts";

/**
 * The longest prefix that all topics of `target` have: publishers know prefixes only. What else
 * begins with it is sorted out on arrival.
 */
export function prefixOf(target: TopicPattern): string {
  if (!isPattern(target)) return target;
  const parts = target.split(".");
  const literal = parts.slice(
    0,
    parts.findIndex((part) => part === "*" || part === ">"),
  );
  return literal.map((part) => `${part}.`).join("");
}
