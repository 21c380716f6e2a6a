/** What all plots are made of: programs that are started and talk, and what is checked of it. */
import { checkSame } from "../check-same.ts";
import { Encounter, nodeIdUsual, otherAct, type Setting } from "../encounter.ts";
import { barFor, probeOf } from "../foos.ts";
import type { Act } from "../peer.ts";
import type { Program } from "../program.ts";

/** Of each type in a case. */
export const messageCount = 100;

const probeIntervalMs = 20;
let probeCount = 0;

interface Talk {
  /** Who starts first. */
  readonly first: Act;
  /** What the sender is told. */
  readonly told: readonly object[];
  /** What the responder gets, and answers. */
  readonly foos: readonly unknown[];
  /** See `Encounter.start`. */
  readonly subscribe?: string | undefined;
}

/** The two ends of a case, which have ended. */
export type Ended = Readonly<Record<Act, Program>>;

/** One sender and one responder from start to end: Foos go one way, Bars the other. */
export async function talk(setting: Setting, talking: Talk): Promise<Ended> {
  const { first, told, foos, subscribe } = talking;
  await using encounter = await Encounter.open(setting);
  const startResponder = (): Promise<Program> => encounter.start("responder", { subscribe });
  const early = first === "responder" ? await startResponder() : undefined;
  const sender = await encounter.start("sender");
  // What a pair cannot deliver yet it keeps. What is published to nobody is gone.
  if (setting.transport === "pair") sender.tell(...told);
  const responder = early ?? (await startResponder());
  if (setting.transport === "pubsub") {
    await joined(setting, sender);
    sender.tell(...told);
  }
  await responder.arrived(foos.length);
  await sender.arrived(foos.length);
  const ended = { sender, responder };
  // Whoever connects would try again if the other one were gone before.
  await ended[otherAct(setting.binder)].finish();
  await ended[setting.binder].finish();
  checkSame("Foos at the responder", responder.values, foos);
  checkSame("Bars at the sender", sender.values, barsFor(foos, nodeIdUsual));
  return ended;
}

/** Foos go one way, Bars the other, between programs that may have talked before and go on. */
export async function converse(
  sender: Program,
  responder: Program,
  foos: readonly unknown[],
  nodeId: string = nodeIdUsual,
): Promise<void> {
  const barsBefore = sender.values.length;
  const foosBefore = responder.values.length;
  sender.tell(...foos.map((foo) => ({ foo })));
  await responder.arrived(foosBefore + foos.length);
  await sender.arrived(barsBefore + foos.length);
  checkSame("Foos at the responder", responder.values.slice(foosBefore), foos);
  checkSame("Bars at the sender", sender.values.slice(barsBefore), barsFor(foos, nodeId));
}

/** Resolves when Foos of `sender` get to the responder with this id, and its Bars get back. */
export async function joined(
  { form }: Setting,
  sender: Program,
  nodeId: string = nodeIdUsual,
): Promise<void> {
  probeCount += 1;
  const probe = probeOf(form, probeCount);
  const ask = (): void => sender.tell({ foo: probe });
  ask();
  const timer = setInterval(ask, probeIntervalMs);
  try {
    await sender.probed(barFor(probe, nodeId));
  } finally {
    clearInterval(timer);
  }
}

export function barsFor(foos: readonly unknown[], nodeId: string): readonly unknown[] {
  return foos.map((foo) => barFor(foo, nodeId));
}

/**
 * Checks what the ends report that are ours, but for what is said of connections, and of what was
 * published while nobody listened: probes, and answers to them.
 */
export function checkIncidents(
  setting: Setting,
  programs: Partial<Readonly<Record<Act, Program>>>,
  wanted: Partial<Readonly<Record<Act, readonly string[]>>> = {},
): void {
  for (const act of ["sender", "responder"] as const) {
    const program = programs[act];
    if (setting[act].name !== "ours" || program === undefined) continue;
    const others = incidentsOf(program).filter(
      (each) =>
        !each.startsWith("connection-") &&
        !(setting.transport === "pubsub" && each === "dropped unclaimed"),
    );
    checkSame(`incidents of ours, the ${act}`, others, wanted[act] ?? []);
  }
}

export function incidentsOf({ incidents }: Program): readonly string[] {
  return incidents.map(({ kind, reason }) => (reason === undefined ? kind : `${kind} ${reason}`));
}
