/** What happens between the two ends of a TCP pair, and what has to come of it. */
import {
  type Act,
  checkSame,
  Encounter,
  nodeIdUsual,
  playerOf,
  type Setting,
} from "./encounter.ts";
import { barFor, foosOf, foosOfTheOriginalOnly, unreadablePayloads } from "./foos.ts";
import type { Program } from "./program.ts";

/** Of each type in a case. */
export const messageCount = 100;

/**
 * Every Foo arrives, every Bar comes back: once each, in order, unchanged.
 * @param first Who starts first. A sender begins at once, whether the other end is there or not.
 */
export async function exchange(setting: Setting, first: Act): Promise<void> {
  const foos = foosOf(setting.form, messageCount);
  const told = foos.map((foo) => ({ foo }));
  // Whoever connects first finds nobody; the same failure over and over is one incident.
  const oursFindsNobody = playerOf(first, setting) === "ours" && setting.binder === "theirs";
  const incidents = oursFindsNobody ? ["connection-failed"] : [];
  await talk(setting, { first, told, foos, incidents });
}

/** What is no Foo is dropped, and what follows arrives. Ours says what it has dropped. */
export async function unreadable(setting: Setting): Promise<void> {
  const toOurs = setting.sender === "theirs";
  const payloads = [
    ...unreadablePayloads(setting.form),
    ...(toOurs && setting.form !== "string" ? foosOfTheOriginalOnly : []),
  ];
  const foos = foosOf(setting.form, payloads.length);
  const told = foos.flatMap((foo, index) => [{ payload: hexOf(payloads[index]) }, { foo }]);
  const incidents = toOurs ? payloads.map(() => "dropped undecodable") : [];
  const first = setting.binder === setting.sender ? "sender" : "responder";
  await talk(setting, { first, told, foos, incidents });
}

/** The foreign peer dies and is started again while ours goes on: messages flow again. */
export async function restart(setting: Setting): Promise<void> {
  const [ourAct, theirAct]: [Act, Act] =
    setting.sender === "ours" ? ["sender", "responder"] : ["responder", "sender"];
  await using encounter = await Encounter.open(setting);
  const ours = await encounter.start(ourAct);
  const wantedOfOurs: unknown[] = [];
  const foos = foosOf(setting.form, 2 * messageCount);
  for (const life of [1, 2]) {
    const nodeId = `life ${life}`;
    const theirs = await encounter.start(theirAct, { nodeId });
    const half = foos.slice((life - 1) * messageCount, life * messageCount);
    const sender = ourAct === "sender" ? ours : theirs;
    for (const foo of half) sender.tell({ foo });
    const bars = half.map((foo) => barFor(foo, ourAct === "sender" ? nodeId : nodeIdUsual));
    const [wantedNow, wantedThere] = ourAct === "sender" ? [bars, half] : [half, bars];
    wantedOfOurs.push(...wantedNow);
    await ours.arrived(wantedOfOurs.length);
    await theirs.arrived(wantedThere.length);
    checkSame(`what they got in life ${life}`, theirs.values, wantedThere);
    await theirs.kill();
  }
  await ours.finish();
  checkSame("what ours got", ours.values, wantedOfOurs);
  const lost = incidentsOf(ours).filter((incident) => !incident.startsWith("connection-"));
  checkSame("incidents beside those of the connection", lost, []);
}

interface Talk {
  readonly first: Act;
  /** What the sender is told. */
  readonly told: readonly object[];
  /** What the responder gets, and answers. */
  readonly foos: readonly unknown[];
  /** What ours reports. */
  readonly incidents: readonly string[];
}

async function talk(setting: Setting, { first, told, foos, incidents }: Talk): Promise<void> {
  await using encounter = await Encounter.open(setting);
  const early = first === "responder" ? await encounter.start("responder") : undefined;
  const sender = await encounter.start("sender", { told });
  const responder = early ?? (await encounter.start("responder"));
  await responder.arrived(foos.length);
  await sender.arrived(foos.length);
  await sender.finish();
  await responder.finish();
  checkSame("Foos at the responder", responder.values, foos);
  const bars = foos.map((foo) => barFor(foo, nodeIdUsual));
  checkSame("Bars at the sender", sender.values, bars);
  const ours = setting.sender === "ours" ? sender : responder;
  checkSame("incidents of ours", incidentsOf(ours), incidents);
}

function incidentsOf({ incidents }: Program): readonly string[] {
  return incidents.map(({ kind, reason }) => (reason === undefined ? kind : `${kind} ${reason}`));
}

function hexOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("hex");
}
