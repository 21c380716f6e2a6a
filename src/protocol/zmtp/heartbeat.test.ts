/** Time in sessions: nothing here waits, the sessions are told what time it is. */
import { describe, expect, test } from "vitest";
import {
  bytesOf,
  greeting31,
  pairInTraffic,
  Recorder,
  readyOfOurs,
  textHex,
} from "../../../test/zmtp/recorder.ts";
import { PeerError, TransportError, UsageError } from "../../errors.ts";
import { Session, type SessionOptions } from "./session.ts";

const ping = "04070450494e470000";
const pong = "040504504f4e47";
const message = bytesOf("000101");
const heartbeat = { intervalMs: 500, timeoutMs: 800, ttlMs: 0 };

function started(options: Partial<SessionOptions> = {}): { session: Session; recorder: Recorder } {
  const recorder = new Recorder();
  const session = new Session({ socketType: "PAIR", ...options }, recorder);
  session.start(1_000);
  recorder.takeSent();
  return { session, recorder };
}

/** Wakes the session whenever it wants, until `untilMs`; gives the times at which it sent a PING. */
function pingTimes(session: Session, recorder: Recorder, untilMs: number): number[] {
  const times: number[] = [];
  for (let at = session.deadlineMs ?? untilMs; at < untilMs; at = session.deadlineMs ?? untilMs) {
    session.wake(at);
    if (recorder.takeSent() !== "") times.push(at);
  }
  return times;
}

describe("handshake time-out", () => {
  test("runs from the start, 30 s by default, and names what is missing", () => {
    const { session } = started();
    expect(session.deadlineMs).toBe(31_000);
    session.wake(30_999);
    session.receive(bytesOf(greeting31.slice(0, 22)), 30_999);
    expect(() => session.wake(31_000)).toThrow(
      /^30000 ms have passed before its greeting was complete \(11 of 64 bytes came\)/,
    );
    expect(session.state).toBe("closed");
  });

  test("runs on after the greeting: bytes that trickle do not put it off", () => {
    const { session } = started({ handshakeTimeoutMs: 50 });
    session.receive(bytesOf(greeting31), 1_049);
    expect(session.deadlineMs).toBe(1_050);
    expect(() => session.wake(1_050)).toThrow(TransportError);
  });

  test("ends with the handshake", () => {
    const { session } = pairInTraffic();
    expect(session.deadlineMs).toBeUndefined();
    session.wake(1e9);
    expect(session.state).toBe("traffic");
  });
});

describe("RFC 37, Connection Heartbeating: PINGs of this end", () => {
  test("one goes out every interval, while data flows too", () => {
    const { session, recorder } = pairInTraffic({ heartbeat });
    expect(session.deadlineMs).toBe(500);
    for (const at of [100, 200, 300, 400]) session.receive(message, at);
    session.wake(499);
    expect(recorder.takeSent()).toBe("");
    session.wake(500);
    expect(recorder.takeSent()).toBe(ping);
    session.receive(message, 600);
    expect(session.deadlineMs).toBe(1_000);
  });

  test("it carries the TTL and the sink's context, and PONG brings the context back", () => {
    const { session, recorder } = pairInTraffic({ heartbeat: { ...heartbeat, ttlMs: 1_500 } });
    recorder.context = bytesOf("0102030405060708");
    session.wake(500);
    expect(recorder.takeSent()).toBe("040f0450494e47000f0102030405060708");
    session.receive(bytesOf("040d04504f4e470102030405060708"), 501);
    expect(recorder.noted).toEqual([{ kind: "pong", context: "0102030405060708" }]);
  });

  test("with `ours` other peers get none, and peers of ours do", () => {
    const foreign = pairInTraffic({ heartbeat, heartbeatWith: "ours" });
    expect(foreign.session.deadlineMs).toBeUndefined();
    const { session } = pairInTraffic({ heartbeat, heartbeatWith: "ours" }, readyOfOurs);
    expect(session.deadlineMs).toBe(500);
  });

  test("one can be sent at once, also without regular ones", () => {
    const { session, recorder } = pairInTraffic();
    session.ping(7);
    expect([recorder.takeSent(), session.deadlineMs]).toEqual([ping, undefined]);
    const regular = pairInTraffic({ heartbeat });
    regular.session.ping(7);
    expect(regular.session.deadlineMs).toBe(507);
  });

  test("none can be sent before traffic", () => {
    const { session, recorder } = started();
    session.ping(1_001);
    expect([recorder.takeSent(), session.state]).toEqual(["", "greeting"]);
  });

  test("a context of more than 16 bytes is the caller's fault", () => {
    const { session, recorder } = pairInTraffic({ heartbeat });
    recorder.context = new Uint8Array(17);
    expect(() => session.ping(1)).toThrow(UsageError);
  });

  test("no traffic within the time-out after a PING: the connection is dead", () => {
    // As libzmq does it: interval 500, time-out 800 gives PINGs at 500 and 1000, the end at 1300.
    const { session, recorder } = pairInTraffic({ heartbeat });
    expect(pingTimes(session, recorder, 1_300)).toEqual([500, 1_000]);
    expect(session.deadlineMs).toBe(1_300);
    expect(() => session.wake(1_300)).toThrow(
      "nothing came from the peer for 1300 ms; the heartbeat time-out after a PING is 800 ms",
    );
    expect(session.state).toBe("closed");
  });

  test("any incoming traffic is a sign of life, a part of a frame too", () => {
    for (const sign of ["00", "000101", pong]) {
      const { session } = pairInTraffic({ heartbeat });
      session.wake(500);
      session.receive(bytesOf(sign), 1_299);
      session.wake(1_300);
      expect([session.state, session.deadlineMs]).toEqual(["traffic", 1_800]);
    }
  });

  test("wakes that come late, early or twice send one PING", () => {
    const { session, recorder } = pairInTraffic({ heartbeat: { ...heartbeat, timeoutMs: 1e6 } });
    for (const at of [499, 2_600, 2_600, 2_601]) session.wake(at);
    expect([recorder.takeSent(), session.deadlineMs]).toEqual([ping, 3_100]);
  });
});

describe("RFC 37, Connection Heartbeating: PINGs of the peer", () => {
  test("PONG echoes the context, and the owner gets it", () => {
    const { session, recorder } = pairInTraffic();
    const context = textHex("0123456789abcdef");
    session.receive(bytesOf(`04170450494e470000${context}`), 0);
    expect(recorder.takeSent()).toBe(`041504504f4e47${context}`);
    expect(recorder.noted).toEqual([{ kind: "ping", context }]);
  });

  test("a context of more than 16 bytes is refused", () => {
    const { session } = pairInTraffic();
    expect(() => session.receive(bytesOf(`04180450494e470000${"00".repeat(17)}`), 0)).toThrow(
      "PING context of 17 bytes, at most 16 taken",
    );
  });

  test("no further traffic within its TTL: the connection is dead", () => {
    const { session } = pairInTraffic();
    session.receive(bytesOf("04070450494e470003"), 100);
    expect(session.deadlineMs).toBe(400);
    session.receive(message, 399);
    session.wake(400);
    expect(session.deadlineMs).toBe(699);
    expect(() => session.wake(699)).toThrow(
      "nothing came from the peer for 300 ms; the peer wished to be given up after 300 ms",
    );
  });

  test("a TTL of 0 lifts an earlier one", () => {
    const { session } = pairInTraffic();
    session.receive(bytesOf("04070450494e470003"), 100);
    session.receive(bytesOf(ping), 200);
    expect(session.deadlineMs).toBeUndefined();
  });
});

describe("heartbeats while paused", () => {
  test("silence is not minded, PINGs go on, and waiting starts afresh when resumed", () => {
    const { session, recorder } = pairInTraffic({ heartbeat });
    session.receive(bytesOf("04070450494e470003"), 100);
    recorder.takeSent();
    session.pause();
    expect(pingTimes(session, recorder, 5_100)).toEqual([
      500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_500, 5_000,
    ]);
    session.resume(5_100);
    expect(session.deadlineMs).toBe(5_400);
    session.wake(5_399);
    expect(() => session.wake(5_400)).toThrow(TransportError);
  });

  test("PINGs come every 500 ms, also if they are rarer else: a bound pair may ask who sits", () => {
    const rare = { heartbeat: { ...heartbeat, intervalMs: 2_000 } };
    const { session, recorder } = pairInTraffic(rare);
    expect(pingTimes(session, recorder, 2_300)).toEqual([2_000]);
    session.pause();
    expect(pingTimes(session, recorder, 4_000)).toEqual([2_500, 3_000, 3_500]);
    session.resume(4_000);
    expect(session.deadlineMs).toBe(4_000 + 800);
    session.receive(message, 4_100);
    expect(pingTimes(session, recorder, 5_600)).toEqual([5_500]);
  });

  test("the last PING being longer ago than that, one is due at once", () => {
    const rare = { heartbeat: { ...heartbeat, intervalMs: 2_000 } };
    const { session, recorder } = pairInTraffic(rare);
    session.receive(message, 1_700);
    session.pause();
    session.wake(1_700);
    expect([recorder.takeSent(), session.deadlineMs]).toEqual([ping, 2_200]);
  });

  test("paused towards a peer without heartbeats it sends no PING", () => {
    const { session } = pairInTraffic({ heartbeat, heartbeatWith: "ours" });
    session.pause();
    expect(session.deadlineMs).toBeUndefined();
  });

  test("frames kept are handed over when resumed, and those that break a rule are refused then", () => {
    const { session, recorder } = pairInTraffic();
    recorder.onFrame = () => session.pause();
    session.receive(bytesOf("000101" + "000102" + "0800"), 0);
    expect(recorder.frames).toEqual(["01"]);
    session.resume(1);
    expect(recorder.frames).toEqual(["01", "02"]);
    expect(() => session.resume(2)).toThrow(/reserved/);
  });
});

describe("heartbeats while the system takes no bytes", () => {
  test("one PING is made at most until it does again", () => {
    const { session, recorder } = pairInTraffic({ heartbeat });
    session.sendBlocked();
    session.pause();
    expect(pingTimes(session, recorder, 2_400)).toEqual([500]);
    session.sendProgressed(2_400);
    expect(pingTimes(session, recorder, 3_100)).toEqual([2_500, 3_000]);
  });

  test("bytes that the system takes again are a sign of life", () => {
    const { session } = pairInTraffic({ heartbeat });
    session.wake(500);
    session.sendBlocked();
    session.sendProgressed(1_000);
    session.wake(1_000);
    session.wake(1_799);
    expect(() => session.wake(1_800)).toThrow(TransportError);
  });

  test("those that the owner asks for meanwhile become one more, sent as soon as it does", () => {
    const { session, recorder } = pairInTraffic();
    session.sendBlocked();
    for (const at of [1, 2, 3]) session.ping(at);
    expect(recorder.takeSent()).toBe(ping);
    session.sendProgressed(4);
    expect(recorder.takeSent()).toBe(ping);
    session.sendBlocked();
    session.sendProgressed(5);
    expect(recorder.takeSent()).toBe("");
  });

  test("the one put off has its context when it is sent, and the next is an interval later", () => {
    const { session, recorder } = pairInTraffic({ heartbeat });
    session.sendBlocked();
    session.wake(500);
    session.ping(600);
    recorder.takeSent();
    recorder.context = bytesOf("07");
    session.sendProgressed(700);
    expect([recorder.takeSent(), session.deadlineMs]).toEqual(["04080450494e47000007", 1_200]);
  });

  test("none is put off beyond the end of the session", () => {
    const { session, recorder } = pairInTraffic();
    session.sendBlocked();
    for (const at of [1, 2]) session.ping(at);
    recorder.takeSent();
    session.close();
    session.sendProgressed(3);
    expect(recorder.takeSent()).toBe("");
  });

  test("a peer that sends PINGs and reads no answers is refused before they pile up", () => {
    const { session, recorder } = pairInTraffic();
    session.sendBlocked();
    session.receive(bytesOf(ping.repeat(1_000)), 0);
    session.sendProgressed(0);
    session.receive(bytesOf(ping), 0);
    session.sendBlocked();
    session.receive(bytesOf(ping.repeat(1_000)), 0);
    expect(() => session.receive(bytesOf(ping), 0)).toThrow(PeerError);
    expect(recorder.takeSent().length).toBe(2_001 * pong.length);
  });
});

describe("heartbeat options", () => {
  test.each([
    [{ intervalMs: 0 }, "heartbeat interval 0 ms"],
    [{ timeoutMs: -1 }, "time-out -1 ms"],
    [{ ttlMs: 6_553_501 }, "heartbeat TTL 6553501 ms: it must be from 0 to 6553500"],
    [{ ttlMs: Number.NaN }, "heartbeat TTL NaN ms"],
  ])("%j is refused", (changed, text) => {
    expect(() => pairInTraffic({ heartbeat: { ...heartbeat, ...changed } })).toThrow(text);
    expect(() => pairInTraffic({ heartbeat: { ...heartbeat, ...changed } })).toThrow(UsageError);
  });
});
