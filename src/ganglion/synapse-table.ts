/** The synapses of one ganglion, and the patterns that stand for topics not met yet. */
import { UsageError } from "../errors.ts";
import { misgiven } from "../given.ts";
import type { Neuron } from "../neuron.ts";
import type { Receptor } from "../receptor.ts";
import type { Synapse } from "../synapse.ts";
import { isPattern, matches, type TopicPattern } from "../topic.ts";

export class SynapseTable<S extends Synapse> {
  readonly #make: (topic: string, neuron: Neuron | undefined) => S;
  readonly #byTopic = new Map<string, S>();
  #last: S | undefined;
  // By the neuron that each is the synapse of. Others of the same name take the longer way.
  readonly #byNeuron = new Map<object, S>();
  #lastNeuron: object | undefined;
  #lastOfNeuron: S | undefined;
  // The neurons made from a class; more than one is an error when an instance is sent.
  readonly #byClass = new Map<unknown, Neuron[]>();
  readonly #patternReceptors = new Map<Receptor, TopicPattern>();

  constructor(make: (topic: string, neuron: Neuron | undefined) => S) {
    this.#make = make;
  }

  get size(): number {
    return this.#byTopic.size;
  }

  values(): IterableIterator<S> {
    return this.#byTopic.values();
  }

  find(topic: string): S | undefined {
    // Mostly the one found before; to compare two strings takes a fifth of a look-up.
    if (this.#last?.topic === topic) return this.#last;
    const found = this.#byTopic.get(topic);
    if (found !== undefined) this.#last = found;
    return found;
  }

  /** The synapse of a neuron that is known here, and is the first of its name. */
  ofNeuron(neuron: object): S | undefined {
    // Senders mostly go on with one neuron; to find its synapse anew costs half of a message.
    return neuron === this.#lastNeuron ? this.#lastOfNeuron : this.#findNeuron(neuron);
  }

  #findNeuron(neuron: object): S | undefined {
    const found = this.#byNeuron.get(neuron);
    if (found !== undefined) {
      this.#lastNeuron = neuron;
      this.#lastOfNeuron = found;
    }
    return found;
  }

  /** From now on `ofNeuron` finds none. */
  forgetNeurons(): void {
    this.#byNeuron.clear();
    this.#lastNeuron = undefined;
    this.#lastOfNeuron = undefined;
  }

  /** Those of a topic, or of all topics that match a pattern. */
  matching(target: TopicPattern): S[] {
    if (isPattern(target)) return [...this.values()].filter(({ topic }) => matches(target, topic));
    const synapse = this.#byTopic.get(target);
    return synapse === undefined ? [] : [synapse];
  }

  /** The synapse of a topic that was checked; made at first use, with the patterns that match it. */
  obtain(topic: string, neuron: Neuron | undefined): S {
    let synapse = this.#byTopic.get(topic);
    if (synapse === undefined) {
      synapse = this.#make(topic, neuron);
      this.#byTopic.set(topic, synapse);
      for (const [receptor, pattern] of this.#patternReceptors) {
        if (matches(pattern, topic)) synapse.dendrite.add(receptor);
      }
      if (neuron !== undefined) this.#remember(neuron, synapse);
    } else if (neuron !== undefined && neuron !== synapse.neuron) {
      synapse.neuron ??= neuron;
      this.#remember(neuron, synapse);
    }
    return synapse;
  }

  /** The patterns that reactants here react to. */
  patterns(): Iterable<TopicPattern> {
    return this.#patternReceptors.values();
  }

  /** How many reactants would get a message of the topic now. */
  receptorCount(topic: string): number {
    const synapse = this.#byTopic.get(topic);
    if (synapse !== undefined) return synapse.dendrite.size;
    let count = 0;
    for (const pattern of this.#patternReceptors.values()) if (matches(pattern, topic)) count += 1;
    return count;
  }

  /** True if a reactant to a pattern takes the topic. */
  hasPatternFor(topic: string): boolean {
    for (const pattern of this.#patternReceptors.values()) if (matches(pattern, topic)) return true;
    return false;
  }

  /** Adds a receptor for all topics that match, those to come included. */
  addPattern(pattern: TopicPattern, receptor: Receptor): void {
    this.#patternReceptors.set(receptor, pattern);
    for (const synapse of this.matching(pattern)) synapse.dendrite.add(receptor);
  }

  removePattern(receptor: Receptor): void {
    this.#patternReceptors.delete(receptor);
    for (const synapse of this.#byTopic.values()) synapse.dendrite.remove(receptor);
  }

  /**
   * The neuron for an instance: that of its class, else of the nearest class it extends.
   * @throws {UsageError} if there is none, or more than one.
   */
  neuronOfInstance(instance: object): Neuron {
    if (typeof instance !== "object" || instance === null) {
      const expected = "a Neuron and a value, or an instance of a class";
      throw misgiven("the neuron given to transmit", instance, expected);
    }
    for (
      let prototype: unknown = Object.getPrototypeOf(instance);
      prototype !== null;
      prototype = Object.getPrototypeOf(prototype)
    ) {
      const known = this.#byClass.get(prototype);
      if (known === undefined) continue;
      const [neuron, ...others] = known;
      if (neuron !== undefined && others.length === 0) return neuron;
      throw new UsageError(
        `class ${nameOfInstance(instance)} has ${known.length} neurons here: ` +
          `${known.join(", ")}; name the one to transmit on`,
        { details: { neurons: known.map((each) => each.name) } },
      );
    }
    throw new UsageError(
      `no neuron known here was made from class ${nameOfInstance(instance)}; adapt it first, ` +
        "or use transmit(neuron, value)",
      { details: { className: nameOfInstance(instance) } },
    );
  }

  #remember(neuron: Neuron, synapse: S): void {
    if (synapse.neuron === neuron) this.#byNeuron.set(neuron, synapse);
    if (neuron.type === undefined) return;
    const known = this.#byClass.get(neuron.type.prototype) ?? [];
    if (known.some(({ name }) => name === neuron.name)) return;
    known.push(neuron);
    this.#byClass.set(neuron.type.prototype, known);
  }
}

function nameOfInstance(instance: object): string {
  return instance.constructor?.name ?? "without a name";
}
