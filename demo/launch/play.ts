/** The play: who comes when, and who goes when. */
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { Ledger } from "../accounts/audit.ts";
import type { Tally } from "../types.ts";
import type { Program } from "./program.ts";
import type { Report } from "./protocol.ts";
import type { Role, Stage } from "./stage.ts";

export interface Cast {
  readonly sensors: readonly Role[];
  /** The sensor that comes midway, and goes before the end. */
  readonly guest: Role;
  /** Who receives, and sends what it makes of that. */
  readonly derivers: readonly Role[];
  /** Who only receives. */
  readonly observers: readonly Role[];
}

export interface PlayOptions {
  /** Goes on until it is interrupted. */
  readonly forever: boolean;
  /** Ends it early, but in good order. */
  readonly interrupted: AbortSignal;
}

/** What everybody says of it afterwards. */
export interface Outcome {
  readonly tallies: readonly Tally[];
  readonly ledgers: readonly Ledger[];
}

// 7 s of show; 19 s in all where programs are as slow to come and to go as they may.
const openingMsMax = 7_000;
const beforeGuestMs = 2_500;
const guestMs = 2_500;
const afterGuestMs = 2_000;
const closingMsMax = 5_000;

/** @throws {ProgramFailure} (rejects) when a program fails, or is too slow. */
export async function play(stage: Stage, cast: Cast, options: PlayOptions): Promise<Outcome> {
  const company = await stage.within(openingMsMax, "the start", open(stage, cast));
  const guests = await stage.unlessFailing(show(stage, cast.guest, options));
  return await stage.within(closingMsMax, "the end", close(stage, company, guests));
}

interface Company {
  readonly derivers: readonly Program[];
  readonly observers: readonly Program[];
  readonly sensors: readonly Program[];
}

/** Receivers before senders: who comes is told how many receive, and waits for as many. */
async function open(stage: Stage, cast: Cast): Promise<Company> {
  const observers = await enter(stage, cast.observers);
  const derivers = await enter(stage, cast.derivers);
  const sensors = await enter(stage, cast.sensors);
  return { derivers, observers, sensors };
}

/** Resolves when all of them take part. */
async function enter(stage: Stage, roles: readonly Role[]): Promise<Program[]> {
  const programs = roles.map((role) => stage.enter(role));
  await Promise.all(programs.map(({ ready }) => ready));
  return programs;
}

/** Returns the reports of the guests, which they give as they go. */
async function show(
  stage: Stage,
  guest: Role,
  { forever, interrupted }: PlayOptions,
): Promise<Promise<Report>[]> {
  const reports: Promise<Report>[] = [];
  const host = async (stayMs?: number): Promise<void> => {
    const program = stage.enter(guest);
    await stage.within(openingMsMax, `the start of ${guest.name}`, program.ready);
    await pause(interrupted, stayMs);
    const report = stage.leave(program);
    // It is awaited at the end; until then a failure is heard of through the stage.
    report.catch(() => {});
    reports.push(report);
  };
  if (!(await pause(interrupted, beforeGuestMs))) return reports;
  await host(guestMs);
  if (!(await pause(interrupted, afterGuestMs))) return reports;
  if (forever) await host();
  return reports;
}

/** Waits for `ms`, or for ever. False when `interrupted` ended the wait. */
async function pause(interrupted: AbortSignal, ms?: number): Promise<boolean> {
  if (interrupted.aborted) return false;
  try {
    if (ms === undefined) await once(interrupted, "abort");
    else await setTimeout(ms, undefined, { signal: interrupted });
  } catch (cause) {
    if (!interrupted.aborted) throw cause;
  }
  return !interrupted.aborted;
}

/** Senders go first, so that receivers can be told what to wait for; who is both goes in between. */
async function close(
  stage: Stage,
  { derivers, observers, sensors }: Company,
  guests: readonly Promise<Report>[],
): Promise<Outcome> {
  const going = [...guests, ...sensors.map((sensor) => stage.leave(sensor))];
  const tallies = (await Promise.all(going)).flatMap(({ tally }) => tally ?? []);
  const ledgers: Ledger[] = [];
  for (const receivers of [derivers, observers]) {
    const reports = await Promise.all(
      receivers.map((each) => leaveWithLedger(stage, each, tallies)),
    );
    tallies.push(...reports.flatMap(({ tally }) => tally ?? []));
    ledgers.push(...reports.map(({ ledger }) => ledger));
  }
  return { tallies, ledgers };
}

async function leaveWithLedger(
  stage: Stage,
  program: Program,
  tallies: readonly Tally[],
): Promise<{ readonly tally?: Tally; readonly ledger: Ledger }> {
  const { receipts = [], ...rest } = await stage.leave(program, tallies);
  return { ...rest, ledger: { receiver: program.name, topics: program.topics, receipts } };
}
