/** Which neurons a ganglion takes: the filters every ganglion has. */
import type { Codec } from "../codec/codec.ts";
import { misgiven } from "../given.ts";
import { type Neuron, topicOf } from "../neuron.ts";
import type { OptionTable } from "../options.ts";
import { checkPattern, checkTopicPart, codecNameOf, matches, type TopicPattern } from "../topic.ts";

/** Which neurons a ganglion is capable of. */
export interface FilterOptions {
  /** Takes these only. Default: all. */
  readonly relevant?: readonly (Neuron | TopicPattern)[];
  /** Never takes these, `relevant` or not. */
  readonly ignored?: readonly (Neuron | TopicPattern)[];
  /** Takes neurons with these codecs only, given as codecs or by name. Default: all. */
  readonly codecs?: readonly (Pick<Codec<unknown>, "name"> | string)[];
}

export const filterOptionTable: OptionTable<FilterOptions> = {
  relevant: "an array",
  ignored: "an array",
  codecs: "an array",
};

export class Filter {
  readonly #relevant: readonly TopicPattern[] | undefined;
  readonly #ignored: readonly TopicPattern[];
  readonly #codecs: ReadonlySet<string> | undefined;

  /** @throws {UsageError} if a pattern or a codec's name is malformed. */
  constructor(options: FilterOptions) {
    const { relevant, ignored = [], codecs } = options;
    this.#relevant = relevant?.map((each) => patternOf(each, "relevant"));
    this.#ignored = ignored.map((each) => patternOf(each, "ignored"));
    this.#codecs = codecs && new Set(codecs.map(nameOfCodec));
  }

  passes(topic: string): boolean {
    if (this.#codecs !== undefined && !this.#codecs.has(codecNameOf(topic))) return false;
    if (this.#ignored.some((pattern) => matches(pattern, topic))) return false;
    return this.#relevant?.some((pattern) => matches(pattern, topic)) ?? true;
  }
}

function patternOf(target: Neuron | TopicPattern, option: string): TopicPattern {
  const pattern = topicOf(target, elementOf(option));
  checkPattern(pattern);
  return pattern;
}

function nameOfCodec(codec: Pick<Codec<unknown>, "name"> | string): string {
  // Of what is given without types nothing is certain.
  const name: unknown = typeof codec === "string" ? codec : codec?.name;
  if (typeof name !== "string") {
    throw misgiven(elementOf("codecs"), codec, "a codec, or the name of one");
  }
  checkTopicPart(name, "codec name");
  return name;
}

function elementOf(option: string): string {
  return `an element of the option ${option}`;
}
