/** Appends every message of the demo to a file, one JSON object a line: types to come included. */
import { open } from "node:fs/promises";
import { Plexus } from "plexo";
import { Inbox } from "./accounts/inbox.ts";
import { printIncidents } from "./launch/incidents.ts";
import { Launched } from "./launch/launched.ts";
import { demo, everything, Stamped } from "./types.ts";

const launched = new Launched();
const file = await open(launched.log, "a");
const plexus = new Plexus({ ganglia: [await launched.openTransport()] });
printIncidents(plexus);
const inbox = new Inbox(everything);
const utf8 = new TextDecoder();

// To a pattern, not to types. The next call comes when this one is settled, so lines keep their order.
plexus.reactRaw(`${demo.path}.*.json`, async (bytes, { topic }) => {
  const message = Stamped.parse(JSON.parse(utf8.decode(bytes)));
  await file.appendFile(`${JSON.stringify({ topic, value: message })}\n`);
  inbox.took(topic, message);
});

await launched.join(plexus, { takes: inbox.topics });
await inbox.complete(await launched.ended);
await plexus.close();
await file.close();
await launched.done({ receipts: inbox.receipts() });
