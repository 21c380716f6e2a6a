/** Axon (plain term: typed handle): a neuron held together with a ganglion. */
import {
  type AdaptOptions,
  checkGanglion,
  type Ganglion,
  type ReadyOptions,
  type TransmitOptions,
} from "./ganglion/ganglion.ts";
import { checkNeuron, type Neuron } from "./neuron.ts";
import { checkOptions, type OptionTable } from "./options.ts";
import { type QueueOptions, queueOptionTable } from "./queue.ts";
import type { RawReactant, Reactant, ReactOptions } from "./reactant.ts";
import type { Subscription } from "./subscription.ts";

/** Of a loop over what arrives. */
export interface ValuesOptions {
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** What holds the values that were not asked for yet. Default 1000, policy `block`. */
  readonly queue?: QueueOptions;
}

const valuesOptionTable: OptionTable<ValuesOptions> = {
  signal: "an AbortSignal",
  queue: queueOptionTable,
};

/** A loop over what arrives. */
export interface AxonValues<T> extends AsyncIterableIterator<T> {
  /** As of a subscription: resolves when messages sent from then on will arrive. */
  readonly ready: Promise<void>;
}

/** Shorter calls for one neuron on one ganglion, and a loop over its values. */
export class Axon<T> implements AsyncIterable<T> {
  readonly neuron: Neuron<T>;
  readonly ganglion: Ganglion;

  /** @throws {UsageError} if what was given is no neuron, or no ganglion. */
  constructor(neuron: Neuron<T>, ganglion: Ganglion) {
    checkNeuron(neuron, "Axon");
    checkGanglion(ganglion, "Axon");
    this.neuron = neuron;
    this.ganglion = ganglion;
  }

  react(reactant: Reactant<T>, options?: ReactOptions): Subscription {
    return this.ganglion.react(this.neuron, reactant, options);
  }

  reactRaw(reactant: RawReactant, options?: ReactOptions): Subscription {
    return this.ganglion.reactRaw(this.neuron, reactant, options);
  }

  transmit(value: T, options?: TransmitOptions): Promise<void> {
    return this.ganglion.transmit(this.neuron, value, options);
  }

  transmitRaw(bytes: Uint8Array, options?: TransmitOptions): Promise<void> {
    return this.ganglion.transmitRaw(this.neuron, bytes, options);
  }

  adapt(options?: AdaptOptions): Promise<void> {
    return this.ganglion.adapt(this.neuron, options);
  }

  ready(options?: ReadyOptions): Promise<void> {
    return this.ganglion.ready(this.neuron, options);
  }

  /** Every value that arrives from now on; ends by `break`, the signal, or `close()` of the ganglion. */
  values(options: ValuesOptions = {}): AxonValues<T> {
    checkOptions("values", options, valuesOptionTable);
    return new Values(this, options);
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.values();
  }
}

/** One more reactant, whose call lasts until the value is asked for. */
class Values<T> implements AxonValues<T> {
  readonly #subscription: Subscription;
  // At most one value is held here; further ones are in the reactant's queue.
  #held: { readonly value: T; readonly taken: () => void } | undefined;
  // Who asked before there was a value, first come first served; empty while one is held.
  readonly #asked: ((result: IteratorResult<T>) => void)[] = [];
  #ended = false;

  constructor(axon: Axon<T>, options: ValuesOptions) {
    this.#subscription = axon.react((value) => this.#take(value), options);
    void this.#subscription.ended.then(() => this.#end());
  }

  get ready(): Promise<void> {
    return this.#subscription.ready;
  }

  next(): Promise<IteratorResult<T>> {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      held.taken();
      return Promise.resolve({ done: false, value: held.value });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#asked.push(resolve);
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.#held = undefined;
    this.#subscription.unsubscribe();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(value: T): void | Promise<void> {
    const asked = this.#asked.shift();
    if (asked !== undefined) {
      asked({ done: false, value });
      return undefined;
    }
    return new Promise((resolve) => {
      this.#held = { value, taken: resolve };
    });
  }

  #end(): void {
    this.#ended = true;
    for (const asked of this.#asked.splice(0)) asked({ done: true, value: undefined });
  }
}
