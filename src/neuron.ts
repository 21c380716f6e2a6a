/** Neuron (plain term: typed topic): a type's name in a namespace, paired with a codec. */
import type { Codec } from "./codec/codec.ts";
import { UsageError } from "./errors.ts";
import { reportUnheard } from "./incident.ts";
import type { Namespace } from "./namespace.ts";
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
   * @throws {UsageError} if a part of the name is empty or unfit for a topic, or the whole is longer
   *   than 245 bytes.
   */
  constructor(type: string | ValueClass<T>, namespace: Namespace, codec: Codec<T>) {
    this.type = typeof type === "string" ? undefined : type;
    this.typeName = typeof type === "string" ? type : nameOfClass(type);
    checkTopicPart(this.typeName, "type name");
    checkTopicPart(codec.name, "codec name");
    this.namespace = namespace;
    this.codec = codec;
    this.name = `${namespace.path}.${this.typeName}.${codec.name}`;
    checkTopic(this.name);
  }

  toString(): string {
    return this.name;
  }
}

/** The topic of a neuron, or the topic or pattern given as text. */
export function topicOf(target: Neuron | string): string {
  return typeof target === "string" ? target : target.name;
}

function nameOfClass(type: ValueClass<unknown>): string {
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
