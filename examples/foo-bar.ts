/** What sender and responder have in common: a question and its answer. */
import { Namespace, Neuron } from "plexo";
import { jsonCodec } from "plexo/json";
import * as z from "zod";

const test = new Namespace("dev.plexo.test");

// The names are in lower case, as the Python original has those of JSON schemas titled Foo and Bar.
export const Foo = new Neuron(
  "foo",
  test,
  jsonCodec(
    z.object({
      message: z.string(),
      message_id: z.uuid(),
      message_num: z.number(),
      node_id: z.string(),
    }),
  ),
);

export const Bar = new Neuron(
  "bar",
  test,
  jsonCodec(z.object({ foo_message_id: z.uuid(), node_id: z.string() })),
);

/** After so many Foos both programs end. */
export const fooCount = 3;
