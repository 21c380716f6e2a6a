/** Subscriptions: the reactants of one ganglion, from `react` to `unsubscribe` or `close`. */
import { systemClock } from "../io/clock.ts";
import type { Receptor } from "../receptor.ts";
import { Registration, type Subscription } from "../subscription.ts";
import type { Synapse } from "../synapse.ts";
import type { TopicPattern } from "../topic.ts";
import type { SynapseTable } from "./synapse-table.ts";

/** The ganglion, as far as its subscriptions need it. */
export interface SubscriptionsOwner {
  /** A topic or pattern has got its first reactant, or lost its last. */
  interestChanged(target: TopicPattern, wanted: boolean): void;
  /** Resolves when whoever sends knows what is wanted: the `ready` of a subscription. */
  inEffect(): Promise<void>;
  /** A reactant has come or gone. */
  changed(): void;
}

/** @typeParam S What the ganglion keeps for each topic. */
export class Subscriptions<S extends Synapse> {
  readonly #synapses: SynapseTable<S>;
  readonly #owner: SubscriptionsOwner;
  readonly #open = new Map<Registration, Receptor>();
  readonly #countByTarget = new Map<TopicPattern, number>();
  // One for all subscriptions.
  readonly #inEffect = (): Promise<void> => this.#owner.inEffect();

  constructor(synapses: SynapseTable<S>, owner: SubscriptionsOwner) {
    this.#synapses = synapses;
    this.#owner = owner;
  }

  /** Brings what comes by `synapse` to `receptor`. */
  add(synapse: S, receptor: Receptor, signal: AbortSignal | undefined): Subscription {
    synapse.dendrite.add(receptor);
    return this.#register(synapse.topic, receptor, signal, () => synapse.dendrite.remove(receptor));
  }

  /** The same for all topics that match `pattern`, those to come included. */
  addPattern(
    pattern: TopicPattern,
    receptor: Receptor,
    signal: AbortSignal | undefined,
  ): Subscription {
    this.#synapses.addPattern(pattern, receptor);
    const remove = (): void => this.#synapses.removePattern(receptor);
    return this.#register(pattern, receptor, signal, remove);
  }

  /** The topics and patterns that there are reactants to. */
  get targets(): Iterable<TopicPattern> {
    return this.#countByTarget.keys();
  }

  /** Resolves when every reactant is done with what it has, or `lingerMs` is over. */
  async settle(lingerMs: number): Promise<void> {
    const idle = Promise.all([...this.#open.values()].map((receptor) => receptor.idle()));
    await new Promise<void>((resolve) => {
      const timer = systemClock.startTimer(lingerMs, resolve);
      void idle.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Ends them all. */
  end(): void {
    for (const registration of [...this.#open.keys()]) registration.unsubscribe();
  }

  #register(
    target: TopicPattern,
    receptor: Receptor,
    signal: AbortSignal | undefined,
    remove: () => void,
  ): Subscription {
    this.#count(target, 1);
    const registration: Registration = new Registration(() => {
      this.#open.delete(registration);
      remove();
      this.#count(target, -1);
      this.#owner.changed();
      receptor.close();
    }, this.#inEffect);
    this.#open.set(registration, receptor);
    if (signal !== undefined) registration.endBy(signal);
    this.#owner.changed();
    return registration;
  }

  #count(target: TopicPattern, change: 1 | -1): void {
    const count = (this.#countByTarget.get(target) ?? 0) + change;
    if (count === 0) this.#countByTarget.delete(target);
    else this.#countByTarget.set(target, count);
    if (count === (change === 1 ? 1 : 0)) this.#owner.interestChanged(target, change === 1);
  }
}
