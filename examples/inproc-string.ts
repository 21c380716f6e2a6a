/** Text inside one process: all who react to the type get it. */
import { Namespace, Neuron, Plexus, stringCodec } from "plexo";

const examples = new Namespace("dev.plexo.examples");
const Greeting = new Neuron("Greeting", examples, stringCodec);
const Farewell = new Neuron("Farewell", examples, stringCodec);

await using plexus = new Plexus();

plexus.react(Greeting, (text) => console.log(`one heard: ${text}`));
plexus.react(Greeting, (text) => console.log(`another heard: ${text}`));
// A subscription ends by unsubscribe, by an AbortSignal, or with the plexus.
const once = plexus.react(Farewell, (text) => {
  console.log(`the last words: ${text}`);
  once.unsubscribe();
});

await plexus.transmit(Greeting, "Hello!");
await plexus.transmit(Farewell, "Goodbye!");
await plexus.transmit(Farewell, "Goodbye again!");
