import { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import { TransportError } from "plexo";
import { PairGanglion } from "plexo/pair";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { SocketFolder } from "../support/socket-folder.ts";
import { BuiltCommand, findFreePort } from "./command.ts";

let command: BuiltCommand;
const open: PairGanglion[] = [];

beforeAll(() => {
  command = new BuiltCommand();
}, 120_000);

afterEach(async () => {
  await Promise.all(open.splice(0).map((ganglion) => ganglion.close()));
});

afterAll(() => command.remove());

async function makePeer(): Promise<{ peer: PairGanglion; url: string }> {
  const peer = new PairGanglion({
    bind: { host: "127.0.0.1", port: 0 },
    queue: { limit: 10 },
    sendHighWaterBytes: 1024,
  });
  open.push(peer);
  peer.on("incident", () => {});
  await peer.opened;
  return { peer, url: `pair://127.0.0.1:${peer.address.port}` };
}

const topic = "dev.plexo.test.N.json";

describe("the command plexo, as processes,", { timeout: 60_000 }, () => {
  test("sends what another prints, started before it or after", async () => {
    const url = `pair://127.0.0.1:${await findFreePort()}`;
    const before = command.start(["send", topic, "--via", url]);
    before.child.stdin.end('{"n":1}\n');
    await before.stderr.hasLines(1);
    expect(String(before.stderr)).toMatch(/ECONNREFUSED/);

    const echo = command.start(["echo", topic, "--via", `${url}?bind`, "--count", "3"]);
    await echo.stdout.hasLines(1);
    expect(await before.exitCode).toBe(0);

    const after = command.start(["send", topic, "--via", url]);
    after.child.stdin.end('{"n":2}\n{"n":3}');
    expect(await after.exitCode).toBe(0);
    expect(await echo.exitCode).toBe(0);
    const values = echo.stdout.lines.map((line) => (JSON.parse(line) as { value: unknown }).value);
    expect(values).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(String(echo.stderr)).toBe("");
  });

  test("meets over pub/sub, whoever is first", async () => {
    const publisher = `127.0.0.1:${await findFreePort()}`;
    const sendArgs = ["send", topic, "--via", `pubsub://${publisher}`];
    const echoArgs = ["echo", topic, "--via", `pubsub://127.0.0.1:0?peers=${publisher}`, "-n1"];
    const valueOf = (line = ""): unknown => (JSON.parse(line) as { value: unknown }).value;

    const echo = command.start(echoArgs);
    await echo.stderr.hasLines(1);
    expect(String(echo.stderr)).toMatch(/ECONNREFUSED/);
    const send = command.start(sendArgs);
    send.child.stdin.end('{"n":1}');
    expect([await send.exitCode, await echo.exitCode]).toEqual([0, 0]);
    expect(echo.stdout.lines.map(valueOf)).toEqual([{ n: 1 }]);

    const earlySend = command.start(sendArgs);
    earlySend.child.stdin.end('{"n":2}');
    const lateEcho = command.start(echoArgs);
    expect([await earlySend.exitCode, await lateEcho.exitCode]).toEqual([0, 0]);
    expect(lateEcho.stdout.lines.map(valueOf)).toEqual([{ n: 2 }]);
    expect(String(send.stderr) + String(earlySend.stderr)).toBe("");
  });

  test("meets at a path, which one that was killed leaves to the next", async () => {
    const folder = new SocketFolder();
    const url = `pair+ipc://${folder.path}/x.sock`;
    const echoArgs = ["echo", topic, "--via", `${url}?bind`];
    const sendLine = async (line: string): Promise<void> => {
      // Quiet about the time before there is somebody to connect to.
      const send = command.start(["send", topic, "--via", url, "--quiet"]);
      send.child.stdin.end(line);
      expect(await send.exitCode).toBe(0);
    };
    try {
      const killed = command.start(echoArgs);
      await sendLine("1");
      const surplus = command.start(echoArgs);
      expect(await surplus.exitCode).toBe(1);
      expect(String(surplus.stderr)).toBe(
        `plexo: cannot take connections at ${folder.path}/x.sock: in use by a listening process\n`,
      );
      killed.child.kill("SIGKILL");
      expect(await killed.exitCode).toBe(undefined);
      expect(folder.names).toEqual(["x.sock"]);

      const next = command.start([...echoArgs, "--count", "1"]);
      await sendLine("2");
      expect(await next.exitCode).toBe(0);
      expect(
        next.stdout.lines.map((line) => (JSON.parse(line) as { value: unknown }).value),
      ).toEqual([2]);
      expect(folder.names).toEqual([]);
    } finally {
      folder.remove();
    }
  });

  test("ends with 0 when its output is read no more", async () => {
    const { peer, url } = await makePeer();
    const echo = command.start(["echo", "dev.>", "--via", url]);
    await peer.ready(topic, { receivers: 1 });
    await peer.transmitRaw(topic, Buffer.from("1"));
    await echo.stdout.hasLines(1);
    echo.child.stdout.destroy();
    await peer.transmitRaw(topic, Buffer.from("2"));
    expect(await echo.exitCode).toBe(0);
    expect(String(echo.stderr)).toBe("");
  });

  test("slows down the sender when its output is read slowly, and loses nothing", async () => {
    const { peer, url } = await makePeer();
    const echo = command.start(["echo", "dev.>", "--via", url]);
    await peer.ready(topic, { receivers: 1 });
    echo.child.stdout.pause();
    const payload = Buffer.from(JSON.stringify("x".repeat(64 * 1024)));
    let sent = 0;
    const sendAll = async (): Promise<void> => {
      for (;;) {
        await peer.transmitRaw(topic, payload, { timeoutMs: 500 });
        sent += 1;
      }
    };
    await expect(sendAll()).rejects.toThrow(TransportError);
    echo.child.stdout.resume();
    await echo.stdout.hasLines(sent);
    expect(echo.stdout.lines).toHaveLength(sent);
    echo.child.kill("SIGINT");
    expect(await echo.exitCode).toBe(0);
  });

  test("ends cleanly on a signal: echo with 0, send with 128 and its number", async () => {
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const) {
      const [listening, sending] = [await makePeer(), await makePeer()];
      const echo = command.start(["echo", "dev.>", "--via", listening.url]);
      const send = command.start(["send", topic, "--via", sending.url]);
      await listening.peer.ready(topic, { receivers: 1 });
      await sending.peer.ready(topic, { receivers: 1 });
      echo.child.kill(signal);
      send.child.kill(signal);
      expect([await echo.exitCode, await send.exitCode]).toEqual([0, code]);
      expect(String(echo.stderr) + String(send.stderr)).toBe("");
    }
  });

  test("ends at a bad line, though its input goes on", async () => {
    const { url } = await makePeer();
    const send = command.start(["send", topic, "--via", url]);
    send.child.stdin.write("1\n2,\n");
    expect(await send.exitCode).toBe(1);
    expect(String(send.stderr)).toMatch(/^plexo: line 2: not JSON: .*\n$/);
  });

  test("ends without having read its input when it cannot begin", async () => {
    const { url } = await makePeer();
    const send = command.start(["send", topic, "--via", `${url}?bind`]);
    expect(await send.exitCode).toBe(1);
    expect(String(send.stderr)).toMatch(/^plexo: .*EADDRINUSE.*\n$/);
  });

  test.skipIf(!existsSync("/dev/full"))("ends with 1 when its output has no room", async () => {
    const { peer, url } = await makePeer();
    const echo = command.start(["echo", "dev.>", "--via", url], { stdout: "/dev/full" });
    await peer.ready(topic, { receivers: 1 });
    await peer.transmitRaw(topic, Buffer.from("1"));
    expect(await echo.exitCode).toBe(1);
    expect(String(echo.stderr)).toMatch(/^plexo: standard output cannot be written: ENOSPC.*\n$/);
  });

  test.skipIf(!existsSync("/dev/full"))("ends with 1 when the last line has no room", async () => {
    const { peer, url } = await makePeer();
    const args = ["echo", "dev.>", "--via", url, "--count", "1"];
    const echo = command.start(args, { stdout: "/dev/full" });
    await peer.ready(topic, { receivers: 1 });
    await peer.transmitRaw(topic, Buffer.from("1"));
    expect(await echo.exitCode).toBe(1);
    expect(String(echo.stderr)).toMatch(/^plexo: standard output cannot be written: ENOSPC.*\n$/);
  });

  test.skipIf(!existsSync("/dev/full"))("needs no room for nothing", async () => {
    const { url } = await makePeer();
    const args = ["echo", "dev.>", "--via", url, "--for", "1ms"];
    expect(await command.start(args, { stdout: "/dev/full" }).exitCode).toBe(0);
  });

  test.skipIf(!existsSync("/dev/full"))("ends with 1 when its help has no room", async () => {
    for (const args of [["--help"], ["help", "echo"], ["--version"]]) {
      const help = command.start(args, { stdout: "/dev/full" });
      expect(await help.exitCode).toBe(1);
      expect(String(help.stderr)).toMatch(/^plexo: standard output cannot be written: ENOSPC.*\n$/);
    }
  });

  test("shows no stack trace for a bug, unless PLEXO_DEBUG is set", async () => {
    // Waits until the command watches, then throws where nothing catches.
    const bug =
      "data:text/javascript,const timer = setInterval(() => {" +
      "if (process.listenerCount('uncaughtException') > 0) throw new Error('boom') }, 5)";
    const args = ["echo", "dev.>", "--via", "pair://127.0.0.1:0?bind"];
    const echo = command.start(args, { import: bug });
    expect(await echo.exitCode).toBe(1);
    expect(String(echo.stderr)).toMatch(/^plexo: a bug of plexo: Error: boom; PLEXO_DEBUG=1 .*\n$/);

    const debugged = command.start(args, { import: bug, env: { PLEXO_DEBUG: "1" } });
    expect(await debugged.exitCode).toBe(1);
    expect(String(debugged.stderr)).toMatch(/\nError: boom\n {4}at /);
  });
});
