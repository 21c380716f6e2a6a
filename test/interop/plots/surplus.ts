/** A plot with one connection too many: a pair has one peer. */
import { Encounter, otherAct, type Setting } from "../encounter.ts";
import { foosOf } from "../foos.ts";
import type { Program } from "../program.ts";
import { checkIncidents, converse, joined, messageCount } from "./conversation.ts";
import type { Plot } from "./plot.ts";

export const surplus: Plot = {
  column: "surplus",
  what: "a second peer is refused by ours, disturbs nothing, and gets in when the first one is dead",
  suits: (setting) =>
    setting.transport === "pair" &&
    setting.form === "json" &&
    setting[setting.binder].name === "ours" &&
    setting[otherAct(setting.binder)].name !== "ours",
  play: twoGuests,
};

async function twoGuests(setting: Setting): Promise<void> {
  await using encounter = await Encounter.open(setting);
  const hostSends = setting.binder === "sender";
  const guestAct = otherAct(setting.binder);
  const host = await encounter.start(setting.binder);
  const talkTo = (guest: Program, foos: readonly unknown[], nodeId: string): Promise<void> =>
    hostSends ? converse(host, guest, foos, nodeId) : converse(guest, host, foos);
  const foos = foosOf(setting.form, 3 * messageCount);

  const first = await encounter.start(guestAct, { nodeId: "first" });
  await talkTo(first, foos.slice(0, messageCount), "first");
  const second = await encounter.start(guestAct, { nodeId: "second" });
  await host.reported("peer-refused");
  await talkTo(first, foos.slice(messageCount, 2 * messageCount), "first");
  await first.kill();
  if (hostSends) await joined(setting, host, "second");
  else await joined(setting, second);
  await talkTo(second, foos.slice(2 * messageCount), "second");

  await second.kill();
  await host.finish();
  const refusals = host.incidents.filter(({ kind }) => kind === "peer-refused");
  checkIncidents(
    setting,
    { [setting.binder]: host },
    { [setting.binder]: refusals.map(({ kind }) => kind) },
  );
}
