/** Derives alerts from readings: takes some types, and sends another. */
import { type Neuron, Plexus } from "plexo";
import { Inbox } from "./accounts/inbox.ts";
import { Outbox } from "./accounts/outbox.ts";
import { printIncidents } from "./launch/incidents.ts";
import { Launched } from "./launch/launched.ts";
import { Change } from "./rules/change.ts";
import { Limit } from "./rules/limit.ts";
import {
  Alert,
  LoadReading,
  MemoryReading,
  NetworkReading,
  readings,
  type Stamp,
  Tally,
  TemperatureReading,
} from "./types.ts";

const launched = new Launched();
const plexus = new Plexus({ ganglia: [await launched.openTransport()] });
printIncidents(plexus);
const inbox = new Inbox(readings);
const outbox = new Outbox("alerts");

watch(LoadReading, {
  about: "load",
  valueOf: ({ busy }) => busy,
  rules: { change: new Change(0.1), limit: new Limit(0.9) },
});
watch(MemoryReading, {
  about: "memory",
  valueOf: ({ usedBytes, totalBytes }) => usedBytes / totalBytes,
  rules: { change: new Change(0.001), limit: new Limit(0.9) },
});
watch(NetworkReading, {
  about: "network",
  valueOf: (reading) => reading.receivedBytesPerSecond + reading.sentBytesPerSecond,
  rules: { change: new Change(10_000) },
});
watch(TemperatureReading, {
  about: "temperature",
  valueOf: ({ places }) => Math.max(...places.map(({ celsius }) => celsius)),
  rules: { change: new Change(3), limit: new Limit(85) },
});

await launched.join(plexus, { sends: [Alert, Tally], takes: inbox.topics });
await inbox.complete(await launched.ended);
const tally = outbox.close();
await plexus.transmit(Tally, tally);
await plexus.close();
await launched.done({ tally, receipts: inbox.receipts() });

function watch<Reading extends Stamp>(
  neuron: Neuron<Reading>,
  watched: {
    readonly about: Alert["about"];
    valueOf(reading: Reading): number;
    readonly rules: Partial<Record<Alert["rule"], Change | Limit>>;
  },
): void {
  plexus.react(neuron, async (reading) => {
    const value = watched.valueOf(reading);
    for (const rule of ["change", "limit"] as const) {
      const reference = watched.rules[rule]?.take(value);
      if (reference === undefined) continue;
      const cause = { sender: reading.sender, number: reading.number };
      const alert = { about: watched.about, rule, value, reference, cause };
      await plexus.transmit(Alert, { ...outbox.stamp(Alert), ...alert });
    }
    inbox.took(neuron.name, reading);
  });
}
