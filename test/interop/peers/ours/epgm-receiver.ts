/** Says what comes by EPGM. */
import { readParts } from "../../epgm/message.ts";
import { openNode, readSettings, sayFailure } from "./epgm-settings.ts";
import { commandsOf, say } from "./exchange.ts";

const settings = readSettings();
const node = await openNode(settings);
await node.join(settings.group, {
  message: (parts) => {
    try {
      say("arrived", { ...readParts(parts) });
    } catch (error) {
      // Whatever it is, the case fails by it.
      say("damaged", { message: String(error) });
    }
  },
  gap: ({ reason, packetCount }) => say("gap", { reason, packetCount }),
  finished: () => say("finished"),
  failed: sayFailure,
});
say("listening");
// A receiver is told nothing, so what comes next is the end.
await commandsOf().next();
await node.close();
