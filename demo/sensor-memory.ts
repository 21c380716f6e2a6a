/** Sends how much of the memory is in use. */
import os from "node:os";
import { Plexus } from "plexo";
import { Outbox } from "./accounts/outbox.ts";
import { printIncidents } from "./launch/incidents.ts";
import { Launched } from "./launch/launched.ts";
import { nextBeat } from "./sensors/beat.ts";
import { MemoryReading, Tally } from "./types.ts";

const launched = new Launched();
const plexus = new Plexus({ ganglia: [await launched.openTransport()] });
printIncidents(plexus);
const outbox = new Outbox("memory");
await launched.join(plexus, { sends: [MemoryReading, Tally] });

while (await nextBeat(launched.signal)) {
  const totalBytes = os.totalmem();
  const reading = { usedBytes: totalBytes - os.freemem(), totalBytes };
  await plexus.transmit(MemoryReading, { ...outbox.stamp(MemoryReading), ...reading });
}

const tally = outbox.close();
await plexus.transmit(Tally, tally);
await plexus.close();
await launched.done({ tally });
