/** Two programs of a brewery, here in one process: the cellar measures, the office is told. */
import { Namespace, Neuron, openGanglion, Plexus } from "plexo";
import { jsonCodec } from "plexo/json";
import * as z from "zod";

// All that the two have in common: a type in a namespace with a codec, which is its address too.
const brewery = new Namespace("dev.brewery");
const reading = z.object({ tank: z.string(), celsius: z.number() });
const Temperature = new Neuron("Temperature", brewery, jsonCodec(reading));

const port = process.argv[2] ?? "5580";
await using office = new Plexus({ ganglia: [await openGanglion(`pair://127.0.0.1:${port}?bind`)] });
await using cellar = new Plexus({ ganglia: [await openGanglion(`pair://127.0.0.1:${port}`)] });

office.react(Temperature, ({ tank, celsius }) => console.log(`tank ${tank} has ${celsius} °C`));

await cellar.transmit(Temperature, { tank: "A", celsius: 11.4 });
await cellar.transmit(Temperature, { tank: "B", celsius: 19.8 });
// Here both close, the cellar first, and not before the office has what was sent.
