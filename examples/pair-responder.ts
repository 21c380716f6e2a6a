/** Answers each Foo from another process with a Bar. Start it before or after pair-sender. */
import { openGanglion, Plexus } from "plexo";
import { Bar, Foo, fooCount } from "./foo-bar.ts";

const url = process.argv[2] ?? "pair://127.0.0.1:5580?bind";
await using plexus = new Plexus({ ganglia: [await openGanglion(url)] });
console.log(`waiting for Foos at ${url}`);

for await (const { message, message_id, message_num, node_id } of plexus.axon(Foo)) {
  console.log(`got Foo ${message_num} from ${node_id}: ${message}`);
  await plexus.transmit(Bar, { foo_message_id: message_id, node_id: "responder" });
  if (message_num === fooCount) break;
}
