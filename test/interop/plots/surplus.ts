/** A plot with one connection too many: a pair has one peer. */
import { checkSame } from "../check-same.ts";
import { Encounter, nodeIdUsual, otherAct, type Setting } from "../encounter.ts";
import { foosOf } from "../foos.ts";
import type { Program } from "../program.ts";
import { barsFor, checkIncidents, converse, joined, messageCount } from "./conversation.ts";
import type { Plot } from "./plot.ts";

export const surplus: Plot = {
  column: "surplus",
  what: "a second peer is refused, loses nothing, and gets in when the first one is dead",
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
  const foos = foosOf(setting.form, 3 * messageCount);
  const parts = [0, 1, 2].map((index) => foos.slice(index * messageCount).slice(0, messageCount));
  const [one = [], two = [], three = []] = parts;
  const talkTo = (guest: Program, part: readonly unknown[], nodeId: string): Promise<void> =>
    hostSends ? converse(host, guest, part, nodeId) : converse(guest, host, part);

  const first = await encounter.start(guestAct, { nodeId: "first" });
  await talkTo(first, one, "first");
  const second = await encounter.start(guestAct, { nodeId: "second" });
  await host.reported("peer-refused");
  // It stays there: the connection is closed before it is ready.
  if (!hostSends) second.tell(...three.map((foo) => ({ foo })));
  await talkTo(first, two, "first");
  await first.kill();
  if (hostSends) {
    await joined(setting, host, "second");
    await converse(host, second, three, "second");
  } else {
    await host.arrived(foos.length);
    await second.arrived(three.length);
    checkSame("Foos at ours", host.values, foos);
    checkSame("Bars at the second", second.values, barsFor(three, nodeIdUsual));
  }

  await second.kill();
  await host.finish();
  const refusals = host.incidents.filter(({ kind }) => kind === "peer-refused");
  checkIncidents(
    setting,
    { [setting.binder]: host },
    { [setting.binder]: refusals.map(({ kind }) => kind) },
  );
}
