/** A plot with a subscriber that comes late. */
import { checkSame } from "../check-same.ts";
import { Encounter, type Setting } from "../encounter.ts";
import { foosOf, nodeIdOf } from "../foos.ts";
import type { Program } from "../program.ts";
import { barsFor, checkIncidents, converse, joined, messageCount } from "./conversation.ts";
import type { Plot } from "./plot.ts";

export const late: Plot = {
  column: "late",
  what: "a second subscriber joins later: it gets what is sent from then on, the first one gets all",
  suits: ({ transport, form }) => transport === "pubsub" && form === "json",
  play: twoSubscribers,
};

async function twoSubscribers(setting: Setting): Promise<void> {
  await using encounter = await Encounter.open(setting, 2);
  const foos = foosOf(setting.form, 2 * messageCount);
  const [before, since] = [foos.slice(0, messageCount), foos.slice(messageCount)];
  const sender = await encounter.start("sender");
  const first = await encounter.start("responder", { nodeId: "first" });
  await joined(setting, sender, "first");
  await converse(sender, first, before, "first");

  const second = await encounter.start("responder", { nodeId: "second" }, 1);
  await joined(setting, sender, "second");
  sender.tell(...since.map((foo) => ({ foo })));
  await first.arrived(foos.length);
  await second.arrived(since.length);
  await sender.arrived(foos.length + since.length);
  for (const program of [sender, first, second]) await program.finish();

  checkSame("Foos at the first", first.values, foos);
  checkSame("Foos at the second", second.values, since);
  checkSame("Bars of the first", barsOf("first", sender), barsFor(foos, "first"));
  checkSame("Bars of the second", barsOf("second", sender), barsFor(since, "second"));
  checkIncidents(setting, { sender, responder: first });
  checkIncidents(setting, { responder: second });
}

function barsOf(nodeId: string, sender: Program): readonly unknown[] {
  return sender.values.filter((bar) => nodeIdOf(bar) === nodeId);
}
