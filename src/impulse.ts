/** Impulse (plain term: message): one message in flight; value and bytes are each made at most once. */
import { because } from "./cause.ts";
import type { Codec } from "./codec/codec.ts";
import { CodecError } from "./errors.ts";
import type { Ganglion } from "./ganglion/ganglion.ts";
import type { ImpulseId, Label } from "./identity.ts";
import type { Neuron } from "./neuron.ts";

/** Given to reactants beside the value: the topic, the id, where it came from. */
export class Impulse<T = unknown> {
  /** The external ganglion it arrived by; undefined when it was transmitted here. */
  readonly source: Ganglion | undefined;
  // Few fields, because one impulse is made for each message: the neuron stands for its topic, and
  // what is true or false of an impulse is in the bits of `#state`.
  #address: Neuron<T> | string;
  // With `severalCodecs` a Map of the values by their codec, else a T.
  #value: T | undefined;
  #bytes: Uint8Array | undefined;
  #label: Label | undefined;
  #state: number;

  private constructor(
    address: Neuron<T> | string,
    source: Ganglion | undefined,
    label: Label | undefined,
    bytes: Uint8Array | undefined,
    value: T | undefined,
    state: number,
  ) {
    this.source = source;
    this.#address = address;
    this.#value = value;
    this.#bytes = bytes;
    this.#label = label;
    this.#state = state;
  }

  /** A value handed over here. */
  static ofValue<T>(neuron: Neuron<T>, value: T): Impulse<T> {
    return new Impulse(neuron, undefined, undefined, undefined, value, states.sentValue);
  }

  /**
   * Bytes handed over here, or arrived from `source`.
   * @param address The neuron, or the topic where no neuron is known.
   */
  static ofBytes<T>(
    address: Neuron<T> | string,
    bytes: Uint8Array,
    source?: Ganglion,
    label?: Label,
  ): Impulse<T> {
    return new Impulse(address, source, label, bytes, undefined, 0);
  }

  get topic(): string {
    const address = this.#address;
    return typeof address === "string" ? address : address.name;
  }

  /** Undefined for a topic that is known here by a pattern only. */
  get neuron(): Neuron<T> | undefined {
    const address = this.#address;
    return typeof address === "string" ? undefined : address;
  }

  /** Its id; undefined when it came from a peer that gives none, or never left this process. */
  get id(): ImpulseId | undefined {
    const label = this.#label;
    if (label === undefined) return undefined;
    const origin = (BigInt(label.originHigh >>> 0) << 32n) | BigInt(label.originLow >>> 0);
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
      const neuron = this.#address as Neuron<T>;
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

  /** @internal True if it arrived from a peer that gives no ids, even if it has got one here. */
  get cameWithoutId(): boolean {
    // On arrival a peer's id has crossed one transport, and one of this process none.
    return this.source !== undefined && (this.#label === undefined || this.#label.hops === 0);
  }

  /** @internal True once a reactant has got it, or it waits in the queue of one. */
  get isClaimed(): boolean {
    return (this.#state & states.claimed) !== 0;
  }

  /** @internal */
  claim(): void {
    this.#state |= states.claimed;
  }

  /** @internal True if it must not be sent to other processes any more. */
  get staysInProcess(): boolean {
    return (this.#state & states.staysInProcess) !== 0;
  }

  /** @internal From now on it must not. */
  keepInProcess(): void {
    this.#state |= states.staysInProcess;
  }

  /** @internal True if it holds the very value that was transmitted here, whatever the codec. */
  get holdsSentValue(): boolean {
    return (this.#state & states.sentValue) !== 0;
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
    const state = this.#state;
    const isOwnCodec = (state & states.decoded) !== 0 && this.#codec === neuron.codec;
    // The topic is the neuron's, so a value under it is a V by contract.
    if (isOwnCodec || (state & states.sentValue) !== 0) return this.#value as unknown as V;
    if ((state & (states.decoded | states.severalCodecs)) !== 0)
      return this.#valueByAnother(neuron);
    const value = this.#decode(neuron);
    // From here on the neuron says by which codec the value was made.
    this.#address = neuron as unknown as Neuron<T>;
    this.#value = value as unknown as T;
    this.#state |= states.decoded;
    return value;
  }

  get #codec(): Codec<unknown> | undefined {
    return this.neuron?.codec;
  }

  #decode<V>(neuron: Neuron<V>): V {
    try {
      return neuron.codec.decode(this.bytes);
    } catch (cause) {
      throw codecErrorOf(cause, "decoded", this.topic);
    }
  }

  // Rare: neurons of one name nearly always share their codec. So only from here on is there a Map.
  #valueByAnother<V>(neuron: Neuron<V>): V {
    if ((this.#state & states.severalCodecs) === 0) {
      this.#value = new Map([[this.#codec, this.#value]]) as T;
      this.#state = (this.#state & ~states.decoded) | states.severalCodecs;
    }
    const values = this.#value as Map<unknown, unknown>;
    // What is kept for a codec is what it decoded.
    if (values.has(neuron.codec)) return values.get(neuron.codec) as V;
    const value = this.#decode(neuron);
    values.set(neuron.codec, value);
    return value;
  }
}

/** Bits of an impulse's state. */
const states = {
  /** It has the sender's own value. */
  sentValue: 1,
  /** It has the value that the codec of its neuron decoded. */
  decoded: 2,
  /** It has a value for each of several codecs. */
  severalCodecs: 4,
  /** See `isClaimed`. */
  claimed: 8,
  /** See `staysInProcess`. */
  staysInProcess: 16,
} as const;

/** A codec written elsewhere may throw anything; what leaves here is a CodecError naming the topic. */
function codecErrorOf(cause: unknown, done: "encoded" | "decoded", topic: string): CodecError {
  return new CodecError(because(`a message of ${topic} cannot be ${done}`, cause), {
    cause,
    details: { topic },
  });
}
