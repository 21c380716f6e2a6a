/** Peers that send what does not belong where it comes: no ZMTP, another one, or broken frames. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PeerError } from "../../src/errors.ts";
import { PairGanglion, type StreamAddress } from "../../src/ganglion/pair.ts";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import { incidentsOf } from "../support/pairs.ts";
import type { WirePeer } from "../zmtp/endpoints.ts";
import { bytesOf, greeting31, slices, textHex } from "../zmtp/recorder.ts";
import { command, frame, ping, properties, ready } from "./frames.ts";
import { type Kind, listeners, Scene, Stage, Text } from "./scene.ts";

type Garbage = readonly [what: string, hex: string, why: RegExp];

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

const instead: readonly Garbage[] = [
  [
    "an HTTP request",
    textHex("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    /begins with 0x47, 0xff expected/,
  ],
  ["a TLS hello", `16030100c8010000c40303${"5a".repeat(190)}`, /begins with 0x16/],
  ["an SSH banner", textHex("SSH-2.0-OpenSSH_9.6\r\n"), /begins with 0x53/],
  ["zeros", "00".repeat(100), /begins with 0x00/],
  ["ZMTP 1.0", "0100", /speaks ZMTP 1.0/],
  ["a long signature of ZMTP 1.0", "ff0000000000000001" + "00", /octet 9 is 0x00/],
  ["ZMTP 2.0", "ff00000000000000017f01", /speaks ZMTP 2.0, 3.0 or later is needed/],
  ["mechanism PLAIN", greetingOf("PLAIN"), /mechanism "PLAIN", this end "NULL"/],
  ["mechanism CURVE", greetingOf("CURVE"), /mechanism "CURVE", this end "NULL"/],
  ["a mechanism of control characters", greetingOf("\x1b[2J"), /mechanism "\?\[2J"/],
];

function greetingOf(mechanism: string): string {
  return `ff00000000000000017f0301${textHex(mechanism).padEnd(40, "0")}${"00".repeat(32)}`;
}

function inHandshake(own: string): readonly Garbage[] {
  return [
    ["READY of a DEALER", ready("DEALER"), /the peer has socket type DEALER; \w+ takes/],
    ["READY of its own type's enemy", ready(own === "PAIR" ? "PUB" : "PAIR"), /socket type P/],
    ["READY without a type", command("READY"), /the peer has no socket type/],
    ["READY that is cut off", command("READY", bytesOf("0b536f")), /ends within the name at 0/],
    ["READY of 65 properties", command("READY", properties(65, 1)), /over 64 properties/],
    [
      "READY of 9 KiB",
      command("READY", properties(1, 9_000)),
      /command frame of \d+ bytes, at most 8192/,
    ],
    ["a message", frame("55"), /before the handshake was over: READY comes first/],
    ["PING", ping(), /command PING in the NULL handshake/],
    ["SUBSCRIBE", command("SUBSCRIBE"), /command SUBSCRIBE in the NULL handshake/],
    ["HELLO of PLAIN", command("HELLO", bytesOf("0161")), /command HELLO in the NULL handshake/],
    ["ERROR", command("ERROR", bytesOf("036e6f21")), /the peer refused the connection: no!/],
    ["ERROR that is cut off", command("ERROR", bytesOf("ff6e")), /claims a reason of 255 bytes/],
    ["a command of no name", "0400", /gives its name 0 bytes/],
    ["a command named by digits", "0403023132", /name "12" has other characters than letters/],
    ["a reserved flag", "08" + "00", /frame flags 0x08: bits 7-3 are reserved/],
  ];
}

function inTraffic(): readonly Garbage[] {
  return [
    ["a reserved flag", "f8" + "00", /frame flags 0xf8: bits 7-3 are reserved/],
    ["a command of two frames", "0503025049", /frame flags 0x05: a command has one frame/],
    [
      "a command of 8 KiB and a byte",
      "060000000000002001",
      /command frame of 8193 bytes, at most 8192/,
    ],
    ["a command of no name", "0401" + "00", /gives its name 0 bytes/],
    ["PING without its TTL", command("PING"), /PING with 0 bytes, at least 2 needed/],
    ["PING with a context of 17 bytes", command("PING", new Uint8Array(19)), /context of 17 bytes/],
    ["PONG with a context of 17 bytes", command("PONG", new Uint8Array(17)), /context of 17 bytes/],
    ["ERROR", command("ERROR", bytesOf("036e6f21")), /the peer refused the connection: no!/],
    ["an HTTP request", textHex("GET / HTTP/1.1\r\n\r\n"), /frame flags 0x47/],
  ];
}

describe.each(listeners.filter(([, , over]) => over === "tcp"))("%s", (_, kind) => {
  const own = kind === "pair" ? "PAIR" : "SUB";
  let scene: Scene;

  /** `peer` is ended, and told of by one incident; others are served as if nothing had been. */
  async function expectGivenUp(peer: WirePeer, why: RegExp): Promise<void> {
    const from = `127.0.0.1:${peer.socket.localPort}`;
    await peer.ended;
    peer.socket.destroy();
    const { message, remote, cause } = await scene.incidents.next("connection-failed");
    expect(message).toMatch(why);
    expect(message.startsWith(`a connection with ${from} failed: `)).toBe(true);
    expect([remote, cause]).toEqual([from, expect.any(PeerError)]);
    const friend = await scene.friend();
    await friend.exchange();
    expect(scene.incidents.of("connection-failed")).toHaveLength(1);
  }

  test.each(instead)(
    "gives up a peer that sends %s instead of a greeting",
    async (_what, hex, why) => {
      scene = await Scene.listening(stage, kind);
      const peer = await scene.hostile();
      peer.send(hex);
      await expectGivenUp(peer, why);
    },
  );

  test.each(inHandshake(own))(
    "gives up a peer that sends %s in the handshake",
    async (_what, hex, why) => {
      scene = await Scene.listening(stage, kind);
      const peer = await scene.hostile();
      peer.send(greeting31 + hex);
      await expectGivenUp(peer, why);
    },
  );

  test.each(inTraffic())("gives up a peer that sends %s in traffic", async (_what, hex, why) => {
    scene = await Scene.listening(stage, kind);
    const peer = await scene.inTraffic();
    peer.send(hex);
    await expectGivenUp(peer, why);
  });

  test("passes over commands that it does not know, and a second READY", async () => {
    scene = await Scene.listening(stage, kind);
    const peer = await scene.inTraffic();
    peer.send(command("LEAVE") + ready(own) + command("JOIN", new Uint8Array(8_000)));
    peer.send(ping(bytesOf("07")));
    expect(await peer.receive(8)).toBe(command("PONG", bytesOf("07")));
    expect(scene.incidents.of("connection-failed")).toEqual([]);
  });

  test("outlives whatever comes at whatever time, in whatever pieces", async () => {
    scene = await Scene.listening(stage, kind);
    const before = ["", greeting31, greeting31 + ready(own), greeting31 + ready(own, "x.y")];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...before),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1 }),
        async (start, garbage, lengths) => {
          const peer = await scene.hostile();
          const stream = Buffer.concat([bytesOf(start), garbage]);
          for (const piece of slices(stream, lengths)) peer.socket.write(piece);
          peer.socket.end();
          await peer.ended;
          peer.socket.destroy();
        },
      ),
      { numRuns: 60 },
    );
    const friend = await scene.friend();
    await friend.exchange();
  });
});

describe.each([
  ["a pair that connects", "pair"],
  ["a node that listens to a publisher", "pubsub"],
] as const)("%s", (_, kind) => {
  const peerType = kind === "pair" ? "PAIR" : "PUB";

  function connecting(address: StreamAddress): PairGanglion | PubSubGanglion {
    const prompt = { retryMinMs: 1, retryMaxMs: 5 };
    return kind === "pair"
      ? new PairGanglion({ ...prompt, connect: address })
      : new PubSubGanglion({ ...prompt, peers: [address] });
  }

  const inTime = [
    ...inHandshake(peerType).map(([what, hex, why]) => [what, greeting31 + hex, why] as const),
    ...instead,
  ];
  // Once there was traffic it has worked, and what fails then is told anew.
  const tooLate = inTraffic().map(
    ([what, hex, why]) => [what, greeting31 + ready(peerType) + hex, why] as const,
  );

  test.each([
    ...inTime.map((garbage) => [...garbage, 1] as const),
    ...tooLate.map((garbage) => [...garbage, 3] as const),
  ])(
    "that gets %s three times goes on trying, and works with who comes next",
    async (_what, hex, why, toldCount) => {
      const { wire, address } = await stage.wireListener();
      const victim = stage.keep(connecting(address));
      const incidents = incidentsOf(victim);
      for (let count = 0; count < 3; count++) {
        const peer = await wire.peers.take();
        peer.send(hex);
        await peer.ended;
        peer.socket.destroy();
      }
      await wire.peers.take();
      const failures = incidents.of("connection-failed");
      expect(failures).toHaveLength(toldCount);
      for (const { message } of failures) expect(message).toMatch(why);
      await wire.close();
      await isServed(victim, kind, address);
    },
  );
});

/** Something honest listens at `address` from now on, and what it sends arrives. */
async function isServed(
  victim: PairGanglion | PubSubGanglion,
  kind: Kind,
  address: StreamAddress,
): Promise<void> {
  const honest =
    kind === "pair" ? new PairGanglion({ bind: address }) : new PubSubGanglion({ bind: address });
  stage.keep(honest);
  const arrives = new Promise<string>((resolve) => {
    victim.react(Text, resolve);
  });
  await honest.ready(Text);
  await honest.transmit(Text, "honest");
  expect(await arrives).toBe("honest");
}
