/** Sends the temperatures that the kernel measures. */
import { Plexus } from "plexo";
import { Outbox } from "./accounts/outbox.ts";
import { printIncidents } from "./launch/incidents.ts";
import { Launched } from "./launch/launched.ts";
import { nextBeat } from "./sensors/beat.ts";
import { readTemperatures } from "./sensors/temperature.ts";
import { Tally, TemperatureReading } from "./types.ts";

const launched = new Launched();
const plexus = new Plexus({ ganglia: [await launched.openTransport()] });
printIncidents(plexus);
const outbox = new Outbox("temperature");
await launched.join(plexus, { sends: [TemperatureReading, Tally] });

while (await nextBeat(launched.signal)) {
  const places = await readTemperatures();
  // A driver may have nothing to say at a time; what was not measured is not sent.
  if (places.length === 0) continue;
  await plexus.transmit(TemperatureReading, { ...outbox.stamp(TemperatureReading), places });
}

const tally = outbox.close();
await plexus.transmit(Tally, tally);
await plexus.close();
await launched.done({ tally });
