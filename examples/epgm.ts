/** Reliable multicast on its own: one sends to a group, and whoever has joined it hears. */
import { openEpgm } from "plexo/epgm";

const port = Number(process.argv[2] ?? 5560);
const group = "239.255.76.1";

// As a rule these are two programs, on two hosts; here both are on this one, by its loopback interface.
const cellar = await openEpgm({ interface: "127.0.0.1", port });
const office = await openEpgm({ interface: "127.0.0.1", port });

await office.join(group, {
  message: ([topic, body]) => console.log(`${text(topic)}: ${text(body)}`),
  gap: ({ source, packetCount }) => console.log(`${packetCount} packets of ${source} are lost`),
  finished: () => {
    console.log("the cellar has closed");
    void office.close();
  },
});

const channel = await cellar.join(group);
for (const celsius of [11.4, 11.9, 12.3]) {
  await channel.send([bytes("tank A"), bytes(`${celsius} °C`)]);
}
// Sends what waits, repeats for a second what is asked for, and says that it ends.
await cellar.close();

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(value: Uint8Array | undefined): string {
  return new TextDecoder().decode(value);
}
