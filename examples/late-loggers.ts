/** One sensor, and loggers that join while it runs: each gets what is published from then on. */
import { Namespace, Neuron } from "plexo";
import { jsonCodec } from "plexo/json";
import { PubSubGanglion } from "plexo/pubsub";

interface Reading {
  readonly celsius: number;
}

const examples = new Namespace("dev.plexo.examples");
const Temperature = new Neuron("Temperature", examples, jsonCodec<Reading>());

// All are in one process here, with sockets between them as between processes.
const address = { host: "127.0.0.1", port: Number(process.argv[2] ?? "5570") };
const sensor = new PubSubGanglion({ bind: address });
await sensor.opened;

const loggers: PubSubGanglion[] = [];
for (const celsius of [11.4, 11.9, 12.3]) {
  const logger = new PubSubGanglion({ peers: [address] });
  loggers.push(logger);
  const name = `logger ${loggers.length}`;
  const subscription = logger.react(Temperature, (reading) => {
    console.log(`${name}: ${reading.celsius} °C`);
  });
  // Until the sensor knows it. What is published before is not for this one.
  await subscription.ready;
  await sensor.transmit(Temperature, { celsius });
}

// The sensor first: it closes when all have what was published.
for (const each of [sensor, ...loggers]) await each.close();
