/** Whatever a peer sends: a PeerError or nothing, never another error, and bounded memory. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  captured,
  greeting31,
  Recorder,
  readyOfOurs,
  readySub,
  slices,
} from "../../../test/zmtp/recorder.ts";
import { PeerError } from "../../errors.ts";
import { Session } from "./session.ts";
import type { SocketType } from "./socket-type.ts";

const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 });
interface Stream {
  /** The type of the socket that it reaches. */
  readonly to: SocketType;
  readonly bytes: Uint8Array;
}

const streams: readonly Stream[] = [
  { to: "PAIR", bytes: captured("zmtp-null-pair.json", "connector->listener") },
  { to: "PAIR", bytes: captured("zmtp-heartbeat.json", "connector->listener") },
  { to: "PAIR", bytes: bytesOf(`${greeting31 + readyOfOurs}0401000004070450494e470000000155`) },
  { to: "PUB", bytes: captured("zmtp-sub-to-31-publisher.json", "connector->listener") },
  { to: "PUB", bytes: captured("zmtp-sub-to-30-publisher.json", "connector->listener") },
];

interface Outcome {
  readonly notes: readonly unknown[];
  readonly sent: string;
  readonly error: string | undefined;
}

function feed({ to, bytes }: Stream, cutsIn: readonly number[]): Outcome {
  const recorder = new Recorder();
  const session = new Session({ socketType: to, bodyBytesMax: 10_000 }, recorder);
  session.start(0);
  let message: string | undefined;
  try {
    for (const piece of slices(bytes, cutsIn)) session.receive(piece, 0);
  } catch (error) {
    expect(error).toBeInstanceOf(PeerError);
    expect(session.state).toBe("closed");
    message = String(error);
  }
  return { notes: recorder.noted, sent: recorder.takeSent(), error: message };
}

describe("RFC 37, hostile peers", () => {
  test.each<[string, Stream]>([
    ["the start", { to: "PAIR", bytes: bytesOf("") }],
    ["the greeting", { to: "PAIR", bytes: bytesOf(greeting31) }],
    ["the handshake of a PAIR", { to: "PAIR", bytes: bytesOf(greeting31 + readyOfOurs) }],
    ["the handshake of a PUB", { to: "PUB", bytes: bytesOf(greeting31 + readySub) }],
  ])("random bytes after %s", (_, prefix) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (noise, cutsIn) => {
        feed({ to: prefix.to, bytes: Buffer.concat([prefix.bytes, noise]) }, cutsIn);
      }),
      { numRuns: 500 },
    );
  });

  test("flipped bytes of real streams end alike however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...streams),
        fc.array(fc.tuple(fc.nat(700), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
        cuts,
        (stream, flips, cutsIn) => {
          const bent = stream.bytes.slice();
          for (const [at, bits] of flips)
            bent[at % bent.length] = (bent[at % bent.length] ?? 0) ^ bits;
          const bentStream = { to: stream.to, bytes: bent };
          expect(feed(bentStream, cutsIn)).toEqual(feed(bentStream, [bent.length]));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("many claims of 64 MiB cost what has arrived", () => {
    const before = process.memoryUsage().arrayBuffers;
    const sessions = Array.from({ length: 40 }, () => {
      const session = new Session({ socketType: "PAIR" }, new Recorder());
      session.start(0);
      session.receive(bytesOf(`${greeting31 + readyOfOurs}020000000004000000aabb`), 0);
      return session;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 80_000);
    expect(sessions[0]?.end()?.message).toMatch(/after 11 of 67108873 bytes$/);
  });
});
