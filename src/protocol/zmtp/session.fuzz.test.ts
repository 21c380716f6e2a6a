/** Whatever a peer sends: a PeerError or nothing, never another error, and bounded memory. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  captured,
  greeting31,
  Recorder,
  readyOfOurs,
  slices,
} from "../../../test/zmtp/recorder.ts";
import { PeerError } from "../../errors.ts";
import { Session } from "./session.ts";

const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 });
const streams = [
  captured("zmtp-null-pair.json", "connector->listener"),
  captured("zmtp-heartbeat.json", "connector->listener"),
  bytesOf(`${greeting31 + readyOfOurs}0401000004070450494e470000000155`),
];
const prefixes = [new Uint8Array(0), bytesOf(greeting31), bytesOf(greeting31 + readyOfOurs)];

interface Outcome {
  readonly notes: readonly unknown[];
  readonly sent: string;
  readonly error: string | undefined;
}

function feed(stream: Uint8Array, cutsIn: readonly number[]): Outcome {
  const recorder = new Recorder();
  const session = new Session({ socketType: "PAIR", bodyBytesMax: 10_000 }, recorder);
  session.start(0);
  let message: string | undefined;
  try {
    for (const piece of slices(stream, cutsIn)) session.receive(piece, 0);
  } catch (error) {
    expect(error).toBeInstanceOf(PeerError);
    expect(session.state).toBe("closed");
    message = String(error);
  }
  return { notes: recorder.noted, sent: recorder.takeSent(), error: message };
}

describe("RFC 37, hostile peers", () => {
  test.each([
    ["the start", 0],
    ["the greeting", 1],
    ["the handshake", 2],
  ])("random bytes after %s", (_, prefix) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (noise, cutsIn) => {
        feed(Buffer.concat([prefixes[prefix] ?? noise, noise]), cutsIn);
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
          const bent = stream.slice();
          for (const [at, bits] of flips)
            bent[at % bent.length] = (bent[at % bent.length] ?? 0) ^ bits;
          expect(feed(bent, cutsIn)).toEqual(feed(bent, [bent.length]));
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
