/** Impulse (plain term: message): one message in flight; value and bytes are each made at most once. */
import type { Codec } from "./codec/codec.ts";
import { CodecError } from "./errors.ts";
import type { Ganglion } from "./ganglion/ganglion.ts";
import type { ImpulseId, Label } from "./identity.ts";
import type { Neuron } from "./neuron.ts";

/** Given to reactants beside the value: the topic, the id, where it came from. */
export class Impulse<T = unknown> {
  readonly topic: string;
  /** The external ganglion it arrived by; undefined when it was transmitted here. */
  readonly source: Ganglion | undefined;
  /** @internal A reactant has got it, or it waits in the queue of one. */
  isClaimed = false;
  #neuron: Neuron<T> | undefined;
  #label: Label | undefined;
  #bytes: Uint8Array | undefined;
  #staysInProcess = false;
  // With `severalCodecs` a Map of the values by their codec, else a T.
  #value: T | undefined;
  // Whose value `#value` is: a codec's, `asSent` for the sender's own, undefined while there is none.
  #valueOf: Codec<unknown> | typeof asSent | typeof severalCodecs | undefined;

  private constructor(
    topic: string,
    neuron: Neuron<T> | undefined,
    source: Ganglion | undefined,
    label: Label | undefined,
    bytes: Uint8Array | undefined,
    value: T | undefined,
    valueOf: typeof asSent | undefined,
  ) {
    this.topic = topic;
    this.source = source;
    this.#neuron = neuron;
    this.#label = label;
    this.#bytes = bytes;
    this.#value = value;
    this.#valueOf = valueOf;
  }

  /** A value handed over here. */
  static ofValue<T>(neuron: Neuron<T>, value: T): Impulse<T> {
    return new Impulse(neuron.name, neuron, undefined, undefined, undefined, value, asSent);
  }

  /** Bytes handed over here, or arrived from `source`. */
  static ofBytes<T>(
    topic: string,
    neuron: Neuron<T> | undefined,
    bytes: Uint8Array,
    source?: Ganglion,
    label?: Label,
  ): Impulse<T> {
    return new Impulse(topic, neuron, source, label, bytes, undefined, undefined);
  }

  /** Undefined for a topic that is known here by a pattern only. */
  get neuron(): Neuron<T> | undefined {
    return this.#neuron;
  }

  /** Its id; undefined when it came from a peer that gives none, or never left this process. */
  get id(): ImpulseId | undefined {
    const label = this.#label;
    if (label === undefined) return undefined;
    const origin = (BigInt(label.originHigh) << 32n) | BigInt(label.originLow);
    return { origin, sequence: label.sequence, hops: label.hops };
  }

  /**
   * The bytes: as they arrived, or encoded now, once. Where they arrived they are a view into the
   * receive buffer; copy what you keep.
   * @throws {CodecError} if the value does not fit its codec.
   */
  get bytes(): Uint8Array {
    return this.#bytes ?? this.encode();
  }

  /**
   * @internal Has its bytes made now, unless it has them.
   * @throws {CodecError} if the value does not fit its codec.
   */
  encode(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes;
    try {
      // Without bytes it was made by `ofValue`, which has a neuron and its value.
      const neuron = this.#neuron as Neuron<T>;
      this.#bytes = neuron.codec.encode(this.#value as T);
      return this.#bytes;
    } catch (cause) {
      throw codecErrorOf(cause, "encoded", this.topic);
    }
  }

  /** @internal The id in the form in which it is handled. */
  get label(): Label | undefined {
    return this.#label;
  }

  /** @internal Gives it an id on its way out. */
  mark(label: Label): void {
    this.#label = label;
  }

  /** @internal True if it must not be sent to other processes any more. */
  get staysInProcess(): boolean {
    return this.#staysInProcess;
  }

  /** @internal From now on it must not. */
  keepInProcess(): void {
    this.#staysInProcess = true;
  }

  /** @internal True if it holds the very value that was transmitted here, whatever the codec. */
  get holdsSentValue(): boolean {
    return this.#valueOf === asSent;
  }

  /** @internal That value. */
  get sentValue(): unknown {
    return this.#value;
  }

  /**
   * @internal The value: the very one that was sent, or decoded now, once for each codec.
   * @throws {CodecError} if the bytes are not such a value.
   */
  valueBy<V>(neuron: Neuron<V>): V {
    const valueOf = this.#valueOf;
    // The topic is the neuron's, so a value under it is a V by contract.
    if (valueOf === asSent || valueOf === neuron.codec) return this.#value as unknown as V;
    if (valueOf !== undefined) return this.#valueByAnother(neuron, valueOf);
    const value = this.#decode(neuron);
    this.#neuron ??= neuron as unknown as Neuron<T>;
    this.#value = value as unknown as T;
    this.#valueOf = neuron.codec;
    return value;
  }

  #decode<V>(neuron: Neuron<V>): V {
    try {
      return neuron.codec.decode(this.bytes);
    } catch (cause) {
      throw codecErrorOf(cause, "decoded", this.topic);
    }
  }

  // Rare: neurons of one name nearly always share their codec. So only from here on is there a Map.
  #valueByAnother<V>(neuron: Neuron<V>, valueOf: Codec<unknown> | typeof severalCodecs): V {
    const values =
      valueOf === severalCodecs
        ? (this.#value as Map<unknown, unknown>)
        : new Map<unknown, unknown>([[valueOf, this.#value]]);
    // What is kept for a codec is what it decoded.
    if (values.has(neuron.codec)) return values.get(neuron.codec) as V;
    const value = this.#decode(neuron);
    values.set(neuron.codec, value);
    this.#value = values as T;
    this.#valueOf = severalCodecs;
    return value;
  }
}

const asSent: unique symbol = Symbol("the sender's own value");
const severalCodecs: unique symbol = Symbol("a value for each of several codecs");

/** A codec written elsewhere may throw anything; what leaves here is a CodecError naming the topic. */
function codecErrorOf(cause: unknown, done: "encoded" | "decoded", topic: string): CodecError {
  // Anything else may throw when it is made a string.
  const why = cause instanceof Error ? cause.message : "its codec threw what is no Error";
  return new CodecError(`a message of ${topic} cannot be ${done}: ${why}`, {
    cause,
    details: { topic },
  });
}
