/** Neurons of the tests of the core. */
import { Namespace } from "../../src/namespace.ts";
import { Neuron } from "../../src/neuron.ts";
import { CountingCodec } from "./counting-codec.ts";

export const namespace: Namespace = new Namespace("dev", "brewery");

/** A neuron of text with a codec of its own, whose work can be counted. */
export function textNeuron(type = "Text"): Neuron<string> & { readonly codec: CountingCodec } {
  const codec = new CountingCodec();
  return Object.assign(new Neuron(type, namespace, codec), { codec });
}
