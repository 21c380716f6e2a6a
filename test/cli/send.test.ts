import { Buffer } from "node:buffer";
import type { Ganglion } from "plexo";
import { PairGanglion } from "plexo/pair";
import { afterEach, describe, expect, test } from "vitest";
import { findFreePort } from "./command.ts";
import { makeDeafPeer } from "./deaf-peer.ts";
import { TestShell } from "./shell.ts";

const open: Ganglion[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((ganglion) => ganglion.close()));
});

interface Receiver {
  readonly peer: PairGanglion;
  readonly url: string;
  readonly got: string[];
  /** Resolves when so many messages have come. */
  readonly has: (count: number) => Promise<void>;
}

/** The other end of a pair, with what it receives, and the URL that connects to it. */
async function makeReceiver(port = 0): Promise<Receiver> {
  const peer = new PairGanglion({ bind: { host: "127.0.0.1", port } });
  open.push(peer);
  await peer.opened;
  const got: string[] = [];
  let look = (): void => {};
  peer.reactRaw("a.>", (bytes, { topic }) => {
    got.push(`${topic} ${Buffer.from(bytes).toString()}`);
    look();
  });
  const has = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (got.length >= count) resolve();
      };
      look();
    });
  return { peer, url: `pair://127.0.0.1:${peer.address.port}`, got, has };
}

function shellWith(input: string): TestShell {
  const shell = new TestShell();
  shell.stdin.end(input);
  return shell;
}

const done = { exitCode: 0, stdout: "", stderr: "" };

describe("plexo send", () => {
  test.each([
    ["a.B.json", ' {"n": 9007199254740993}\n\n[]', ['{"n": 9007199254740993}', "[]"]],
    ["a.B.string_UTF-8", "one\r\n\n {", ["one", "", " {"]],
    ["a.B.bytes", "6162\n\n7A\n", ["ab", "", "z"]],
  ])("sends the lines of standard input on %s as its codec says", async (topic, input, sent) => {
    const { url, got } = await makeReceiver();
    expect(await shellWith(input).run("send", topic, "--via", url)).toEqual(done);
    expect(got).toEqual(sent.map((payload) => `${topic} ${payload}`));
  });

  test("sends each line when it comes, and ends with 130 on Ctrl-C", async () => {
    const { url, got, has } = await makeReceiver();
    const shell = new TestShell();
    const ended = shell.run("send", "a.B.json", "--via", url);
    shell.stdin.write("1\n2\n3");
    await has(2);
    shell.interrupt();
    expect(await ended).toEqual({ ...done, exitCode: 130 });
    expect(got).toEqual(["a.B.json 1", "a.B.json 2"]);
  });

  test("sends more lines than its queue holds, all of them and in order", async () => {
    const { url, got } = await makeReceiver();
    const numbers = Array.from({ length: 5_000 }, (_, index) => String(index));
    const padding = " ".repeat(1_000);
    const input = numbers.map((number) => `[${number},${padding}0]\n`).join("");
    expect(await shellWith(input).run("send", "a.B.json", "--via", url)).toEqual(done);
    expect(got.map((line) => /\[(\d+)/.exec(line)?.[1])).toEqual(numbers);
  });

  test("stops with 1 at a bad line and names it; those before it are sent", async () => {
    const { url, got } = await makeReceiver();
    const outcome = await shellWith("1\n\n2\n{bad\n4\n").run("send", "a.B.json", "--via", url);
    expect(outcome.stderr).toMatch(/^plexo: line 4: not JSON: .*\n$/);
    expect(outcome.exitCode).toBe(1);
    expect(got).toEqual(["a.B.json 1", "a.B.json 2"]);
  });

  test("sends on each transport", async () => {
    const [one, other] = [await makeReceiver(), await makeReceiver()];
    await shellWith("1\n2\n").run("send", "a.B.json", "--via", one.url, "--via", other.url);
    expect([...one.got, ...other.got]).toEqual([1, 2, 1, 2].map((value) => `a.B.json ${value}`));
  });

  test("with no line to send needs no receiver", async () => {
    const url = "pair://127.0.0.1:0?bind";
    expect(await shellWith("\n").run("send", "a.B.json", "--via", url)).toEqual(done);
  });

  test("ends with 1 when no receiver comes in time, and says what to do", async () => {
    const args = ["send", "a.B.json", "--via", "pair://127.0.0.1:0?bind", "--wait", "1ms"];
    const { exitCode, stderr } = await shellWith("1\n").run(...args);
    expect(stderr).toMatch(/^plexo: no receiver for a\.B\.json within 1 ms; .*--wait.*\n$/);
    expect(exitCode).toBe(1);
  });

  test.each(["pair://127.0.0.1:1", "pair://127.0.0.1:0?bind", "pubsub://127.0.0.1:0"])(
    "with --wait 0 and no receiver on %s, ends soon and says how many were not handed over",
    async (url) => {
      const args = ["send", "a.B.json", "--via", url, "--wait", "0", "--quiet"];
      const startMs = performance.now();
      const { exitCode, stderr } = await shellWith("1\n2\n").run(...args);
      expect(stderr).toBe(
        "plexo: messages that were not handed over: 2; there was no receiver for a.B.json; " +
          "start one, or let --wait be longer\n",
      );
      expect(exitCode).toBe(1);
      expect(performance.now() - startMs).toBeLessThan(5_000);
    },
  );

  test("with --wait 0 and no receiver, ends soon with more lines than are queued", async () => {
    const args = ["send", "a.B.json", "--via", "pair://127.0.0.1:0?bind", "--wait", "0", "--quiet"];
    const { exitCode, stderr } = await shellWith("1\n".repeat(1_500)).run(...args);
    expect(stderr).toMatch(
      /^plexo: messages .*: 1001; there was no receiver .*\nplexo: line 1001: .* is full at 1000 /,
    );
    expect(exitCode).toBe(1);
  });

  test("with --wait 0 a receiver that is there, or comes meanwhile, gets everything", async () => {
    const { url, got } = await makeReceiver();
    const args = ["send", "a.B.json", "--via", url, "--wait", "0"];
    expect(await shellWith("1\n2\n").run(...args)).toEqual(done);
    const shell = new TestShell();
    const port = await findFreePort();
    const ended = shell.run(
      "send",
      "a.B.json",
      "--via",
      `pair://127.0.0.1:${port}`,
      ...args.slice(4),
      "-q",
    );
    shell.stdin.write("3\n");
    const late = await makeReceiver(port);
    await late.has(1);
    shell.stdin.end("4\n");
    expect(await ended).toEqual(done);
    expect([...got, ...late.got]).toEqual([1, 2, 3, 4].map((value) => `a.B.json ${value}`));
  });

  test("with --wait 0 and nothing to send ends with 0", async () => {
    const args = ["send", "a.B.json", "--via", "pair://127.0.0.1:0?bind", "--wait", "0"];
    expect(await shellWith("\n").run(...args)).toEqual(done);
  });

  test("ends with 130 on Ctrl-C while it waits for a receiver", async () => {
    const shell = shellWith("1\n");
    const ended = shell.run("send", "a.B.json", "--via", "pair://127.0.0.1:0?bind");
    shell.stdin.on("end", () => shell.interrupt());
    expect(await ended).toEqual({ ...done, exitCode: 130 });
  });

  test("ends with 1 when the connection breaks before the receiver has confirmed", async () => {
    const { port, hungUp } = await makeDeafPeer('"last"');
    const args = ["send", "a.B.json", "--via", `pair://127.0.0.1:${port}`, "--quiet"];
    const { exitCode, stderr } = await shellWith('1\n2\n"last"\n').run(...args);
    await hungUp;
    expect(stderr).toBe(
      "plexo: messages that were not handed over: 3 (3 unconfirmed); " +
        "the receiver was away or too slow, or refused the connection\n",
    );
    expect(exitCode).toBe(1);
  });

  test("tells someone at a terminal what it is about to do", async () => {
    const { url } = await makeReceiver();
    const shell = shellWith("1\n");
    shell.stdin.isTTY = true;
    const { exitCode, stderr } = await shell.run("send", "a.B.json", "--via", url);
    expect(stderr).toBe(
      "plexo: each line is sent as one message of a.B.json; Ctrl-D ends the input\n",
    );
    expect(exitCode).toBe(0);
  });
});
