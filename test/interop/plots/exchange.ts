/** Plots in which all goes well. */
import { checkSame } from "../check-same.ts";
import { otherAct, type Setting, takesPart } from "../encounter.ts";
import { foosOf } from "../foos.ts";
import type { Act } from "../peer.ts";
import { checkIncidents, incidentsOf, messageCount, talk } from "./conversation.ts";
import type { Plot } from "./plot.ts";

export const exchange: Plot = {
  column: "exchange",
  what: `${messageCount} Foo are answered by ${messageCount} Bar: each arrives once, in order, unchanged`,
  suits: (setting) =>
    // How a type is named without an alias, and with one, is the original's affair.
    setting.form !== "json-alias" || (takesPart("original", setting) && takesPart("ours", setting)),
  play: (setting) => exchangeFrom(setting, setting.binder),
};

export const early: Plot = {
  column: "early",
  what: "whoever connects starts first, and finds nobody for a while; then as in exchange",
  suits: (setting) =>
    setting.form === "json" &&
    takesPart("ours", setting) &&
    setting.sender.name !== setting.responder.name,
  play: (setting) => exchangeFrom(setting, otherAct(setting.binder)),
};

export const segments: Plot = {
  column: "segments",
  what: "each Foo is a message of several segments of Cap'n Proto; else as in exchange",
  suits: ({ transport, form, sender, responder }) =>
    transport === "pair" &&
    form === "json" &&
    sender.name === "rust" &&
    // The program on pyzmq reads one layout only.
    responder.name !== "pyzmq",
  play: (setting) => exchangeFrom(setting, setting.binder, { segments: "several" }),
};

/**
 * @param first Who starts first. A sender begins at once, whether the other end is there or not.
 * @param manner How each Foo is sent, for a sender that knows it.
 */
async function exchangeFrom(setting: Setting, first: Act, manner?: object): Promise<void> {
  const foos = foosOf(setting.form, messageCount);
  const told = foos.map((foo) => ({ foo, ...manner }));
  const ended = await talk(setting, { first, told, foos });
  checkIncidents(setting, ended);
  const connecting = otherAct(setting.binder);
  if (setting.transport === "pair" && setting[connecting].name === "ours") {
    // The same failure over and over is one incident.
    const wanted = first === connecting ? ["connection-failed"] : [];
    checkSame("incidents of ours, which connects", incidentsOf(ended[connecting]), wanted);
  }
}
