/** Neuron (plain term: typed topic): a type's name in a namespace, paired with a codec. */
import type { Codec } from "./codec/codec.ts";
import { UsageError } from "./errors.ts";
import { hasFunctions, misgiven } from "./given.ts";
import { reportUnheard } from "./incident.ts";
import { Namespace } from "./namespace.ts";
import { checkTopic, checkTopicPart } from "./topic.ts";

/** A class whose instances are the values of a neuron. */
export interface ValueClass<T> {
  readonly name: string;
  /** The type's name on the wire. Give one where a minifier shortens class names. */
  readonly typeName?: string;
  readonly prototype: T;
}

// Minifiers leave one or two letters; people rarely do.
const shortenedNameLengthMax = 2;

/** A type that can be sent and reacted to: the name is the address. */
export class Neuron<T = unknown> {
  /** The topic: `namespace.Type.codec`. Equal names are the same address. */
  readonly name: string;
  /** The type's part of the name. */
  readonly typeName: string;
  readonly namespace: Namespace;
  readonly codec: Codec<T>;
  /** The class, when the neuron was made from one: lets `transmit(instance)` find the neuron. */
  readonly type: ValueClass<T> | undefined;

  /**
   * @param type The type's name, or its class; a class is named by its `typeName`, else its `name`.
   * @throws {UsageError} if a part of the name is empty or unfit for a topic, the whole is longer
   *   than 245 bytes, or something else was given than these three.
   */
  constructor(type: string | ValueClass<T>, namespace: Namespace, codec: Codec<T>) {
    this.type = typeof type === "string" ? undefined : type;
    this.typeName = typeof type === "string" ? type : nameOfClass(type);
    checkTopicPart(this.typeName, "type name");
    if (!(namespace instanceof Namespace)) {
      const expected = 'a Namespace, as new Namespace("dev.brewery")';
      throw misgiven("the namespace given to Neuron", namespace, expected);
    }
    checkCodec(codec);
    this.namespace = namespace;
    this.codec = codec;
    this.name = `${namespace.path}.${this.typeName}.${codec.name}`;
    checkTopic(this.name);
  }

  toString(): string {
    return this.name;
  }
}

/**
 * The topic of a neuron, or the topic or pattern given as text.
 * @param what What it is, for the error: "the target given to ready".
 * @throws {UsageError} if it is neither.
 */
export function topicOf(target: Neuron | string, what: string): string {
  if (typeof target === "string") return target;
  if (target instanceof Neuron) return target.name;
  throw misgiven(what, target, "a Neuron, or a topic as text");
}

/** @throws {UsageError} if what was given to `call` is no neuron. */
export function checkNeuron(neuron: Neuron, call: string): void {
  if (neuron instanceof Neuron) return;
  const expected = "a Neuron (only reactRaw and transmitRaw take a topic as text)";
  throw misgiven(`the neuron given to ${call}`, neuron, expected);
}

function checkCodec(codec: Codec<unknown>): void {
  if (!hasFunctions(codec, ["encode", "decode"])) {
    const expected = "an object with a name, and the functions encode and decode";
    throw misgiven("the codec given to Neuron", codec, expected);
  }
  checkTopicPart(codec.name, "codec name");
}

function nameOfClass(type: ValueClass<unknown>): string {
  // An interface does not say that it is a function, which every class is.
  if (typeof (type as unknown) !== "function") {
    throw misgiven("the type given to Neuron", type, "its name, or a class");
  }
  if (type.typeName !== undefined) return type.typeName;
  if (type.name === "") {
    throw new UsageError("the class of a neuron has no name; give it a static typeName");
  }
  if (type.name.length <= shortenedNameLengthMax) {
    reportUnheard({
      kind: "name-shortened",
      message:
        `class ${type.name} looks shortened by a minifier; its name is part of the address, ` +
        "so give it a static typeName",
    });
  }
  return type.name;
}
