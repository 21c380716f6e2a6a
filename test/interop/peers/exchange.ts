/**
 * What the sender and the responder share: the types Foo and Bar in three forms, the socket, the
 * lines. Arguments and lines are those of the programs in `python/`, which can stand in for these.
 */
import { stdin, stdout } from "node:process";
import { Namespace, Neuron, openGanglion, Plexus, stringCodec } from "plexo";
import { jsonSchemaCodec } from "plexo/json-schema";
import { splitLines } from "../lines.ts";

/** One end of a pair. */
export interface Exchange<Foo, Bar> {
  readonly form: Form<Foo, Bar>;
  readonly nodeId: string;
  readonly plexus: Plexus;
  /** What is to be done, until the end of standard input. */
  readonly commands: AsyncGenerator<Command<Foo>>;
}

export type Command<Foo> = { readonly foo: Foo } | { readonly payload: string };

/** How Foo and Bar are named and written. */
export interface Form<Foo, Bar> {
  readonly foo: Neuron<Foo>;
  readonly bar: Neuron<Bar>;
  /** The Bar for a Foo, from the node with this id. */
  answer(foo: Foo, nodeId: string): Bar;
}

/** Works with every form alike. */
export type Program = <Foo, Bar>(exchange: Exchange<Foo, Bar>) => Promise<void>;

/** Runs a program to its end with the arguments of this process. */
export async function run(program: Program): Promise<void> {
  const [role, port, form, nodeId] = process.argv.slice(2);
  if (form === undefined || nodeId === undefined) throw new Error("ROLE PORT FORM NODE_ID wanted");
  const url = `pair://127.0.0.1:${port}${role === "bind" ? "?bind" : ""}`;
  await using plexus = new Plexus({ ganglia: [await openGanglion(url)] });
  plexus.on("incident", ({ kind, reason, message, cause }) => {
    say("incident", { kind, reason, message, cause: String(cause) });
  });
  const common = { nodeId, plexus };
  if (form === "string") {
    await program({ form: stringForm(), commands: commands(), ...common });
  } else {
    await program({ form: jsonForm(form === "json-alias"), commands: commands(), ...common });
  }
}

export function say(event: string, fields: object = {}): void {
  stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

async function* commands<Foo>(): AsyncGenerator<Command<Foo>> {
  const lines: string[] = [];
  const split = splitLines((line) => lines.push(line));
  // With an encoding the pieces are text.
  for await (const piece of stdin.setEncoding("utf8") as AsyncIterable<string>) {
    split(piece);
    // The harness says what it wants in the form that it has asked for; the codec checks the rest.
    for (const line of lines.splice(0)) yield JSON.parse(line) as Command<Foo>;
  }
}

const namespace = new Namespace("dev.plexo.test");

/**
 * JSON. Without an alias the original names a type by what its schema library makes of the title,
 * so `Foo` is `foo` on the wire.
 */
function jsonForm(withAlias: boolean) {
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
    foo: new Neuron(withAlias ? "Foo" : "foo", namespace, foo),
    bar: new Neuron(withAlias ? "Bar" : "bar", namespace, bar),
    answer: ({ message_id }, nodeId) => ({ foo_message_id: message_id, node_id: nodeId }),
  });
}

/** Text: a Foo is any text, its Bar is the answering node's id, a space and the same text. */
function stringForm(): Form<string, string> {
  return {
    foo: new Neuron("Foo", namespace, stringCodec),
    bar: new Neuron("Bar", namespace, stringCodec),
    answer: (foo, nodeId) => `${nodeId} ${foo}`,
  };
}

/** Infers Foo and Bar from the codecs. */
function formOf<Foo, Bar>(form: Form<Foo, Bar>): Form<Foo, Bar> {
  return form;
}
