import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { audit } from "../../demo/accounts/audit.ts";
import { type Cast, play } from "../../demo/launch/play.ts";
import { Program, ProgramFailure } from "../../demo/launch/program.ts";
import { type Role, Stage } from "../../demo/launch/stage.ts";

// Each starts processes, and the machine may be busy.
vi.setConfig({ testTimeout: 20_000 });

const file = new URL("puppet.js", import.meta.url);
const unread = vi.fn();
let stage: Stage;

function puppet(name: string, ...habits: string[]): Role {
  return { name, file, args: habits };
}

beforeEach(() => {
  unread.mockReset();
  stage = new Stage(puppet("hub", "ready"), unread);
});

afterEach(() => {
  vi.restoreAllMocks();
  stage.clear();
});

test("a program is given its URL, does its part and is gone", async () => {
  const program = await stage.enter(puppet("tide", "ready", "sends"));
  expect(await program.ready).toEqual(["dev.plexo.test.Tide.json"]);
  const { tally } = await stage.leave(program);
  expect(tally?.sent).toEqual({ "dev.plexo.test.Tide.json": 1 });
  await stage.close();
});

test("a program that crashes fails the play at once, by name and with its last words", async () => {
  await stage.enter(puppet("tide", "crashes"));
  const failure = stage.unlessFailing(new Promise(() => {}));
  await expect(failure).rejects.toBeInstanceOf(ProgramFailure);
  await expect(failure).rejects.toThrow(
    /^tide ended before its time \(exit status 3\); it said:\nout of order: --via pair:.*for=tide crashes$/,
  );
});

test("a program that is killed fails the play by name", async () => {
  const program = await stage.enter(puppet("tide", "ready"));
  await program.ready;
  program.kill();
  await expect(stage.unlessFailing(program.report)).rejects.toThrow(
    "tide ended before its time (SIGKILL)",
  );
});

test("without its hub nothing can be played", async () => {
  const orphan = new Stage(puppet("hub", "crashes"), unread);
  const entering = orphan.enter(puppet("tide", "ready"));
  await expect(orphan.unlessFailing(entering)).rejects.toThrow("hub ended before its time");
  orphan.clear();
});

test.each(["fails", "says nothing"])("a program that %s at its end has failed", async (habit) => {
  const program = await stage.enter(puppet("tide", "ready", habit));
  await program.ready;
  await expect(stage.leave(program)).rejects.toThrow(/^tide failed \(exit status [03]\)/);
});

test("a file that is not there is a program that ended before its time", async () => {
  const absent = { name: "absent", file: new URL("absent.js", import.meta.url) };
  await stage.enter(absent);
  const failure = stage.unlessFailing(new Promise(() => {}));
  await expect(failure).rejects.toThrow(/^absent ended before its time/);
});

test("what is too slow is named, with who is still running", async () => {
  const program = await stage.enter(puppet("tide", "ready", "stays"));
  await program.ready;
  await expect(stage.within(1, "the end", stage.leave(program))).rejects.toThrow(
    "the end took more than 1 ms; running: hub, tide",
  );
});

test("a program whose seat comes when all is over is not started", async () => {
  const entering = stage.enter(puppet("tide", "ready"));
  // The hub goes on for a moment, and answers what it was asked before.
  vi.spyOn(Program.prototype, "kill").mockImplementationOnce(() => {});
  stage.clear();
  await expect(entering).rejects.toThrow("tide was not started: the play is over");
});

test("whoever finds that nobody reads on tells the stage", async () => {
  const program = await stage.enter(puppet("watcher", "unread", "ready"));
  await program.ready;
  await stage.leave(program);
  expect(unread).toHaveBeenCalledTimes(1);
});

test("who receives is told by the play what to wait for: senders end first", async () => {
  const cast: Cast = {
    sensors: [puppet("load", "sends"), puppet("network", "sends")],
    guest: puppet("memory", "sends"),
    derivers: [puppet("alerts", "ready")],
    observers: [puppet("logger", "ready"), puppet("watcher", "ready")],
  };
  const options = { forever: false, interrupted: AbortSignal.abort() };
  const { tallies, ledgers } = await play(stage, cast, options);
  expect(ledgers.map(({ receiver }) => receiver)).toEqual(["alerts", "logger", "watcher"]);
  // Interrupted before the guest could come.
  expect(tallies).toHaveLength(2);
  expect(audit(tallies, ledgers, { path: "log", lines: 2 }).complaints).toEqual([]);
});
