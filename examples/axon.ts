/** An axon holds a neuron and a ganglion together: shorter calls, and a loop over what arrives. */
import { Namespace, Neuron, Plexus, stringCodec } from "plexo";

const Order = new Neuron("Order", new Namespace("dev.plexo.examples"), stringCodec);

await using plexus = new Plexus();
const orders = plexus.axon(Order);

orders.react((text) => console.log(`heard: ${text}`));
// One more that reacts: from here on it keeps what arrives until the loop below asks for it.
const arriving = orders.values();

await orders.transmit("a pils");
await orders.transmit("a stout");
await orders.transmit("the bill");

for await (const text of arriving) {
  console.log(`served: ${text}`);
  if (text === "the bill") break;
}
