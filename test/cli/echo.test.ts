import { Buffer } from "node:buffer";
import { type Ganglion, Plexus } from "plexo";
import { PairGanglion } from "plexo/pair";
import { afterEach, describe, expect, test } from "vitest";
import { TestShell } from "./shell.ts";

const open: Ganglion[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((ganglion) => ganglion.close()));
});

/** The other end of a pair, and the URL that connects to it. */
async function makePeer(): Promise<{ peer: PairGanglion; url: string }> {
  const peer = new PairGanglion({ bind: { host: "127.0.0.1", port: 0 } });
  open.push(peer);
  peer.on("incident", () => {});
  await peer.opened;
  return { peer, url: `pair://127.0.0.1:${peer.address.port}` };
}

async function transmit(from: Ganglion, topic: string, ...payloads: string[]): Promise<void> {
  await from.ready(topic, { receivers: 1 });
  for (const payload of payloads) await from.transmitRaw(topic, Buffer.from(payload));
}

function linesOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("plexo echo", () => {
  test("prints each message of its topics on a line, and ends after --count of them", async () => {
    const { peer, url } = await makePeer();
    const ended = new TestShell().run("echo", "a.B.json", "a.C.string_UTF-8", "--via", url, "-n3");
    await transmit(peer, "a.B.json", "1");
    await transmit(peer, "a.C.string_UTF-8", "one");
    await transmit(peer, "a.B.json", "{", "3", "4");
    const { exitCode, stdout } = await ended;
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/);
    const id = expect.stringMatching(/^[0-9a-f]{16}-\d+$/);
    expect(linesOf(stdout)).toEqual([
      { time, topic: "a.B.json", id, value: 1 },
      { time, topic: "a.C.string_UTF-8", id, value: "one" },
      { time, topic: "a.B.json", id, error: expect.stringMatching(/^not JSON: /), hex: "7b" },
    ]);
    expect(exitCode).toBe(0);
  });

  test("prints a message once, though topics and patterns overlap", async () => {
    const { peer, url } = await makePeer();
    const topics = ["a.B.json", "a.*.json", "a.>"];
    const ended = new TestShell().run("echo", ...topics, "--via", url, "--count", "3");
    await transmit(peer, "a.B.json", "1", "2", "3");
    expect(linesOf((await ended).stdout).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  test("listens on several transports, forwards nothing, and prints one message once", async () => {
    const one = await makePeer();
    const other = await makePeer();
    const args = ["--via", one.url, "--via", other.url, "--count", "2"];
    const ended = new TestShell().run("echo", "a.>", ...args);
    await Promise.all([one, other].map(({ peer }) => peer.ready("a.B.json", { receivers: 1 })));
    await transmit(one.peer, "a.B.json", "1");
    const both = new Plexus({ ganglia: [one.peer, other.peer] });
    open.push(both);
    both.on("incident", () => {});
    await transmit(both, "a.B.json", "2");
    expect(linesOf((await ended).stdout).map(({ value }) => value)).toEqual([1, 2]);
    expect([one.peer.stats().received, other.peer.stats().received]).toEqual([0, 0]);
  });

  test("refuses URLs that put its transports into different segments", async () => {
    const [one, other] = [await makePeer(), await makePeer()];
    const args = ["--via", one.url, "--via", `${other.url}?segment=x`];
    const { exitCode, stderr } = await new TestShell().run("echo", "a.>", ...args);
    expect(stderr).toMatch(/different segments: plexo echo, x; .* leave out segment=/);
    expect(exitCode).toBe(2);
  });

  test("takes the transport from PLEXO_VIA", async () => {
    const { peer, url } = await makePeer();
    const shell = new TestShell();
    shell.env["PLEXO_VIA"] = url;
    const ended = shell.run("echo", "a.>", "--count", "1");
    await transmit(peer, "a.B.json", "1");
    expect(await ended).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("ends with 0 when the time is over, and with 1 if --count was not reached", async () => {
    const { url } = await makePeer();
    const args = ["echo", "a.>", "--via", url, "--for", "1ms"];
    expect(await new TestShell().run(...args)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(await new TestShell().run(...args, "--count", "2")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "plexo: the time is over, and 0 of 2 messages have come\n",
    });
  });

  test("ends with 0 on Ctrl-C, and with 130 if --count was not reached", async () => {
    for (const [extra, exitCode] of [
      [[], 0],
      [["--count", "2"], 130],
    ] as const) {
      const { peer, url } = await makePeer();
      const shell = new TestShell();
      const ended = shell.run("echo", "a.>", "--via", url, ...extra);
      await peer.ready("a.B.json", { receivers: 1 });
      shell.interrupt();
      expect(await ended).toEqual({ exitCode, stdout: "", stderr: "" });
    }
  });

  test("ends with 1 when a transport cannot be opened", async () => {
    const { url } = await makePeer();
    const { exitCode, stderr } = await new TestShell().run("echo", "a.>", "--via", `${url}?bind`);
    expect(stderr).toMatch(/^plexo: .*EADDRINUSE.*\n$/);
    expect(exitCode).toBe(1);
  });

  test("says what goes wrong on standard error, unless it is to be quiet", async () => {
    for (const [extra, said] of [
      [[], /^plexo: .*a\.Other\.json/],
      [["--quiet"], /^$/],
    ] as const) {
      const { peer, url } = await makePeer();
      const args = ["echo", "a.B.json", "--via", url, "--count", "1", ...extra];
      const ended = new TestShell().run(...args);
      await transmit(peer, "a.Other.json", "1");
      await transmit(peer, "a.B.json", "1");
      const { stdout, stderr } = await ended;
      expect(linesOf(stdout)).toHaveLength(1);
      expect(stderr).toMatch(said);
    }
  });
});
