/** What happens between the two ends of a TCP pair, and what has to come of it. */
import { checkSame } from "./check-same.ts";
import { type Act, Encounter, nodeIdUsual, playerOf, type Setting } from "./encounter.ts";
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
  const oursSends = setting.sender === "ours";
  await using encounter = await Encounter.open(setting);
  const ours = await encounter.start(oursSends ? "sender" : "responder");
  const foos = foosOf(setting.form, 2 * messageCount);
  for (const life of [1, 2]) {
    const nodeId = `life ${life}`;
    const theirs = await encounter.start(oursSends ? "responder" : "sender", { nodeId });
    const half = foos.slice((life - 1) * messageCount, life * messageCount);
    if (oursSends) await converse(ours, theirs, half, nodeId);
    else await converse(theirs, ours, half, nodeIdUsual);
    await theirs.kill();
  }
  await ours.finish();
  checkSame("what ours got in all", [ours.values.length], [foos.length]);
  const lost = incidentsOf(ours).filter((incident) => !incident.startsWith("connection-"));
  checkSame("incidents of ours beside those of the connection", lost, []);
}

/** Foos go one way, Bars the other, between programs that may have talked before. */
async function converse(
  sender: Program,
  responder: Program,
  foos: readonly unknown[],
  nodeId: string,
): Promise<void> {
  const barsBefore = sender.values.length;
  const foosBefore = responder.values.length;
  for (const foo of foos) sender.tell({ foo });
  await responder.arrived(foosBefore + foos.length);
  await sender.arrived(barsBefore + foos.length);
  checkSame("Foos at the responder", responder.values.slice(foosBefore), foos);
  const bars = foos.map((foo) => barFor(foo, nodeId));
  checkSame("Bars at the sender", sender.values.slice(barsBefore), bars);
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
