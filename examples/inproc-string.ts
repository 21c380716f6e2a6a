/** Text inside one process: all who react to the type get it. */
import { Namespace, Neuron, Plexus, stringCodec } from "plexo";

const Greeting = new Neuron("Greeting", new Namespace("dev.plexo.examples"), stringCodec);

await using plexus = new Plexus();

plexus.react(Greeting, (text) => console.log(`one heard: ${text}`));
const another = plexus.react(Greeting, (text) => console.log(`another heard: ${text}`));
await plexus.transmit(Greeting, "Hello!");

// A subscription ends so, or by an AbortSignal, or with its plexus.
another.unsubscribe();
await plexus.transmit(Greeting, "Hello again!");
