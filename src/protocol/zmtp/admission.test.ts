/** Who is let in, and when: sessions whose owner decides. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  greeting31,
  hexOf,
  Recorder,
  readyOfOurs,
  readyPair,
  slices,
  textHex,
} from "../../../test/zmtp/recorder.ts";
import { PeerError, TransportError } from "../../errors.ts";
import { encodeGreeting } from "./greeting.ts";
import { Session, type SessionOptions } from "./session.ts";

const ownGreeting = hexOf(encodeGreeting("NULL"));
const pairPeer = expect.objectContaining({ socketType: "PAIR", plexo: undefined });
const byOwner = { socketType: "PAIR", admission: "by owner" } as const;

function started(options: Partial<SessionOptions> = {}): { session: Session; recorder: Recorder } {
  const recorder = new Recorder();
  const session = new Session({ ...byOwner, ...options }, recorder);
  session.start(0);
  return { session, recorder };
}

/** A session whose peer has sent greeting, READY and perhaps more, and was not let in. */
function knocking(
  behind = "",
  options: Partial<SessionOptions> = {},
  ready = readyPair,
): { session: Session; recorder: Recorder } {
  const { session, recorder } = started(options);
  session.receive(bytesOf(greeting31 + ready + behind), 10);
  expect(recorder.takeSent()).toBe(ownGreeting);
  return { session, recorder };
}

describe("RFC 37, The NULL Security Mechanism: READY of an end whose owner lets peers in", () => {
  test("waits for the owner, who is told when the greetings are exchanged, and when the peer is known", () => {
    const { session, recorder } = started();
    session.receive(bytesOf(greeting31.slice(0, 126)), 0);
    expect(recorder.noted).toEqual([]);
    session.receive(bytesOf(greeting31.slice(126)), 0);
    expect(recorder.noted).toEqual([{ kind: "knocks", peer: undefined }]);
    session.receive(bytesOf(readyPair), 0);
    expect(recorder.noted.slice(1)).toEqual([{ kind: "knocks", peer: pairPeer }]);
    expect([recorder.takeSent(), session.state]).toEqual([ownGreeting, "knocking"]);
  });

  test("goes out before the peer's if the owner admits at once: a peer may wait for ours", () => {
    const { session, recorder } = started();
    recorder.onKnock = () => session.admit(0);
    session.receive(bytesOf(greeting31), 0);
    expect([recorder.takeSent(), session.state]).toEqual([ownGreeting + readyPair, "handshake"]);
    session.receive(bytesOf(`${readyPair}000155`), 0);
    expect(recorder.noted).toEqual([
      { kind: "knocks", peer: undefined },
      { kind: "ready", peer: pairPeer },
      { kind: "frame", body: "55", more: false },
    ]);
  });

  test("goes out before the peer's also if the owner admits later", () => {
    const { session, recorder } = started();
    session.receive(bytesOf(greeting31), 0);
    session.admit(500);
    expect(recorder.takeSent()).toBe(ownGreeting + readyPair);
    session.receive(bytesOf(readyPair), 600);
    expect(session.state).toBe("traffic");
  });

  test("an owner who admits before the greetings are exchanged is not asked", () => {
    const { session, recorder } = started();
    session.admit(0);
    session.receive(bytesOf(greeting31 + readyPair), 0);
    expect(recorder.takeSent()).toBe(ownGreeting + readyPair);
    expect(recorder.noted).toEqual([{ kind: "ready", peer: pairPeer }]);
  });

  test("to admit twice, or after the close, does nothing", () => {
    const { session, recorder } = knocking("000155");
    session.admit(20);
    session.admit(20);
    expect([recorder.takeSent(), recorder.frames]).toEqual([readyPair, ["55"]]);
    const closed = knocking("000155");
    closed.session.close();
    closed.session.admit(20);
    expect([closed.recorder.takeSent(), closed.recorder.frames]).toEqual(["", []]);
  });
});

describe("what comes behind the READY of a peer that is not let in", () => {
  test("is kept, and handed over after `ready` when it is", () => {
    const { session, recorder } = knocking("000101");
    expect(session.isReading).toBe(false);
    session.receive(bytesOf("010102" + "0001"), 20);
    session.receive(bytesOf("03"), 30);
    expect(recorder.frames).toEqual([]);
    session.admit(40);
    expect(session.isReading).toBe(true);
    expect(recorder.noted.slice(2)).toEqual([
      { kind: "ready", peer: pairPeer },
      { kind: "frame", body: "01", more: false },
      { kind: "frame", body: "02", more: true },
      { kind: "frame", body: "03", more: false },
    ]);
  });

  test("is let go when the peer is refused", () => {
    const { session, recorder } = knocking("000101");
    session.refuse("taken");
    session.admit(20);
    expect(recorder.frames).toEqual([]);
  });

  test("stays where it is if the owner pauses meanwhile, and is not let loose by `resume` alone", () => {
    const { session, recorder } = knocking("000101");
    session.resume(20);
    expect([recorder.frames, session.isReading]).toEqual([[], false]);
    session.pause();
    session.admit(30);
    expect([recorder.frames, session.isReading, session.state]).toEqual([[], false, "traffic"]);
    session.resume(40);
    expect([recorder.frames, session.isReading]).toEqual([["01"], true]);
  });

  test("is refused when let in, if it breaks a rule", () => {
    const { session } = knocking("0800");
    expect(() => session.admit(20)).toThrow(PeerError);
    expect(session.state).toBe("closed");
  });

  test("arrives alike, however the stream is cut and whenever the peer is let in", () => {
    const stream = bytesOf(`${greeting31 + readyOfOurs}000101010102040504504f4e47000103`);
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(cuts, fc.nat(130), (cutsIn, admittedAt) => {
        const { session, recorder } = started();
        const pieces = slices(stream, cutsIn);
        for (const [index, piece] of pieces.entries()) {
          if (index === admittedAt) session.admit(0);
          if (index < admittedAt) expect(recorder.frames).toEqual([]);
          session.receive(piece, 0);
        }
        session.admit(0);
        expect(recorder.noted.filter(({ kind }) => kind !== "knocks")).toEqual([
          { kind: "ready", peer: expect.anything() },
          { kind: "frame", body: "01", more: false },
          { kind: "frame", body: "02", more: true },
          { kind: "pong", context: "" },
          { kind: "frame", body: "03", more: false },
        ]);
        expect(recorder.takeSent()).toBe(ownGreeting + readyPair);
      }),
    );
  });
});

describe("time and ends before the peer is let in", () => {
  test("the handshake time-out holds, and says who was waited for", () => {
    const { session } = knocking("", { handshakeTimeoutMs: 700 });
    expect(session.deadlineMs).toBe(700);
    session.wake(699);
    expect(() => session.wake(700)).toThrow("700 ms have passed before this end had let it in");
    expect(session.state).toBe("closed");
  });

  test("heartbeats begin when it is let in", () => {
    const heartbeat = { intervalMs: 500, timeoutMs: 800, ttlMs: 0 };
    const { session, recorder } = knocking("", { heartbeat });
    session.ping(100);
    expect([recorder.takeSent(), session.deadlineMs]).toEqual(["", 30_000]);
    session.admit(2_000);
    expect(session.deadlineMs).toBe(2_500);
  });

  test("the peer's end is no proper one", () => {
    const error = knocking().session.end();
    expect(error).toBeInstanceOf(TransportError);
    expect(error?.message).toBe("the peer ended the connection before this end had let it in");
  });

  test("refused, a peer of ours is told why; another one is left to try again", () => {
    const ours = knocking("", {}, readyOfOurs);
    ours.session.refuse("taken");
    expect(ours.recorder.takeSent()).toBe(`040c054552524f5205${textHex("taken")}`);
    const foreign = knocking();
    foreign.session.refuse("taken");
    expect(foreign.recorder.takeSent()).toBe("");
    expect([ours.session.state, foreign.session.state]).toEqual(["closed", "closed"]);
  });

  test("ERROR instead of READY is a refusal to the other end, which never was ready", () => {
    const { session: binder, recorder } = knocking("", {}, readyOfOurs);
    binder.refuse("taken");
    const connector = started({ admission: "at once" });
    const answer = bytesOf(ownGreeting + recorder.takeSent());
    expect(() => connector.session.receive(answer, 0)).toThrow(
      "the peer refused the connection: taken",
    );
    expect(connector.recorder.noted).toEqual([]);
  });
});
