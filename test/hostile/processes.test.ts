/**
 * Processes of their own: peers that are killed, in the middle of a message and between messages, and
 * a listener that may open few files.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PairGanglion } from "../../src/ganglion/pair.ts";
import { until } from "../../src/testing/until.ts";
import { BuiltPackage } from "../support/built-package.ts";
import { incidentsOf } from "../support/pairs.ts";
import { greeting31 } from "../zmtp/recorder.ts";
import { claim, envelope, ready, subscribe } from "./frames.ts";
import { isOver, Scene, Stage, Text } from "./scene.ts";

let built: BuiltPackage;
beforeAll(() => {
  built = new BuiltPackage();
}, 120_000);
afterAll(() => built.remove());

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

class Mortal {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;

  /** @param filesMax How many files it may have open, sockets among them. */
  private constructor(args: readonly string[], filesMax?: number) {
    const program = [process.execPath, fileURLToPath(new URL("mortal.js", import.meta.url))];
    const limit = filesMax === undefined ? "" : `ulimit -n ${filesMax}; `;
    const child = spawn("sh", ["-c", `${limit}exec "$@"`, "sh", ...program, ...args], {
      env: { ...process.env, PLEXO: dirname(built.file("index.js")) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface(child.stdout).on("line", (line) => this.lines.push(line.trimEnd()));
    this.#process = child;
  }

  /** Resolves when it has begun. */
  static begin(...args: readonly (string | number)[]): Promise<Mortal> {
    return Mortal.beginWith(undefined, ...args);
  }

  static async beginWith(
    filesMax: number | undefined,
    ...args: readonly (string | number)[]
  ): Promise<Mortal> {
    const mortal = stage.keep(new Mortal(args.map(String), filesMax));
    await until("the process has begun", () => mortal.lines.length > 0);
    return mortal;
  }

  /** What it has told since it has begun. */
  get told(): readonly string[] {
    return this.lines.slice(1);
  }

  /** Resolves when nothing is left of it, and all that it had told is here. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await once(this.#process, "close");
  }

  close(): void {
    this.#process.kill("SIGKILL");
  }
}

describe.each([
  ["a pair", "pair", envelope(Text.name, "last words")],
  ["a publisher", "pubsub", subscribe("a.topic")],
] as const)("%s whose peer is killed", (_, kind, message) => {
  test("within a frame is told so, and serves the next one", async () => {
    const scene = await Scene.listening(stage, kind);
    const words = greeting31 + ready(scene.socketType) + message.slice(0, -2);
    const mortal = await Mortal.begin("say", portOf(scene), words);
    await mortal.kill();
    const { message: told } = await scene.incidents.next("connection-failed");
    const byteCount = message.length / 2;
    expect(told).toContain(`within a frame, after ${byteCount - 1} of ${byteCount} bytes`);
    await (await scene.friend()).exchange();
    expect(scene.victim.stats().dropped).toEqual({});
  });

  test("within a frame of which only the head was there is told so, too", async () => {
    const scene = await Scene.listening(stage, kind);
    const words = greeting31 + ready(scene.socketType) + claim(5_000n);
    const mortal = await Mortal.begin("say", portOf(scene), words);
    await mortal.kill();
    const { message: told } = await scene.incidents.next("connection-failed");
    expect(told).toContain("within a frame, after 9 of 5009 bytes");
    await (await scene.friend()).exchange();
  });

  test("between messages has what it sent, and serves the next one", async () => {
    const scene = await Scene.listening(stage, kind);
    const words = greeting31 + ready(scene.socketType) + message;
    const mortal = await Mortal.begin("say", portOf(scene), words);
    await mortal.kill();
    await (await scene.friend()).exchange();
    expect(scene.incidents.of("connection-failed")).toEqual([]);
  });
});

test("of a sender that is killed while it sends, all comes up to a point, and of the next one from the start", async () => {
  const scene = await Scene.listening(stage, "pair");
  const texts: string[] = [];
  scene.victim.react(Text, (text) => void texts.push(text.trimEnd()));
  for (let life = 0; life < 3; life++) {
    texts.length = 0;
    const mortal = await Mortal.begin("send", portOf(scene), 300_000);
    await until("something has come", () => texts.length >= 5);
    await mortal.kill();
    await until("it is gone", () => scene.victim.peerCount === 0);
    expect(texts).toEqual(texts.map((_, index) => String(index)));
  }
  expect(scene.victim.stats()).toMatchObject({ dropped: {} });
});

test("what a receiver had confirmed when it is killed has arrived, the rest is counted, and the next one gets what follows", async () => {
  const first = await Mortal.begin("receive", 0);
  const port = Number(first.lines[0]);
  const sender = stage.keep(
    new PairGanglion({
      connect: { host: "127.0.0.1", port },
      queue: { limit: 10_000 },
      retryMinMs: 5,
      retryMaxMs: 20,
    }),
  );
  const incidents = incidentsOf(sender);
  const sent: string[] = [];
  const send = async (): Promise<void> => {
    sent.push(String(sent.length));
    await sender.transmit(Text, String(sent.length - 1).padEnd(20_000));
  };
  await sender.ready(Text);
  while (first.told.length < 200) {
    await send();
    if (sent.length % 10 === 0) await sender.flush();
  }
  for (let count = 0; count < 300; count++) await send();
  await first.kill();
  for (let count = 0; count < 100; count++) await send();
  const second = await Mortal.begin("receive", port);
  await until("the last has come", () => second.told.at(-1) === sent.at(-1));

  const { unconfirmed = 0, ...others } = sender.stats().dropped;
  expect(others).toEqual({});
  expect(first.told).toEqual(sent.slice(0, first.told.length));
  expect(second.told).toEqual(sent.slice(-second.told.length));
  const confirmed = sent.length - second.told.length - unconfirmed;
  expect(confirmed).toBeGreaterThanOrEqual(200);
  expect(confirmed).toBeLessThanOrEqual(first.told.length);
  expect(incidents.of("dropped")).toEqual([
    expect.objectContaining({ reason: "unconfirmed", count: unconfirmed }),
  ]);
});

test("a listener whose process can open no more files serves whoever comes when it can again", async () => {
  const listener = await Mortal.beginWith(64, "receive", 0);
  const address = { host: "127.0.0.1", port: Number(listener.lines[0]) };
  const crowd = Array.from({ length: 200 }, () => connect(address));
  for (const socket of crowd) socket.on("error", () => {}).resume();
  // The system takes those that are too many, and Node lets go of them.
  await until("it lets go of some", () => crowd.some(isOver));
  const sender = stage.keep(new PairGanglion({ connect: address, retryMinMs: 5, retryMaxMs: 20 }));
  incidentsOf(sender);
  await sender.transmit(Text, "after the crowd");
  for (const socket of crowd) socket.destroy();
  await until("the text has come", () => listener.told.includes("after the crowd"));
  await sender.close();
  expect(sender.stats()).toMatchObject({ sent: 1, dropped: {} });
});

function portOf({ address }: Scene): number {
  if (address.port === undefined) throw new Error("it listens at a path");
  return address.port;
}
