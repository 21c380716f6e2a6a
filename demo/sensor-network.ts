/** Sends what goes over this machine's network interfaces. */
import { Plexus } from "plexo";
import { Outbox } from "./accounts/outbox.ts";
import { printIncidents } from "./launch/incidents.ts";
import { Launched } from "./launch/launched.ts";
import { nextBeat } from "./sensors/beat.ts";
import { readInterfaces, trafficOf } from "./sensors/network.ts";
import { NetworkReading, Tally } from "./types.ts";

const launched = new Launched();
const plexus = new Plexus({ ganglia: [await launched.openTransport()] });
printIncidents(plexus);
const outbox = new Outbox("network");
await launched.join(plexus, { sends: [NetworkReading, Tally] });

let before = await readInterfaces();
let beforeMs = performance.now();
while (await nextBeat(launched.signal)) {
  const after = await readInterfaces();
  const afterMs = performance.now();
  if (before === undefined || after === undefined) throw new Error("no network counters here");
  const traffic = trafficOf(before, after, (afterMs - beforeMs) / 1000);
  [before, beforeMs] = [after, afterMs];
  await plexus.transmit(NetworkReading, { ...outbox.stamp(NetworkReading), ...traffic });
}

const tally = outbox.close();
await plexus.transmit(Tally, tally);
await plexus.close();
await launched.done({ tally });
