/** Sends Foos to another process, which answers each with a Bar. Start it before or after that. */
import { randomUUID } from "node:crypto";
import { openGanglion, Plexus } from "plexo";
import { Bar, Foo, fooCount } from "./foo-bar.ts";

const url = process.argv[2] ?? "pair://127.0.0.1:5580";
await using plexus = new Plexus({ ganglia: [await openGanglion(url)] });
console.log(`sending Foos over ${url}`);
const bars = plexus.axon(Bar).values();
// A publisher does not keep what nobody has asked for yet.
await plexus.ready(Foo);

for (let number = 1; number <= fooCount; number += 1) {
  const message_id = randomUUID();
  await plexus.transmit(Foo, {
    message: "hello",
    message_id,
    message_num: number,
    node_id: "sender",
  });
  console.log(`sent Foo ${number}, ${message_id}`);
}

let answers = 0;
for await (const { foo_message_id, node_id } of bars) {
  console.log(`got a Bar from ${node_id} for ${foo_message_id}`);
  answers += 1;
  if (answers === fooCount) break;
}
