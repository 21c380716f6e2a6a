/** Peers that connect and say nothing, or hardly anything: the slow loris. */
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PairGanglion } from "../../src/ganglion/pair.ts";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import { until } from "../../src/testing/until.ts";
import { countOf, incidentsOf } from "../support/pairs.ts";
import { greeting31 } from "../zmtp/recorder.ts";
import { isOver, listeners, Scene, Stage, socketCount } from "./scene.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

/** Writes the bytes of a greeting from one to another, each by itself, on every socket. */
function dribble(sockets: readonly Socket[], from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const byte = Buffer.from(greeting31.slice(2 * at, 2 * at + 2), "hex");
    for (const socket of sockets) socket.write(byte);
  }
}

describe.each([
  ["a pair", "pair", "tcp", 1_024, {}],
  ["a publisher at a path", "pubsub", "ipc", 60, { subscribersMax: 60 }],
] as const)("%s that is full of connections at their handshake", (_, kind, over, max, options) => {
  test("lets a legitimate peer in after a second, not after thirty", async () => {
    const scene = await Scene.listening(stage, kind, over, options);
    const silent = await scene.crowd(max / 2);
    const slow = await scene.crowd(max / 2);
    dribble(slow, 0, 40);
    const friend = await scene.friend();
    dribble(slow, 40, 60);
    await friend.exchange();
    await until("one of the oldest gave way", () => silent.some(isOver));
    expect(slow.some(isOver)).toBe(false);
    const failures = scene.incidents.of("connection-failed").map(({ message }) => message);
    expect(failures).toContainEqual(
      expect.stringMatching(
        /^a connection with .+ failed: its handshake was not over after \d{4,} ms, and a newcomer needed its place: there are \d+ connections, and no more are allowed$/,
      ),
    );
  });

  test("flushes and closes without waiting for them", async () => {
    const scene = await Scene.listening(stage, kind, over, { lingerMs: 60_000 });
    await scene.crowd(20);
    dribble(await scene.crowd(20), 0, 60);
    dribble(await scene.crowd(20), 0, 64);
    await scene.victim.flush();
    await scene.victim.close();
    expect(scene.victim.stats()).toMatchObject({ sent: 0, received: 0, dropped: {} });
  });
});

test.each(listeners)("%s forgets those that come and go, however many", async (_, kind, over) => {
  const scene = await Scene.listening(stage, kind, over);
  const friend = await scene.friend();
  const before = socketCount();
  for (let round = 0; round < 3; round++) {
    for (const socket of await scene.crowd(100)) socket.destroy();
  }
  await friend.exchange();
  // It comes last, so when it is greeted all others have been taken.
  const last = await scene.hostile();
  await last.receive(1);
  last.socket.destroy();
  await until("no socket is left of them", () => socketCount() === before);
  await scene.victim.close();
  const failures = scene.incidents.of("connection-failed");
  expect(countOf(failures)).toBe(301);
  expect(failures.length).toBeLessThan(25);
});

test.each([
  ["a pair that connects", "pair"],
  ["a node that listens to a publisher", "pubsub"],
] as const)(
  "%s to one that says nothing is told once, and tries again and again",
  async (_, kind) => {
    const { wire, address } = await stage.wireListener();
    const times = { handshakeTimeoutMs: 20, retryMinMs: 1, retryMaxMs: 5 };
    const node = stage.keep(
      kind === "pair"
        ? new PairGanglion({ ...times, connect: address })
        : new PubSubGanglion({ ...times, peers: [address] }),
    );
    const incidents = incidentsOf(node);
    for (let count = 0; count < 4; count++) await wire.peers.take();
    expect(incidents.of("connection-failed").map(({ message }) => message)).toEqual([
      expect.stringMatching(/failed: 20 ms have passed before it sent anything$/),
    ]);
  },
);
