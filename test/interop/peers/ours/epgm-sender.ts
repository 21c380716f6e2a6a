/** Sends what it is told by EPGM: probes, and rows of numbered messages. */
import { partsOf } from "../../epgm/message.ts";
import { openNode, readSettings, sayFailure } from "./epgm-settings.ts";
import { commandsOf, say } from "./exchange.ts";

type Command = { readonly probe: number } | { readonly first: number; readonly count: number };

const settings = readSettings();
const node = await openNode(settings);
const channel = await node.join(settings.group, {
  dropped: (_parts, reason) => say("incident", { kind: "dropped", message: reason }),
  failed: sayFailure,
});
channel.setForeign(settings.foreign);
await channel.openSource();
say("listening");
const { name: sender, partCount } = settings;
for await (const command of commandsOf<Command>()) {
  if ("probe" in command) {
    await channel.send(partsOf({ topic: "probe", sender, index: command.probe }, partCount));
    continue;
  }
  const { first, count } = command;
  for (let index = first; index < first + count; index += 1) {
    await channel.send(partsOf({ topic: "flow", sender, index }, partCount));
  }
}
await node.close({ lingerMs: 30_000 });
