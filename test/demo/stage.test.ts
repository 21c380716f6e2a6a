import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { audit } from "../../demo/accounts/audit.ts";
import { Mesh } from "../../demo/launch/mesh.ts";
import { type Cast, play } from "../../demo/launch/play.ts";
import { ProgramFailure } from "../../demo/launch/program.ts";
import { type Role, Stage } from "../../demo/launch/stage.ts";

const file = new URL("puppet.js", import.meta.url);
const unread = vi.fn();
let stage: Stage;

function puppet(name: string, ...habits: string[]): Role {
  return { name, file, args: habits };
}

const names = ["tide", "load", "network", "memory", "alerts", "logger", "watcher", "absent"];

beforeEach(() => {
  unread.mockReset();
  stage = new Stage({ meeting: Mesh.atPaths(names, "/run/demo"), folder: "/run/demo", unread });
});

afterEach(() => stage.clear());

test("a program does its part and is gone", async () => {
  const program = stage.enter(puppet("tide", "ready"));
  await program.ready;
  expect(program.topics).toEqual(["dev.plexo.test.Tide.json"]);
  expect(await stage.leave(program)).toMatchObject({ receipts: [] });
});

test("a program is told how many receive what it may send, of those that are there", async () => {
  for (const name of ["logger", "watcher"]) await stage.enter(puppet(name, "ready")).ready;
  stage.enter(puppet("tide", "boasts"));
  await expect(stage.unlessFailing(new Promise(() => {}))).rejects.toThrow(
    '{"dev.plexo.test.Tide.json":2}',
  );
});

test("a program that crashes fails the play at once, by name and with its last words", async () => {
  stage.enter(puppet("tide", "crashes"));
  const failure = stage.unlessFailing(new Promise(() => {}));
  await expect(failure).rejects.toBeInstanceOf(ProgramFailure);
  await expect(failure).rejects.toThrow(
    /^tide ended before its time \(exit status 3\); it said:\nout of order: --via pubsub\+ipc:\/\/\/run\/demo\/tide\.sock\?peers=.* --folder \/run\/demo crashes$/,
  );
});

test("a program that is killed fails the play by name", async () => {
  const program = stage.enter(puppet("tide", "ready"));
  await program.ready;
  program.kill();
  await expect(stage.unlessFailing(program.report)).rejects.toThrow(
    "tide ended before its time (SIGKILL)",
  );
});

test.each(["fails", "says nothing"])("a program that %s at its end has failed", async (habit) => {
  const program = stage.enter(puppet("tide", "ready", habit));
  await program.ready;
  await expect(stage.leave(program)).rejects.toThrow(/^tide failed \(exit status [03]\)/);
});

test("a program that a signal ends fails the play with that signal", async () => {
  const program = stage.enter(puppet("tide", "is interrupted"));
  await expect(program.report).rejects.toMatchObject({ name: "ProgramFailure", signal: "SIGINT" });
});

test("a file that is not there is a program that ended before its time", async () => {
  const absent = { name: "absent", file: new URL("absent.js", import.meta.url) };
  stage.enter(absent);
  const failure = stage.unlessFailing(new Promise(() => {}));
  await expect(failure).rejects.toThrow(/^absent ended before its time/);
});

test("what is too slow is named, with who is still running", async () => {
  const program = stage.enter(puppet("tide", "ready", "stays"));
  await program.ready;
  await expect(stage.within(1, "the end", stage.leave(program))).rejects.toThrow(
    "the end took more than 1 ms; running: tide",
  );
});

test("nothing is started any more when all is over", () => {
  stage.clear();
  expect(() => stage.enter(puppet("tide", "ready"))).toThrow(
    "tide was not started: the play is over",
  );
});

test("whoever finds that nobody reads on tells the stage", async () => {
  const program = stage.enter(puppet("watcher", "unread", "ready"));
  await program.ready;
  await stage.leave(program);
  expect(unread).toHaveBeenCalledTimes(1);
});

test("who receives is told by the play what to wait for: senders end first", async () => {
  const cast: Cast = {
    sensors: [puppet("load", "ready", "sends"), puppet("network", "ready", "sends")],
    guest: puppet("memory", "ready", "sends"),
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
