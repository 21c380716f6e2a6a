import { expect, test } from "vitest";
import { randomPort } from "../support/random-port.ts";
import { TestShell } from "./shell.ts";

const topic = "a.B.json";

test("echo and send find each other by multicast, with no address in either", async () => {
  const PLEXO_VIA = `multicast://239.255.0.0/16:${randomPort()}?interface=127.0.0.1`;
  const [echo, send] = [new TestShell(), new TestShell()];
  echo.env["PLEXO_VIA"] = PLEXO_VIA;
  send.env["PLEXO_VIA"] = PLEXO_VIA;
  send.stdin.end("1\n2\n3\n");
  // Whichever is first waits for the other.
  const [sent, echoed] = await Promise.all([
    send.run("send", topic),
    echo.run("echo", topic, "--count", "3", "--for", "10s"),
  ]);
  expect(sent).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  const lines = echoed.stdout.trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { value: number }).value)).toEqual([1, 2, 3]);
  expect(echoed.stderr).toBe("");
});

test("echo with a pattern gets a topic from its first message on", async () => {
  const PLEXO_VIA = `multicast://239.255.0.0/16:${randomPort()}?interface=127.0.0.1`;
  const [echo, send] = [new TestShell(), new TestShell()];
  echo.env["PLEXO_VIA"] = PLEXO_VIA;
  send.env["PLEXO_VIA"] = PLEXO_VIA;
  const echoing = echo.run("echo", "a.>", "--count", "1", "--for", "10s");
  const sending = send.run("send", topic);
  send.stdin.end("7\n");
  const [echoed, sent] = await Promise.all([echoing, sending]);
  expect(JSON.parse(echoed.stdout)).toMatchObject({ topic, value: 7 });
  expect(sent).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});
