/** Plots in which one end dies, as by a crash, and is started again while the other one goes on. */
import { checkSame } from "../check-same.ts";
import { Encounter, nodeIdUsual, otherAct, type Setting, takesPart } from "../encounter.ts";
import { foosOf } from "../foos.ts";
import type { Act } from "../peer.ts";
import { checkIncidents, converse, joined, messageCount } from "./conversation.ts";
import type { Plot } from "./plot.ts";

export const senderKilled: Plot = plotOf("sender");
export const responderKilled: Plot = plotOf("responder");

function plotOf(mortal: Act): Plot {
  return {
    column: "restart",
    what: `the ${mortal} is killed and started again: messages flow again by themselves`,
    suits: (setting) =>
      setting.form === "json" &&
      setting.sender !== setting.responder &&
      // Among foreign peers it is proved what the programs can, which is more with pub/sub.
      (setting.transport === "pubsub" || takesPart("ours", setting)),
    play: (setting) => twoLives(setting, mortal),
  };
}

async function twoLives(setting: Setting, mortal: Act): Promise<void> {
  await using encounter = await Encounter.open(setting);
  const survivor = await encounter.start(otherAct(mortal));
  const foos = foosOf(setting.form, 2 * messageCount);
  for (const life of [1, 2]) {
    const nodeId = mortal === "responder" ? `life-${life}` : nodeIdUsual;
    const brief = await encounter.start(mortal, { nodeId });
    const half = foos.slice((life - 1) * messageCount, life * messageCount);
    const [sender, responder] = mortal === "sender" ? [brief, survivor] : [survivor, brief];
    if (setting.transport === "pubsub") await joined(setting, sender, nodeId);
    await converse(sender, responder, half, nodeId);
    checkIncidents(setting, { [mortal]: brief });
    await brief.kill();
  }
  await survivor.finish();
  checkSame("what the survivor got in all", [survivor.values.length], [foos.length]);
  checkIncidents(setting, { [otherAct(mortal)]: survivor });
}
