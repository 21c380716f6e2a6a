/** Says what comes by EPGM. */
import { readParts } from "../../epgm/message.ts";
import { openNode, readSettings, sayFailure } from "./epgm-settings.ts";
import { commandsOf, say } from "./exchange.ts";

const settings = readSettings();
const node = await openNode(settings);
const joining = node.join(settings.group, {
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
// It ends by the error; its text comes first, since what is kept of standard error is the stack.
joining.catch(sayFailure);
await joining;
say("listening");
// A receiver is told nothing, so what comes next is the end.
await commandsOf().next();
await node.close();
