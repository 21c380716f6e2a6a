/**
 * The demo: starts programs that know nothing of each other but the types of their messages, has
 * one come and go midway, and holds what was received against what was sent.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { type Audit, audit } from "./accounts/audit.ts";
import { countLines, sizeOf } from "./accounts/log.ts";
import { interruption } from "./launch/interruption.ts";
import { type DemoOptions, readOptions, usage } from "./launch/options.ts";
import { type Cast, play } from "./launch/play.ts";
import { ProgramFailure } from "./launch/program.ts";
import { type Role, Stage } from "./launch/stage.ts";
import { findSensors, type SensorsHere } from "./sensors/here.ts";
import { headingOf } from "./view/heading.ts";
import { type Line, lineText, showsColours } from "./view/line.ts";
import { showCursor } from "./view/live-screen.ts";
import { summaryOf } from "./view/summary.ts";

process.exitCode = await main();

/** Returns the exit status: 0 all has arrived, 1 it has not, 2 the options are wrong. */
async function main(): Promise<number> {
  let options: DemoOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (cause) {
    // So `parseArgs` refuses what it does not know.
    if (!(cause instanceof TypeError)) throw cause;
    console.error(`${cause.message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  try {
    const { complaints } = await run(options);
    return complaints.length === 0 ? 0 : 1;
  } catch (cause) {
    if (!(cause instanceof ProgramFailure)) throw cause;
    console.error(cause.message);
    return 1;
  }
}

/** @throws {ProgramFailure} (rejects) when a program fails, or is too slow; all are ended then. */
async function run({ forever, log }: DemoOptions): Promise<Audit> {
  const interrupting = interruption();
  const path = log === undefined ? await newLog() : resolve(log);
  const sizeBefore = await sizeOf(path);
  const here = await findSensors();
  const cast = castOf(here, path);
  print(headingOf(cast, here, forever));

  const stage = new Stage(role("hub", "hub"), () => interrupting.abort());
  // However this process ends, none of its children stays behind.
  process.once("exit", () => stage.clear());
  try {
    const { tallies, ledgers } = await play(stage, cast, {
      forever,
      interrupted: interrupting.signal,
    });
    const lines = await countLines(path, sizeBefore);
    const audited = audit(tallies, ledgers, { path, lines });
    print([[], ...summaryOf(audited), [`${path} has ${lines} new lines.`]]);
    return audited;
  } finally {
    stage.clear();
    // The watcher hides it, and may have ended in a way that left it hidden.
    if (process.stdout.isTTY) process.stdout.write(showCursor);
  }
}

function castOf(here: SensorsHere, log: string): Cast {
  return {
    sensors: [
      role("load", "sensor-load"),
      ...(here.network ? [role("network", "sensor-network")] : []),
      ...(here.temperature ? [role("temperature", "sensor-temperature")] : []),
    ],
    guest: role("memory", "sensor-memory"),
    derivers: [role("alerts", "alerts")],
    observers: [
      { ...role("logger", "logger"), args: ["--log", log] },
      { ...role("watcher", "watcher"), shows: true },
    ],
  };
}

function role(name: string, file: string): Role {
  return { name, file: new URL(`./${file}.js`, import.meta.url) };
}

async function newLog(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "plexo-demo-")), "messages.ndjson");
}

function print(lines: readonly Line[]): void {
  const options = { colours: showsColours(process.stdout), columns: Number.POSITIVE_INFINITY };
  for (const line of lines) console.log(lineText(line, options));
}
