/** Foo and Bar in the forms in which they are exchanged. */
import { Namespace, Neuron, stringCodec } from "plexo";
import { jsonSchemaCodec } from "plexo/json-schema";

/** How Foo and Bar are named and written. */
export interface Form<Foo, Bar> {
  readonly foo: Neuron<Foo>;
  readonly bar: Neuron<Bar>;
  /** The Bar for a Foo, from the node with this id. */
  answer(foo: Foo, nodeId: string): Bar;
}

const namespace = new Namespace("dev.plexo.test");

/**
 * JSON, judged by the schemas that the original has. Without an alias it names a type by what its
 * schema library makes of the title, so `Foo` is `foo` on the wire.
 */
export function jsonForm(fooName: string, barName: string) {
  const foo = jsonSchemaCodec({
    type: "object",
    properties: {
      message: { type: "string" },
      message_id: { type: "string" },
      message_num: { type: "number" },
      node_id: { type: "string" },
    },
    required: ["message", "message_id", "message_num", "node_id"],
  });
  const bar = jsonSchemaCodec({
    type: "object",
    properties: { foo_message_id: { type: "string" }, node_id: { type: "string" } },
    required: ["foo_message_id", "node_id"],
  });
  return formOf({
    foo: new Neuron(fooName, namespace, foo),
    bar: new Neuron(barName, namespace, bar),
    answer: ({ message_id }, nodeId) => ({ foo_message_id: message_id, node_id: nodeId }),
  });
}

/** Text: a Foo is any text, its Bar is the answering node's id, a space and the same text. */
export function stringForm(): Form<string, string> {
  return {
    foo: new Neuron("Foo", namespace, stringCodec),
    bar: new Neuron("Bar", namespace, stringCodec),
    answer: (foo, nodeId) => `${nodeId} ${foo}`,
  };
}

/** A neuron that no program reacts to. */
export function stranger(name: string): Neuron<string> {
  return new Neuron(name, namespace, stringCodec);
}

/** Infers Foo and Bar from the codecs. */
function formOf<Foo, Bar>(form: Form<Foo, Bar>): Form<Foo, Bar> {
  return form;
}
