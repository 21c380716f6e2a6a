/**
 * The demo: starts programs that know nothing of each other but the types of their messages, has
 * one come and go midway, and holds what was received against what was sent.
 */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { type Audit, audit } from "./accounts/audit.ts";
import { countLines, sizeOf } from "./accounts/log.ts";
import { interruption } from "./launch/interruption.ts";
import { type Meeting, onNetwork } from "./launch/meeting.ts";
import { Mesh, takesSockets } from "./launch/mesh.ts";
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

/**
 * Returns the exit status: 0 all has arrived, 1 it has not, 2 the options are wrong, 130 or so it was
 * interrupted before a program could heed that.
 */
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
  const interrupting = interruption();
  try {
    const { complaints } = await run(options, interrupting);
    return complaints.length === 0 ? 0 : 1;
  } catch (cause) {
    if (!(cause instanceof ProgramFailure)) throw cause;
    // The watcher, which has the terminal, gets a Ctrl-C as well, which ends it while it starts.
    if (interrupting.signal.aborted && cause.signal !== undefined && cause.signal !== "SIGKILL") {
      return 128 + constants.signals[cause.signal];
    }
    console.error(cause.message);
    return 1;
  }
}

/** @throws {ProgramFailure} (rejects) when a program fails, or is too slow; all are ended then. */
async function run(
  { forever, via, log }: DemoOptions,
  interrupting: AbortController,
): Promise<Audit> {
  const folder = await mkdtemp(join(tmpdir(), "plexo-demo-"));
  // However this process ends, neither files nor children stay behind.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = log === undefined ? join(folder, "messages.ndjson") : resolve(log);
  const sizeBefore = await sizeOf(path);
  const here = await findSensors();
  const cast = castOf(here, path);
  const meeting = await meetingFor(cast, { folder, via });
  print(headingOf(cast, here, meeting, { forever }));

  const stage = new Stage({ meeting, folder, unread: () => interrupting.abort() });
  process.prependOnceListener("exit", () => stage.clear());
  try {
    const { tallies, ledgers } = await play(stage, cast, {
      forever,
      interrupted: interrupting.signal,
    });
    const lines = await countLines(path, sizeBefore);
    const audited = audit(tallies, ledgers, { path, lines });
    print([[], ...summaryOf(audited), [logText(lines, log)]]);
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

async function meetingFor(
  { sensors, guest, derivers, observers }: Cast,
  { folder, via }: { readonly folder: string } & Pick<DemoOptions, "via">,
): Promise<Meeting> {
  if (via !== "ipc" && via !== "tcp") return onNetwork(via);
  const names = [...sensors, guest, ...derivers, ...observers].map(({ name }) => name);
  return via === "tcp" || !takesSockets(folder)
    ? await Mesh.atPorts(names)
    : Mesh.atPaths(names, folder);
}

function logText(lines: number, log: string | undefined): string {
  if (log !== undefined) return `${log} has ${lines} new lines.`;
  return `The logger has written ${lines} lines; --log FILE keeps them.`;
}

function print(lines: readonly Line[]): void {
  const options = { colours: showsColours(process.stdout), columns: Number.POSITIVE_INFINITY };
  for (const line of lines) console.log(lineText(line, options));
}
