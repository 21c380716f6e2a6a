/** Which neurons a ganglion takes: the filters every ganglion has. */
import type { Codec } from "../codec/codec.ts";
import { type Neuron, topicOf } from "../neuron.ts";
import { checkPattern, codecNameOf, matches, type TopicPattern } from "../topic.ts";

/** Which neurons a ganglion is capable of. */
export interface FilterOptions {
  /** Takes these only. Default: all. */
  readonly relevant?: readonly (Neuron | TopicPattern)[];
  /** Never takes these, `relevant` or not. */
  readonly ignored?: readonly (Neuron | TopicPattern)[];
  /** Takes neurons with these codecs only, given as codecs or by name. Default: all. */
  readonly codecs?: readonly (Pick<Codec<unknown>, "name"> | string)[];
}

export class Filter {
  readonly #relevant: readonly TopicPattern[] | undefined;
  readonly #ignored: readonly TopicPattern[];
  readonly #codecs: ReadonlySet<string> | undefined;

  /** @throws {UsageError} if a pattern is malformed. */
  constructor(options: FilterOptions) {
    this.#relevant = options.relevant?.map(topicOf);
    this.#ignored = options.ignored?.map(topicOf) ?? [];
    for (const pattern of [...(this.#relevant ?? []), ...this.#ignored]) checkPattern(pattern);
    this.#codecs =
      options.codecs &&
      new Set(options.codecs.map((codec) => (typeof codec === "string" ? codec : codec.name)));
  }

  passes(topic: string): boolean {
    if (this.#codecs !== undefined && !this.#codecs.has(codecNameOf(topic))) return false;
    if (this.#ignored.some((pattern) => matches(pattern, topic))) return false;
    return this.#relevant?.some((pattern) => matches(pattern, topic)) ?? true;
  }
}
