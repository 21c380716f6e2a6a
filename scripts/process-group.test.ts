import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runInGroup } from "./process-group.js";

const longMs = 60_000;

describe("the outcome of a command", () => {
  test("is undefined when it ends well", async () => {
    expect(await runInGroup("exit 0", longMs)).toBeUndefined();
  });

  test("tells the code it ended with", async () => {
    expect(await runInGroup("exit 3", longMs)).toBe("ended with code 3");
  });

  test("tells the signal that killed it", async () => {
    expect(await runInGroup("kill -9 $$", longMs)).toBe("ended with SIGKILL");
  });

  test("shows that it got no input", async () => {
    expect(await runInGroup("read line", longMs)).toBe("ended with code 1");
  });
});

describe("what a command leaves running", () => {
  // A process holds a connection for as long as it lives.
  let server: Server;
  let port: number;
  const connections: Socket[] = [];

  beforeEach(async () => {
    connections.length = 0;
    server = createServer((connection) => {
      connections.push(connection);
      // The peer's death shows as a reset or as an end, whichever the system makes of it.
      connection.on("error", () => {});
      connection.resume();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no TCP address");
    port = address.port;
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    server.close();
  });

  test("is killed when the command has ended", async () => {
    const child = `require("node:net").connect(${port}, "127.0.0.1").resume()`;
    const command = `
      const { spawn } = require("node:child_process");
      spawn(process.execPath, ["--eval", process.env.CHILD], { stdio: "ignore" }).unref();
      require("node:net").connect(${port}, "127.0.0.1").once("data", () => process.exit());`;
    vi.stubEnv("CHILD", child).stubEnv("COMMAND", command);
    const outcome = runInGroup(`"${process.execPath}" --eval "$COMMAND"`, longMs);
    while (connections.length < 2) await once(server, "connection");
    const closed = connections.map(closedOf);
    for (const connection of connections) connection.write("both are here");
    expect(await outcome).toBeUndefined();
    await Promise.all(closed);
  });

  test("is killed when its time is up", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.stubEnv("COMMAND", `require("node:net").connect(${port}, "127.0.0.1").resume()`);
    const outcome = runInGroup(`"${process.execPath}" --eval "$COMMAND"; true`, longMs);
    await once(server, "connection");
    const closed = connections.map(closedOf);
    vi.advanceTimersByTime(longMs);
    expect(await outcome).toBe("not done after 60 s");
    await Promise.all(closed);
  });
});

/** As `once` would be, but that a reset before the end rejects it. */
function closedOf(connection: Socket): Promise<void> {
  return new Promise((resolve) => {
    connection.once("close", () => resolve());
  });
}
