/** TransportGanglion: what all ganglia have in common that reach other processes. */

import { type Label, Origin } from "../identity.ts";
import { Impulse } from "../impulse.ts";
import type { Neuron } from "../neuron.ts";
import type { Patience } from "../queue.ts";
import { Synapse } from "../synapse.ts";
import { type TopicPattern, TopicSet } from "../topic.ts";
import { both, type Wait } from "../wait.ts";
import { GanglionBase } from "./base.ts";

/** A synapse of a transport: its topic as it stands on the wire, and who wants it. */
export class WireSynapse extends Synapse {
  readonly topicBytes: Uint8Array = utf8.encode(this.topic);
  /** True while the plexus takes what arrives. */
  wantedAbove = false;
}

const utf8 = new TextEncoder();

/**
 * Subclasses send what `offer` gives them and call `arrived` with what comes in.
 * @typeParam S What the transport keeps for each topic.
 */
export abstract class TransportGanglion<
  S extends WireSynapse = WireSynapse,
> extends GanglionBase<S> {
  readonly external = true;
  readonly #origin = new Origin();
  readonly #wantedAbove = new TopicSet();

  /** Puts an impulse into the queue of the transport; a promise while there is no place. */
  protected abstract offer(synapse: S, impulse: Impulse, patience: Patience | undefined): Wait;

  /** @throws why nothing can be sent, whatever it is. */
  protected checkSends(): void {}

  /** @throws {UsageError} if the transport cannot carry a payload of so many bytes. */
  protected checkSize(_synapse: S, _byteCount: number): void {}

  protected override conduct(synapse: S, impulse: Impulse, patience: Patience): Wait {
    impulse.mark(this.#origin.label(synapse.sequence++));
    return this.#send(synapse, impulse, patience);
  }

  override transduce(impulse: Impulse, patience?: Patience): Wait {
    if (impulse.staysInProcess) return undefined;
    const { neuron } = impulse;
    // By the neuron: of thousands of topics in turns the texts are not at hand, nor alike at a glance.
    const known = neuron && this.synapses.ofNeuron(neuron);
    const synapse = known ?? this.obtainSynapse(impulse.topic, neuron);
    return this.#send(synapse, impulse, patience);
  }

  #send(synapse: S, impulse: Impulse, patience: Patience | undefined): Wait {
    this.checkSends();
    let byteCount: number;
    try {
      byteCount = impulse.bytes.length;
    } catch (cause) {
      synapse.counters.encodeErrors += 1;
      throw cause;
    }
    this.checkSize(synapse, byteCount);
    synapse.counters.sent += 1;
    synapse.counters.bytesSent += byteCount;
    return this.offer(synapse, impulse, patience);
  }

  /**
   * Hands on a message that has arrived.
   * @returns A promise when a receiver's queue is full: bring nothing more until it is settled.
   */
  protected arrived(topic: string, bytes: Uint8Array, label: Label | undefined): Wait {
    const synapse = this.synapseForArrival(topic);
    if (typeof synapse === "string") {
      this.otherCounters.received += 1;
      this.otherCounters.bytesReceived += bytes.length;
      this.droppedElsewhere(synapse, topic);
      return undefined;
    }
    return this.arrivedAt(synapse, bytes, label);
  }

  /** The same where the synapse is known. */
  protected arrivedAt(synapse: S, bytes: Uint8Array, label: Label | undefined): Wait {
    synapse.counters.received += 1;
    synapse.counters.bytesReceived += bytes.length;
    const impulse = Impulse.ofBytes(synapse.neuron ?? synapse.topic, bytes, this, label);
    const wait = this.#handOn(synapse, impulse);
    // A queue that refused has counted the message, and there is nobody here to be told.
    return wait?.catch(() => {});
  }

  #handOn(synapse: S, impulse: Impulse): Wait {
    const above = this.junction;
    if (above === undefined || !synapse.wantedAbove) return this.#deliver(synapse, impulse);
    const there = above.arrive(impulse, this);
    return synapse.dendrite.size === 0 ? there : both(this.#deliver(synapse, impulse), there);
  }

  #deliver(synapse: S, impulse: Impulse): Wait {
    if (synapse.dendrite.size === 0) {
      synapse.dropped("unclaimed");
      return undefined;
    }
    if (impulse.label !== undefined) {
      const verdict = synapse.repeats.accept(impulse.label);
      if (verdict === "duplicate" || this.#origin.made(impulse.label)) {
        synapse.dropped("duplicate");
        return undefined;
      }
      if (verdict === "late") synapse.counters.late += 1;
    }
    return synapse.dendrite.transduce(impulse, synapse);
  }

  protected override makeSynapse(topic: string, neuron: Neuron | undefined): S {
    const synapse = this.makeWireSynapse(topic, neuron);
    synapse.wantedAbove = this.#wantedAbove.has(topic);
    return synapse;
  }

  protected abstract makeWireSynapse(topic: string, neuron: Neuron | undefined): S;

  protected override wantsUnknown(topic: string): boolean {
    return super.wantsUnknown(topic) || this.#wantedAbove.has(topic);
  }

  /** Whether the plexus wants this very topic or pattern. */
  protected isWantedAbove(target: TopicPattern): boolean {
    for (const wanted of this.#wantedAbove) if (wanted === target) return true;
    return false;
  }

  protected override junctionWants(target: TopicPattern, wanted: boolean): void {
    if (wanted) this.#wantedAbove.add(target);
    else this.#wantedAbove.delete(target);
    for (const synapse of this.synapses.matching(target)) {
      synapse.wantedAbove = this.#wantedAbove.has(synapse.topic);
    }
  }
}
