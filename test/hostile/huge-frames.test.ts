/** Peers that announce more than is taken, or that do not send what they have announced. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PeerError } from "../../src/errors.ts";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import { turn } from "../../src/testing/until.ts";
import { first, incidentsOf } from "../support/pairs.ts";
import type { WirePeer } from "../zmtp/endpoints.ts";
import { bytesOf, greeting31 } from "../zmtp/recorder.ts";
import { claim, envelope, published, ready } from "./frames.ts";
import { type Node, type Options, receiveHandshake, Scene, Stage, Text } from "./scene.ts";

const mebibyte = 1024 * 1024;

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

interface Meeting {
  readonly victim: Node;
  /** In traffic with the victim. */
  readonly peer: WirePeer;
}

async function pair(options: Options = {}): Promise<Meeting> {
  const scene = await Scene.listening(stage, "pair", "tcp", options);
  return { victim: scene.victim, peer: await scene.inTraffic() };
}

/** The peer is a publisher that the victim listens to. */
async function subscriber(options: Options = {}): Promise<Meeting> {
  const { wire, address } = await stage.wireListener();
  const victim = stage.keep(new PubSubGanglion({ ...options, peers: [address], lingerMs: 50 }));
  const peer = await wire.peers.take();
  peer.send(greeting31 + ready("PUB"));
  await receiveHandshake(peer);
  return { victim, peer };
}

async function publisher(): Promise<Meeting> {
  const scene = await Scene.listening(stage, "pubsub");
  return { victim: scene.victim, peer: await scene.inTraffic() };
}

const limit = 64 * mebibyte;
const claims: readonly (readonly [string, bigint])[] = [
  ["2^63-1", 2n ** 63n - 1n],
  ["2^64-1", 2n ** 64n - 1n],
  ["2^40", 2n ** 40n],
  ["one more than the limit of", BigInt(limit + 1)],
];

describe.each([
  ["a pair", pair, claims, limit],
  ["a subscriber", subscriber, claims, limit],
  ["a publisher", publisher, [...claims, ["8 KiB and one", 8_193n] as const], 8_192],
] as const)("%s", (_, meet, claimed, bytesMax) => {
  test.each(claimed)(
    "gives up a peer that announces %s bytes, before it has sent any",
    async (_what, byteCount) => {
      const { victim, peer } = await meet();
      const incidents = incidentsOf(victim);
      const before = process.memoryUsage().arrayBuffers;
      peer.send(claim(byteCount));
      await peer.ended;
      peer.socket.destroy();
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(mebibyte);
      const { message, cause } = await incidents.next("connection-failed");
      expect(message).toMatch(
        new RegExp(`message frame of \\d+ bytes, at most ${bytesMax} taken$`),
      );
      expect(cause).toMatchObject({ details: { bodyByteCount: Number(byteCount), bytesMax } });
      expect(cause).toBeInstanceOf(PeerError);
    },
  );
});

const text = "x".repeat(2_000);
const enveloped = envelope(Text.name, text);
const longHeadBytes = 9;

describe.each([
  ["a pair", pair, enveloped, enveloped.length / 2 - longHeadBytes],
  ["a subscriber", subscriber, published(Text.name, text), text.length],
] as const)("%s", (_, meet, message, longestBodyBytes) => {
  test("takes memory for what has come of a long frame, not for what was announced", async () => {
    const { victim, peer } = await meet();
    const incidents = incidentsOf(victim);
    const before = process.memoryUsage().arrayBuffers;
    peer.send(claim(BigInt(limit)));
    for (let count = 0; count < 10; count++) {
      peer.send("00".repeat(10_000));
      await turn();
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * mebibyte);
    }
    peer.socket.end();
    expect((await incidents.next("connection-failed")).message).toMatch(
      /the peer ended the connection within a frame, after 100009 of 67108873 bytes$/,
    );
    expect(victim.stats()).toMatchObject({ received: 0, dropped: {} });
  });

  test("takes a message as long as the limit that comes byte by byte", async () => {
    const { victim, peer } = await meet({ messageBytesMax: longestBodyBytes });
    const arrives = first(victim, Text);
    peer.socket.setNoDelay(true);
    for (const [index, byte] of bytesOf(message).entries()) {
      peer.socket.write(Uint8Array.of(byte));
      if (index % 32 === 0) await turn();
    }
    expect(await arrives).toBe(text);
  });

  test("refuses one that is a byte longer", async () => {
    const bytesMax = longestBodyBytes - 1;
    const { victim, peer } = await meet({ messageBytesMax: bytesMax });
    const incidents = incidentsOf(victim);
    peer.send(message);
    await peer.ended;
    peer.socket.destroy();
    const failure = await incidents.next("connection-failed");
    expect(failure.message).toContain(
      `message frame of ${longestBodyBytes} bytes, at most ${bytesMax} taken`,
    );
    expect(victim.stats()).toMatchObject({ received: 0, dropped: {} });
  });
});
