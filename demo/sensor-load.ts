/** Sends how busy the processor is, and knows nobody who wants to know. */
import { Plexus } from "plexo";
import { Outbox } from "./accounts/outbox.ts";
import { printIncidents } from "./launch/incidents.ts";
import { Launched } from "./launch/launched.ts";
import { nextBeat } from "./sensors/beat.ts";
import { busyShare, readCoreTimes, readLoadAverage } from "./sensors/processor.ts";
import { LoadReading, Tally } from "./types.ts";

const launched = new Launched();
const plexus = new Plexus({ ganglia: [await launched.openTransport()] });
printIncidents(plexus);
const outbox = new Outbox("load");
await launched.join(plexus, { sends: [LoadReading, Tally] });

let before = readCoreTimes();
while (await nextBeat(launched.signal)) {
  const after = readCoreTimes();
  const busy = busyShare(before, after);
  before = after;
  if (busy === undefined) continue;
  const reading = { busy, cores: after.cores, ...readLoadAverage() };
  await plexus.transmit(LoadReading, { ...outbox.stamp(LoadReading), ...reading });
}

const tally = outbox.close();
await plexus.transmit(Tally, tally);
// Closing sends what is still queued.
await plexus.close();
await launched.done({ tally });
