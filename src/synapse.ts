/** Synapse (plain term: channel): one neuron in one ganglion. */
import { Dendrite } from "./dendrite.ts";
import { RepeatFilter, type WindowPool } from "./identity.ts";
import type { Impulse } from "./impulse.ts";
import { type DropReason, dropIncident, failureIncident, type Incident } from "./incident.ts";
import type { Neuron } from "./neuron.ts";
import type { Ledger } from "./receptor.ts";
import { Counters } from "./stats.ts";

/** The ganglion a synapse belongs to, as far as a synapse needs it. */
export interface SynapseOwner {
  readonly name: string;
  /** Where the windows of its synapses are counted. */
  readonly windows: WindowPool;
  report(incident: Incident): void;
}

export class Synapse implements Ledger {
  readonly topic: string;
  /** Undefined for a topic that came in by a pattern. */
  neuron: Neuron | undefined;
  readonly dendrite: Dendrite = new Dendrite();
  readonly counters: Counters = new Counters();
  /** The number of the next message sent from here. */
  sequence = 0;
  readonly #owner: SynapseOwner;
  #repeats: RepeatFilter | undefined;

  constructor(topic: string, neuron: Neuron | undefined, owner: SynapseOwner) {
    this.topic = topic;
    this.neuron = neuron;
    this.#owner = owner;
  }

  /** Which ids have arrived; made with the first. */
  get repeats(): RepeatFilter {
    this.#repeats ??= new RepeatFilter(this.#owner.windows);
    return this.#repeats;
  }

  dropped(reason: DropReason, count = 1, cause?: unknown): void {
    this.counters.drop(reason, count);
    this.tellDropped(reason, count, cause);
  }

  /** The incident of what was counted. */
  protected tellDropped(reason: DropReason, count: number, cause?: unknown): void {
    this.#report(dropIncident(reason, count, cause));
  }

  failed(cause: unknown): void {
    this.counters.failed += 1;
    this.#report(failureIncident("reactant-failed", "a reactant failed", cause));
  }

  unreadable(impulse: Impulse, cause: unknown): void {
    if (impulse.holdsSentValue) {
      this.counters.encodeErrors += 1;
      this.transmitFailed(cause);
      return;
    }
    this.counters.decodeErrors += 1;
    this.dropped("undecodable", 1, cause);
  }

  /** A `transmit` that its caller was told has failed. */
  transmitFailed(cause: unknown): void {
    this.#report(failureIncident("transmit-failed", "a message was not handed over", cause));
  }

  #report(incident: Incident): void {
    // In this order: properties after a spread take ten times as long (Node 20).
    this.#owner.report({ topic: this.topic, ganglion: this.#owner.name, ...incident });
  }
}
