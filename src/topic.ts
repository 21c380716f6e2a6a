/**
 * Topic: the full name of a neuron as it stands on the wire, `namespace.Type.codec`, and patterns
 * that match topics.
 */
import { UsageError } from "./errors.ts";
import { misgiven } from "./given.ts";

/** libzmq 4.3.4 garbles subscriptions to topics beyond this length. */
export const topicBytesMax = 245;

/**
 * Topics written as NATS writes subjects: `*` stands for one part, a last `>` for one or more,
 * so `dev.brewery.*.json` or `dev.brewery.>`. Without either it matches itself only.
 */
export type TopicPattern = string;

// What parts topics, and control characters, lone surrogates, white space and the wildcards: these
// are not fit for a NATS subject. Format characters cannot be seen: with one in it a topic is
// another address that looks the same.
const forbidden = /[.\p{Cc}\p{Cf}\p{Cs}\p{Zs}\p{Zl}\p{Zp}*>]/u;
const utf8 = new TextEncoder();

/** @throws {UsageError} if `part` is empty or has a dot, white space, an invisible character, `*` or `>`. */
export function checkTopicPart(part: string, what: string): void {
  if (typeof part !== "string") throw misgiven(`a ${what}`, part, "a string");
  const fault = faultOf(part);
  if (fault === undefined) return;
  throw new UsageError(`${what} ${JSON.stringify(part)} ${fault}`, { details: { part } });
}

function checkPartOf(whole: string, what: "topic" | "pattern", part: string): void {
  const fault = faultOf(part);
  if (fault === undefined) return;
  throw new UsageError(
    `part ${JSON.stringify(part)} of ${what} ${JSON.stringify(whole)} ${fault}`,
    { details: { part, [what]: whole } },
  );
}

/** What is wrong with a part of a topic; undefined if nothing is. */
function faultOf(part: string): string | undefined {
  if (part === "") return "is empty; every part of a topic needs a name";
  const [unfit] = forbidden.exec(part) ?? [];
  if (unfit === undefined) return undefined;
  return (
    `has ${nameOfCharacter(unfit)} in it; no part of a topic has a dot, white space, ` +
    "a control or invisible character, * or >"
  );
}

/** Itself where it can be seen, else its number. */
function nameOfCharacter(character: string): string {
  if (/[ -~]/.test(character)) return `"${character}"`;
  const number = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  return `U+${number}`;
}

/** @throws {UsageError} if `topic` is not a valid topic: an empty or unfit part, or too long. */
export function checkTopic(topic: string): void {
  checkLength(topic, "topic");
  for (const part of topic.split(".")) checkPartOf(topic, "topic", part);
}

/** Whether `checkTopic` would take it. Cheap where it would not: whoever sends can send many. */
export function isTopic(topic: string): boolean {
  if (utf8.encode(topic).length > topicBytesMax) return false;
  return topic.split(".").every((part) => faultOf(part) === undefined);
}

/** True for what has a wildcard, and so can stand for more than one topic. */
export function isPattern(topicOrPattern: string): boolean {
  return /[*>]/.test(topicOrPattern);
}

/**
 * @throws {UsageError} if `pattern` is neither a topic nor made of topic parts, `*` and a last `>`,
 *   or is so long that no topic can match it.
 */
export function checkPattern(pattern: TopicPattern): void {
  checkLength(pattern, "pattern");
  const parts = pattern.split(".");
  for (const [index, part] of parts.entries()) {
    if (part === "*" || (part === ">" && index === parts.length - 1)) continue;
    checkPartOf(pattern, "pattern", part);
  }
}

// Before the parts are looked at: that takes time in proportion to their number and to the whole.
function checkLength(text: string, what: string): void {
  const byteCount = utf8.encode(text).length;
  if (byteCount <= topicBytesMax) return;
  throw new UsageError(
    `${what} of ${byteCount} bytes, at most ${topicBytesMax} allowed: ${text.slice(0, 64)}…`,
    { details: { [what]: text, byteCount, topicBytesMax } },
  );
}

/** True if `pattern`, taken as valid, stands for `topic`. */
export function matches(pattern: TopicPattern, topic: string): boolean {
  // Part by part where they stand: thousands of topics may be held against hundreds of patterns.
  let wantedStart = 0;
  let givenStart = 0;
  while (wantedStart <= pattern.length) {
    if (givenStart > topic.length) return false;
    const wantedEnd = endOfPart(pattern, wantedStart);
    const givenEnd = endOfPart(topic, givenStart);
    const wildcard = wantedEnd - wantedStart === 1 ? pattern[wantedStart] : undefined;
    if (wildcard === ">") return true;
    if (wildcard !== "*" && !isSame(pattern, wantedStart, wantedEnd, topic, givenStart, givenEnd)) {
      return false;
    }
    wantedStart = wantedEnd + 1;
    givenStart = givenEnd + 1;
  }
  return givenStart > topic.length;
}

/** Where the dot after the part is, or the end of all. */
function endOfPart(text: string, start: number): number {
  const end = text.indexOf(".", start);
  return end < 0 ? text.length : end;
}

function isSame(
  one: string,
  oneStart: number,
  oneEnd: number,
  other: string,
  otherStart: number,
  otherEnd: number,
): boolean {
  const length = oneEnd - oneStart;
  if (length !== otherEnd - otherStart) return false;
  for (let index = 0; index < length; index++) {
    if (one.charCodeAt(oneStart + index) !== other.charCodeAt(otherStart + index)) return false;
  }
  return true;
}

/** A set of topics and patterns that can tell whether it takes a topic. */
export class TopicSet {
  readonly #topics = new Set<string>();
  readonly #patterns = new Set<TopicPattern>();

  add(target: TopicPattern): void {
    (isPattern(target) ? this.#patterns : this.#topics).add(target);
  }

  delete(target: TopicPattern): void {
    (isPattern(target) ? this.#patterns : this.#topics).delete(target);
  }

  has(topic: string): boolean {
    if (this.#topics.has(topic)) return true;
    for (const pattern of this.#patterns) if (matches(pattern, topic)) return true;
    return false;
  }

  /** All of them, as they were added. */
  *[Symbol.iterator](): IterableIterator<TopicPattern> {
    yield* this.#topics;
    yield* this.#patterns;
  }
}

/** The codec's name in a topic: what follows the last dot. */
export function codecNameOf(topic: string): string {
  return topic.slice(topic.lastIndexOf(".") + 1);
}
