/** What all ganglia have in common: the calls of an application, over a table of synapses. */

import { ClosedError, CodecError, type PlexoError, UsageError } from "../errors.ts";
import { WindowPool } from "../identity.ts";
import { Impulse } from "../impulse.ts";
import {
  type DropReason,
  dropIncident,
  failureIncident,
  type Incident,
  type IncidentListener,
  reportUnheard,
} from "../incident.ts";
import { IncidentReporter } from "../incident-reporter.ts";
import { systemClock } from "../io/clock.ts";
import { checkNeuron, Neuron, topicOf } from "../neuron.ts";
import { checkOptions } from "../options.ts";
import type { Patience } from "../queue.ts";
import { checkCount } from "../ranges.ts";
import type { RawReactant, Reactant, ReactOptions } from "../reactant.ts";
import { Receptor } from "../receptor.ts";
import { Counters, type Stats, totalOf } from "../stats.ts";
import type { Subscription } from "../subscription.ts";
import type { Synapse } from "../synapse.ts";
import { checkPattern, checkTopic, isPattern, isTopic, type TopicPattern } from "../topic.ts";
import type { Wait } from "../wait.ts";
import {
  adaptOptionTable,
  checkClose,
  checkListener,
  checkPayload,
  checkReactant,
  checkTarget,
  patienceOf,
  readyOptionTable,
} from "./calls.ts";
import { Filter } from "./filter.ts";
import type {
  AdaptOptions,
  Attachment,
  CloseOptions,
  Ganglion,
  Junction,
  ReadyOptions,
  Sendable,
  TransmitOptions,
} from "./ganglion.ts";
import { completeOptions, type GanglionOptions } from "./options.ts";
import { checkReachable, Readiness } from "./readiness.ts";
import { Subscriptions } from "./subscriptions.ts";
import { SynapseTable } from "./synapse-table.ts";

// One for all messages that were handed over at once, which is nearly all: a promise costs more
// than the rest of an in-process message.
const done: Promise<void> = Promise.resolve();

/** @typeParam S What the ganglion keeps for each topic. */
export abstract class GanglionBase<S extends Synapse> implements Ganglion {
  readonly echoGuardMs: number | undefined;
  abstract readonly external: boolean;
  protected readonly sendTimeoutMs: number;
  protected readonly lingerMs: number;
  protected readonly synapses: SynapseTable<S>;
  /** What has no topic, or one that has no synapse. */
  protected readonly otherCounters: Counters = new Counters();
  readonly #segment: string | undefined;
  readonly #givenName: string | undefined;
  #name: string;
  /** @internal Of all its synapses together. */
  readonly windows: WindowPool = new WindowPool();
  readonly #filter: Filter;
  readonly #patience: Patience;
  readonly #topicsMax: number;
  readonly #reporter = new IncidentReporter();
  readonly #subscriptions: Subscriptions<S>;
  readonly #readiness = new Readiness();
  #junction: Junction | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: GanglionOptions, name: string) {
    this.#givenName = options.name;
    this.#name = name;
    const { segment, echoGuardMs, sendTimeoutMs, lingerMs, topicsMax } = completeOptions(options);
    this.#segment = segment;
    this.echoGuardMs = echoGuardMs;
    this.sendTimeoutMs = sendTimeoutMs;
    this.lingerMs = lingerMs;
    this.#topicsMax = topicsMax;
    this.#patience = { timeoutMs: sendTimeoutMs };
    this.#filter = new Filter(options);
    this.synapses = new SynapseTable((topic, neuron) => this.makeSynapse(topic, neuron));
    this.#subscriptions = new Subscriptions(this.synapses, {
      interestChanged: (target, wanted) => this.interestChanged(target, wanted),
      inEffect: () => this.inEffect(),
      changed: () => this.readinessChanged(),
    });
  }

  get name(): string {
    return this.#givenName ?? this.#name;
  }

  get segment(): string | undefined {
    return this.#segment;
  }

  /** For a transport whose address is known better once it is open. A name that was given stays. */
  protected rename(name: string): void {
    this.#name = name;
  }

  // What a kind of ganglion adds.

  protected abstract makeSynapse(topic: string, neuron: Neuron | undefined): S;
  /** Passes on an impulse that was transmitted here. */
  protected abstract conduct(synapse: S, impulse: Impulse, patience: Patience): Wait;
  abstract transduce(impulse: Impulse, patience?: Patience): Wait;
  /** False where it can only receive: a plexus gives it nothing to send, and waits for no receiver. */
  protected get sends(): boolean {
    return true;
  }
  /** How many receivers a topic has now; undefined where the transport cannot know. */
  protected abstract receivers(topic: string): number | undefined;
  /** How many receivers a topic has at most, ever. */
  protected receiversMax(_topic: string): number {
    return Number.POSITIVE_INFINITY;
  }
  /** True when a message sent now would be on its way to `receivers`, or to as many as is usual. */
  protected abstract isReady(topic: string, receivers: number | undefined): boolean;
  /** Sends what is queued, until `endsMs` of the clock at most, and lets go of the transport. */
  protected abstract shut(endsMs: number, options: CloseOptions): Promise<void>;
  /** Resolves when whoever sends knows what is wanted here, as far as that can be found out now. */
  protected inEffect(): Promise<void> {
    return Promise.resolve();
  }
  /** A topic or pattern has got its first reactant here, or lost its last. */
  protected interestChanged(_target: TopicPattern, _wanted: boolean): void {}
  /** Makes all topics that match known, those to come included. */
  protected adaptPattern(_pattern: TopicPattern): void {}
  /** It was joined to a plexus, or let go by one. */
  protected junctionChanged(): void {}
  /** The plexus wants a topic, or all that match a pattern, or no longer does. */
  protected abstract junctionWants(target: TopicPattern, wanted: boolean): void;
  /** Nothing more goes wrong here: what is still to be told has to be told now. */
  protected incidentsOver(): void {}
  /** True if a pattern here wants a topic that nobody adapted. */
  protected wantsUnknown(topic: string): boolean {
    return this.synapses.hasPatternFor(topic);
  }
  abstract ref(): void;
  abstract unref(): void;

  // The calls of an application.

  capable(target: Neuron | string): boolean {
    return this.#filter.passes(topicOf(target, "the target given to capable"));
  }

  react<T>(
    neuron: Neuron<T>,
    reactant: Reactant<NoInfer<T>>,
    options: ReactOptions = {},
  ): Subscription {
    checkNeuron(neuron, "react");
    checkReactant("react", reactant, options);
    const synapse = this.obtainSynapse(neuron.name, neuron);
    const receptor = new Receptor(neuron, reactant, options);
    return this.#subscriptions.add(synapse, receptor, options.signal);
  }

  reactRaw(
    target: Neuron | TopicPattern,
    reactant: RawReactant,
    options: ReactOptions = {},
  ): Subscription {
    const topic = topicOf(target, "the target given to reactRaw");
    checkTarget("reactRaw", topic);
    checkReactant("reactRaw", reactant, options);
    const receptor = new Receptor(undefined, reactant, options);
    if (isPattern(topic)) {
      this.checkOpen();
      checkPattern(topic);
      return this.#subscriptions.addPattern(topic, receptor, options.signal);
    }
    const synapse = this.obtainSynapse(topic, typeof target === "string" ? undefined : target);
    return this.#subscriptions.add(synapse, receptor, options.signal);
  }

  transmit<T>(neuron: Neuron<T>, value: NoInfer<T>, options?: TransmitOptions): Promise<void>;
  transmit<I extends object>(instance: I & Sendable<I>, options?: TransmitOptions): Promise<void>;
  transmit(first: object, second?: unknown, third?: TransmitOptions): Promise<void> {
    const known = this.synapses.ofNeuron(first);
    if (known !== undefined && third === undefined) {
      return this.#launch(known, Impulse.ofValue(first as Neuron, second), this.#patience);
    }
    return this.#transmitAnew(first, second, third);
  }

  // Apart, so that the compiler takes what stands above together with all that it calls.
  #transmitAnew(first: object, second: unknown, third?: TransmitOptions): Promise<void> {
    if (this.#closing !== undefined) return this.#failed(undefined, this.#closedError());
    const isNeuron = first instanceof Neuron;
    // The overloads: with an instance the options are the second argument.
    const options = isNeuron ? third : (second as TransmitOptions | undefined);
    try {
      const neuron = isNeuron ? first : this.synapses.neuronOfInstance(first);
      const synapse = this.obtainSynapse(neuron.name, neuron);
      const impulse = Impulse.ofValue(neuron, isNeuron ? second : first);
      return this.#launch(synapse, impulse, patienceOf("transmit", options, this.#patience));
    } catch (cause) {
      return this.#failed(undefined, cause);
    }
  }

  transmitRaw(
    target: Neuron | string,
    bytes: Uint8Array,
    options?: TransmitOptions,
  ): Promise<void> {
    try {
      checkPayload(bytes);
      const synapse = this.#synapseToSend(target);
      const impulse = Impulse.ofBytes(synapse.neuron ?? synapse.topic, bytes);
      return this.#launch(synapse, impulse, patienceOf("transmitRaw", options, this.#patience));
    } catch (cause) {
      return this.#failed(undefined, cause);
    }
  }

  #synapseToSend(target: Neuron | string): S {
    if (typeof target === "string") return this.obtainSynapse(target, undefined);
    const known = this.synapses.ofNeuron(target);
    if (known !== undefined) return known;
    return this.obtainSynapse(topicOf(target, "the target given to transmitRaw"), target);
  }

  async adapt(target: Neuron | TopicPattern, options: AdaptOptions = {}): Promise<void> {
    const topic = topicOf(target, "the target given to adapt");
    checkTarget("adapt", topic);
    checkOptions("adapt", options, adaptOptionTable);
    options.signal?.throwIfAborted();
    if (isPattern(topic)) {
      this.checkOpen();
      checkPattern(topic);
      this.adaptPattern(topic);
      return;
    }
    this.obtainSynapse(topic, typeof target === "string" ? undefined : target);
  }

  async ready(target: Neuron | string, options: ReadyOptions = {}): Promise<void> {
    const topic = topicOf(target, "the target given to ready");
    checkOptions("ready", options, readyOptionTable);
    this.checkOpen();
    checkTopic(topic);
    this.checkCapable(topic);
    const { receivers, signal } = options;
    if (receivers !== undefined) checkCount("receivers", receivers, 0);
    await this.#readiness.wait(() => {
      this.checkOpen();
      if (receivers !== undefined) {
        const receiversMax = this.receiversMax(topic);
        checkReachable({ topic, receivers, receiversMax, ganglion: this.name });
      }
      return this.isReady(topic, receivers);
    }, signal);
  }

  /** Resolves when `condition` holds; it is looked at again with each `readinessChanged`. */
  protected untilReady(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return this.#readiness.wait(condition, signal);
  }

  stats(): Stats {
    const topics = [...this.synapses.values()].map(({ topic, counters }) => {
      return [topic, counters.snapshot()] as const;
    });
    return totalOf(Object.fromEntries(topics), this.otherCounters.snapshot());
  }

  on(event: "incident", listener: IncidentListener): Subscription {
    checkListener(event, listener);
    return this.#reporter.subscribe(listener);
  }

  close(options: CloseOptions = {}): Promise<void> {
    checkClose(options);
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // For a plexus.

  attach(junction: Junction): Attachment {
    this.checkOpen();
    if (this.#junction !== undefined) {
      throw new UsageError(`${this.name} is joined to a plexus already; open another one`);
    }
    this.#junction = junction;
    this.junctionChanged();
    return {
      want: (target) => this.junctionWants(target, true),
      unwant: (target) => this.junctionWants(target, false),
      detach: () => {
        this.#junction = undefined;
        this.junctionChanged();
      },
      inEffect: () => this.inEffect(),
      sends: () => this.sends,
      receivers: (topic) => this.receivers(topic),
      receiversMax: (topic) => this.receiversMax(topic),
    };
  }

  protected get junction(): Junction | undefined {
    return this.#junction;
  }

  /** Tells whoever listens: here, in the plexus, or if nobody does the process. */
  report(incident: Incident, isHeard = false): void {
    const isHeardHere = this.#reporter.tell(incident) || isHeard;
    if (this.#junction !== undefined) this.#junction.report(incident, isHeardHere);
    else if (!isHeardHere) reportUnheard(incident);
  }

  readinessChanged(): void {
    this.#readiness.changed();
    this.#junction?.readinessChanged();
  }

  // For the kinds of ganglia.

  /** The topics and patterns that reactants here react to. */
  protected get interests(): Iterable<TopicPattern> {
    return this.#subscriptions.targets;
  }

  protected get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * The synapse of a topic, made at first use.
   * @throws {UsageError} if the topic is malformed or the filters refuse it. @throws {ClosedError}
   */
  protected obtainSynapse(topic: string, neuron: Neuron | undefined): S {
    if (this.#closing !== undefined) throw this.#closedError();
    const known = this.synapses.find(topic);
    if (known !== undefined && (neuron === undefined || neuron === known.neuron)) return known;
    if (neuron === undefined) checkTopic(topic);
    this.checkCapable(topic);
    return this.synapses.obtain(topic, neuron);
  }

  /** The synapse for a topic that has arrived and is known, or wanted by a pattern; else why not. */
  protected synapseForArrival(topic: string): S | DropReason {
    const known = this.synapses.find(topic);
    if (known !== undefined) return known;
    if (!isTopic(topic)) return "malformed";
    if (!this.wantsUnknown(topic) || !this.capable(topic)) return "unclaimed";
    if (this.synapses.size >= this.#topicsMax) return "topic-limit";
    return this.synapses.obtain(topic, undefined);
  }

  /** Counts and reports a message that has no synapse. */
  protected droppedElsewhere(
    reason: DropReason,
    topic: string | undefined,
    cause?: PlexoError,
  ): void {
    this.otherCounters.drop(reason, 1);
    // As in a synapse, the spread comes last.
    const incident = { ganglion: this.name, ...dropIncident(reason, 1, cause) };
    this.report(topic === undefined ? incident : { topic, ...incident });
  }

  protected checkCapable(topic: string): void {
    if (this.capable(topic)) return;
    throw new UsageError(`${this.name} does not take ${topic}: its filters refuse it`, {
      details: { ganglion: this.name, topic },
    });
  }

  /** @throws {ClosedError} after `close()`. */
  protected checkOpen(): void {
    if (this.#closing !== undefined) throw this.#closedError();
  }

  #closedError(): ClosedError {
    return new ClosedError(`${this.name} is closed`, { details: { ganglion: this.name } });
  }

  #launch(synapse: S, impulse: Impulse, patience: Patience): Promise<void> {
    let wait: Wait;
    try {
      wait = this.conduct(synapse, impulse, patience);
    } catch (cause) {
      return this.#failed(synapse, cause);
    }
    if (wait === undefined) return done;
    wait.catch((cause: unknown) => {
      // Whoever gave up a message that waited has told so already.
      if (cause instanceof CodecError || cause instanceof UsageError) synapse.transmitFailed(cause);
    });
    return wait;
  }

  /** A rejection that is handled already, and an incident. */
  #failed(synapse: S | undefined, cause: unknown): Promise<void> {
    if (synapse !== undefined) synapse.transmitFailed(cause);
    else {
      const incident = failureIncident("transmit-failed", "a message was not handed over", cause);
      this.report({ ganglion: this.name, ...incident });
    }
    const failure = Promise.reject(cause);
    failure.catch(() => {});
    return failure;
  }

  async #close(options: CloseOptions): Promise<void> {
    this.synapses.forgetNeurons();
    const endsMs = systemClock.nowMs() + (options.lingerMs ?? this.lingerMs);
    // `#closing` has to be set before anything runs that looks at it.
    await Promise.resolve();
    this.readinessChanged();
    try {
      await this.shut(endsMs, options);
    } finally {
      await this.#subscriptions.settle(Math.max(0, endsMs - systemClock.nowMs()));
      this.#subscriptions.end();
      this.incidentsOver();
      this.#junction?.left(this);
      this.#junction = undefined;
      this.#reporter.end();
    }
  }
}
