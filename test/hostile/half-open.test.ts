/** Peers that are gone and nobody has said so: a cable is cut, a host stands still. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Relay } from "../support/relay.ts";
import { envelope, ready, subscribe } from "./frames.ts";
import { listeners, Scene, Stage, Text } from "./scene.ts";

const heartbeat = { intervalMs: 30, timeoutMs: 150 };

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

test.each(listeners)(
  "%s and a peer of ours notice that the cable between them is cut, count what was under way, and meet again",
  async (_, kind, over) => {
    const scene = await Scene.listening(stage, kind, over, { heartbeat });
    const relay = stage.keep(await Relay.open(stage.place(over).path));
    relay.target = scene.address;
    const friend = await scene.friend({ heartbeat }, relay.address);
    await friend.exchange();
    await scene.victim.flush();
    relay.stall();
    for (let count = 0; count < 7; count++) await scene.victim.transmit(Text, scene.newText());
    expect((await friend.incidents.next("connection-failed")).message).toMatch(
      /nothing came from the peer for \d+ ms; the heartbeat time-out after a PING is 150 ms$/,
    );
    const loss = await scene.incidents.next("dropped");
    expect(loss).toMatchObject({ reason: "unconfirmed", count: 7, remote: expect.any(String) });
    await friend.served();
    await friend.exchange();
    expect(scene.victim.stats().dropped).toEqual({ unconfirmed: 7 });
    expect(friend.node.stats().dropped).toEqual({});
  },
);

describe("a peer that stops in the middle of a frame", () => {
  const half = (socketType: string): string => {
    const whole = socketType === "PAIR" ? envelope(Text.name, "text") : subscribe(Text.name);
    return whole.slice(0, 20);
  };

  test.each(listeners)(
    "is given up by %s by the heartbeat, if it is one of ours",
    async (_, kind, over) => {
      const scene = await Scene.listening(stage, kind, over, { heartbeat });
      const peer = await scene.inTraffic(ready(scene.socketType, "x.y"));
      peer.send(half(scene.socketType));
      await peer.ended;
      peer.socket.destroy();
      const { message } = await scene.incidents.next("connection-failed");
      expect(message).toMatch(/nothing came from the peer for \d+ ms/);
      await (await scene.friend()).exchange();
    },
  );

  test("loses the seat of a pair to whoever comes next, whatever it is", async () => {
    const scene = await Scene.listening(stage, "pair");
    const peer = await scene.inTraffic();
    peer.send(half("PAIR"));
    await (await scene.friend()).exchange();
    await peer.ended;
    const lost = scene.incidents.of("connection-lost");
    expect(lost.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^the peer at .+ was replaced by a newcomer$/),
    ]);
    expect(scene.victim.stats().dropped).toEqual({});
  });

  test("holds up no other subscriber of a publisher", async () => {
    const scene = await Scene.listening(stage, "pubsub");
    const peers = await Promise.all(Array.from({ length: 10 }, () => scene.inTraffic()));
    for (const peer of peers) peer.send(half("SUB"));
    const friend = await scene.friend();
    await expect(friend.exchange()).resolves.toBeUndefined();
  });
});

test.each(listeners)(
  "%s that a peer has half closed closes the other half",
  async (_, kind, over) => {
    const scene = await Scene.listening(stage, kind, over);
    const peer = await scene.inTraffic();
    peer.socket.end();
    await peer.closed;
    await (await scene.friend()).exchange();
    expect(scene.incidents.of("connection-failed")).toEqual([]);
  },
);
