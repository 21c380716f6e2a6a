import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers/promises";
import type { RawReactant } from "plexo";
import { PubSubGanglion, type TcpAddress } from "plexo/pubsub";
import { afterEach, describe, expect, test } from "vitest";
import { turn, until } from "../../src/testing/until.ts";
import { findFreePort } from "./command.ts";
import { TestShell } from "./shell.ts";

const open: PubSubGanglion[] = [];
const topic = "a.B.json";

afterEach(async () => {
  await Promise.all(open.splice(0).map((ganglion) => ganglion.close()));
});

async function makePublisher(): Promise<{ publisher: PubSubGanglion; place: string }> {
  const publisher = new PubSubGanglion({ bind: { host: "127.0.0.1", port: 0 } });
  open.push(publisher);
  await publisher.opened;
  const { host, port } = publisher.address as TcpAddress;
  return { publisher, place: `${host}:${port}` };
}

interface Subscriber {
  readonly subscriber: PubSubGanglion;
  /** Resolves when the publisher knows what it wants. */
  readonly ready: Promise<void>;
}

function makeSubscriber(port: number, reactant: RawReactant): Subscriber {
  const peer = { host: "127.0.0.1", port };
  const subscriber = new PubSubGanglion({ peers: [peer], retryMinMs: 1, retryMaxMs: 10 });
  open.push(subscriber);
  subscriber.on("incident", () => {});
  const { ready } = subscriber.reactRaw(topic, reactant);
  return { subscriber, ready };
}

/** A subscriber with what it has got. */
function makeReader(port: number): Subscriber & { readonly got: readonly string[] } {
  const got: string[] = [];
  const reader = makeSubscriber(port, (bytes) => got.push(Buffer.from(bytes).toString()));
  return { ...reader, got };
}

function valuesIn(stdout: string): unknown[] {
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => (JSON.parse(line) as { value: unknown }).value);
}

const done = { exitCode: 0, stdout: "", stderr: "" };

describe("plexo echo over pub/sub", () => {
  test.each(["--via", "PLEXO_VIA"])("listens to all peers in the URL, given by %s", async (how) => {
    const [one, other] = [await makePublisher(), await makePublisher()];
    const url = `pubsub://127.0.0.1:0?peers=${one.place},${other.place}`;
    const shell = new TestShell();
    if (how === "PLEXO_VIA") shell.env["PLEXO_VIA"] = url;
    const via = how === "--via" ? ["--via", url] : [];
    const ended = shell.run("echo", "a.>", ...via, "--count", "2");
    for (const [value, { publisher }] of [one, other].entries()) {
      await publisher.ready(topic, { receivers: 1 });
      await publisher.transmitRaw(topic, Buffer.from(`${value}`));
    }
    const { exitCode, stdout, stderr } = await ended;
    expect(new Set(valuesIn(stdout))).toEqual(new Set([0, 1]));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });
});

describe("plexo echo over pub/sub without peers", () => {
  test.each([
    ["pubsub://127.0.0.1:5570", "pubsub://127.0.0.1:0?peers=127.0.0.1:5570"],
    ["pubsub://[::1]?segment=lan", "pubsub://127.0.0.1:0?peers=[::1]"],
    ["pubsub+ipc:///run/x.sock", "pubsub+ipc:///run/x.sock.echo?peers=/run/x.sock"],
  ])("by %s would hear nothing, and says what would", async (url, right) => {
    expect(await new TestShell().run("echo", "a.>", "--via", url)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        `plexo: ${url} has no peers, and only they bring messages; ` +
        `to hear who publishes there: ${right}\n`,
    });
  });
});

describe("plexo send over pub/sub", { timeout: 30_000 }, () => {
  const shellWith = (input: string): TestShell => {
    const shell = new TestShell();
    shell.stdin.end(input);
    return shell;
  };

  test("waits for a subscriber, who gets all", async () => {
    const port = await findFreePort();
    const ended = shellWith("1\n2\n").run("send", topic, "--via", `pubsub://127.0.0.1:${port}`);
    const { got } = makeReader(port);
    expect(await ended).toEqual(done);
    expect(got).toEqual(["1", "2"]);
  });

  test("ends with 1 when nobody who listens wants the topic", async () => {
    const port = await findFreePort();
    const { subscriber } = makeReader(port);
    subscriber.reactRaw("a.Other.json", () => {});
    const args = ["send", "a.Third.json", "--via", `pubsub://127.0.0.1:${port}`, "--wait", "100ms"];
    expect(await shellWith("1\n").run(...args)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "plexo: no receiver for a.Third.json within 100 ms; start one, " +
        "or let --wait be longer (0 sends without waiting)\n",
    });
  });

  test("waits again when its subscriber has left, and loses nothing", async () => {
    const port = await findFreePort();
    const shell = new TestShell();
    const ended = shell.run("send", topic, "--via", `pubsub://127.0.0.1:${port}`);
    const first = makeReader(port);
    shell.stdin.write("1\n");
    await until("the first has its message", () => first.got.length === 1);
    await first.subscriber.close();
    await turn();
    shell.stdin.end("2\n3\n");
    const second = makeReader(port);
    expect(await ended).toEqual(done);
    expect(second.got).toEqual(["2", "3"]);
  });

  test("with --wait 0 says how many found nobody, though somebody came later", async () => {
    const port = await findFreePort();
    const shell = new TestShell();
    const args = ["--via", `pubsub://127.0.0.1:${port}`, "--wait", "0", "--quiet"];
    const ended = shell.run("send", topic, ...args);
    shell.stdin.write("1\n2\n");
    await until("they are read", () => shell.stdin.readableLength === 0);
    const { ready, got } = makeReader(port);
    await ready;
    shell.stdin.end("3\n");
    const { exitCode, stderr } = await ended;
    expect(got).toEqual(["3"]);
    expect(stderr).toBe(
      "plexo: messages that were not handed over: 2 (2 unclaimed); " +
        "the receiver was away or too slow, or refused the connection\n",
    );
    expect(exitCode).toBe(1);
  });

  test("waits for a subscriber that is slow, and loses nothing", async () => {
    const port = await findFreePort();
    const lines = Array.from({ length: 20_000 }, (_, index) => `[${index},"${"x".repeat(1_000)}"]`);
    const ended = shellWith(lines.join("\n")).run(
      "send",
      topic,
      "--via",
      `pubsub://127.0.0.1:${port}`,
    );
    let count = 0;
    makeSubscriber(port, async () => {
      count += 1;
      await setImmediate();
    });
    expect(await ended).toEqual(done);
    await until("it has them all", () => count === lines.length);
  });

  test("goes on when one of its subscribers has gone, and says what was lost with it", async () => {
    const port = await findFreePort();
    const shell = new TestShell();
    const ended = shell.run("send", topic, "--via", `pubsub://127.0.0.1:${port}`, "--quiet");
    const stuck = makeSubscriber(port, () => new Promise(() => {}));
    const reader = makeReader(port);
    await Promise.all([stuck.ready, reader.ready]);
    const lines = Array.from({ length: 20_000 }, (_, index) => `[${index},"${"x".repeat(1_000)}"]`);
    shell.stdin.end(lines.join("\n"));
    let [before, turnsWithout] = [0, 0];
    await until("nothing more comes", () => {
      turnsWithout = reader.got.length === before ? turnsWithout + 1 : 0;
      before = reader.got.length;
      return before > 0 && turnsWithout > 20;
    });
    await stuck.subscriber.close({ lingerMs: 0 });
    const { exitCode, stderr } = await ended;
    expect(reader.got).toEqual(lines);
    expect(stderr).toMatch(/^plexo: messages that were not handed over: \d+ \(.*\d+ unconfirmed\)/);
    expect(exitCode).toBe(1);
  });
});
