import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { until } from "../../src/testing/until.ts";
import { randomPort } from "../support/random-port.ts";
import { RunningProgram } from "../support/running-program.ts";

// Each starts seven processes, beside which other tests run.
vi.setConfig({ testTimeout: 60_000 });

/** The system's folder for temporary files, as the demo sees it. */
let folder: string;
let running: RunningProgram | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plexo-"));
});

afterEach(() => {
  running?.kill();
  rmSync(folder, { recursive: true });
});

function startDemo(...args: readonly string[]): RunningProgram {
  const env = { TMPDIR: folder, TEMP: folder, TMP: folder };
  running = new RunningProgram("demo/main", args, env);
  return running;
}

describe("npm run demo -- --forever", () => {
  test.each([
    ["over multicast", ["--via", `multicast://239.255.0.0/16:${randomPort()}?interface=127.0.0.1`]],
    ["over sockets at paths", ["--via", "ipc"]],
    ["over TCP", ["--via", "tcp"]],
  ])("%s, ended by Ctrl-C: all has arrived, and no file is left", async (_, args) => {
    const demo = startDemo("--forever", ...args);
    await demo.prints("has joined");
    demo.kill("SIGINT");
    expect(await demo.ended).toContain(
      "All arrived, once each and in order, at everyone who takes it.",
    );
    expect(demo.complaints).toBe("");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("when it is killed its programs end, and remove its files", async () => {
    const demo = startDemo("--forever", "--via", "ipc");
    await demo.prints("has joined");
    demo.kill();
    // By then the watcher has ended, too, which prints to the same end.
    await expect(demo.ended).rejects.toThrow("SIGKILL");
    await until("its files are gone", () => readdirSync(folder).length === 0);
  });
});
