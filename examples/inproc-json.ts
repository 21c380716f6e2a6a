/** An object inside one process: handed over as it is, and encoded only for who wants bytes. */
import { Namespace, Neuron, Plexus } from "plexo";
import { jsonCodec } from "plexo/json";

interface Reading {
  readonly tank: string;
  readonly celsius: number;
}

const examples = new Namespace("dev.plexo.examples");
// Without a schema nothing is checked; see brewery.ts for one that is.
const Temperature = new Neuron("Temperature", examples, jsonCodec<Reading>());

await using plexus = new Plexus();

const sent: Reading = { tank: "A", celsius: 11.4 };
plexus.react(Temperature, (reading) => {
  console.log(`tank ${reading.tank} has ${reading.celsius} °C`);
  console.log(`the very object that was sent: ${reading === sent}`);
});
plexus.reactRaw("dev.plexo.examples.>", (bytes, { topic }) => {
  console.log(`${topic}: ${new TextDecoder().decode(bytes)}`);
});

await plexus.transmit(Temperature, sent);
