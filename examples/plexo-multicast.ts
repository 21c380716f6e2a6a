/**
 * Any number of these find each other, with no address in any of them: start two or more, in any
 * order, end or kill some, start them again. Each says a Foo twice a second, and prints those it hears.
 */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { openGanglion, Plexus } from "plexo";
import { Foo } from "./foo-bar.ts";

const node_id = process.argv[2] ?? `node-${process.pid}`;
// This machine only; without the parameter, all on the network.
const url = process.argv[3] ?? "multicast://239.255.0.0/16:5560?interface=127.0.0.1";

await using multicast = await openGanglion(url);
await using plexus = new Plexus({ ganglia: [multicast] });
const ending = new AbortController();
process.once("SIGINT", () => ending.abort());

plexus.react(Foo, ({ node_id: from, message_num }) => {
  if (from !== node_id) console.log(`got Foo ${message_num} from ${from}`);
});
console.log(`${node_id} speaks over ${url}`);

for (let message_num = 1; !ending.signal.aborted; message_num += 1) {
  await plexus.transmit(Foo, { message: "hello", message_id: randomUUID(), message_num, node_id });
  await setTimeout(500);
}
