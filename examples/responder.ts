/** Answers each Foo from another process with a Bar. Start it before or after sender. */
import { openGanglion, Plexus } from "plexo";
import { Bar, Foo, fooCount } from "./foo-bar.ts";

const url = process.argv[2] ?? "pair://127.0.0.1:5580?bind";
await using plexus = new Plexus({ ganglia: [await openGanglion(url)] });
console.log(`waiting for Foos over ${url}`);
const foos = plexus.axon(Foo).values();
// Foos come from here on, and wait while nobody has asked for the answers yet.
await plexus.ready(Bar);

for await (const { message, message_id, message_num, node_id } of foos) {
  console.log(`got Foo ${message_num} from ${node_id}: ${message}`);
  await plexus.transmit(Bar, { foo_message_id: message_id, node_id: "responder" });
  if (message_num === fooCount) break;
}
