import { describe, expect, test } from "vitest";
import {
  bytesOf,
  captured,
  golden,
  greeting31,
  hexOf,
  type Noted,
  pairInTraffic,
  publisherInTraffic,
  Recorder,
  readyOfOurs,
  readyPair,
  slices,
  textHex,
} from "../../../test/zmtp/recorder.ts";
import { PeerError, TransportError, UsageError } from "../../errors.ts";
import { encodeCommand } from "./command.ts";
import { encodeGreeting } from "./greeting.ts";
import { encodeMetadata } from "./metadata.ts";
import { Session } from "./session.ts";
import { nextState } from "./session-state.ts";
import type { SocketType } from "./socket-type.ts";
import { encodeCancel, encodeSubscribe } from "./subscription.ts";

const ours = { version: "1", instanceId: "abc" };
const ownGreeting = hexOf(encodeGreeting("NULL"));

function started(socketType: SocketType = "PAIR"): { session: Session; recorder: Recorder } {
  const recorder = new Recorder();
  const session = new Session({ socketType }, recorder);
  session.start(0);
  return { session, recorder };
}

function readyFrame(socketType: string): string {
  return hexOf(encodeCommand("READY", encodeMetadata(socketType, undefined)));
}

/** What a session of `socketType` notes of a whole stream of its peer, cut every `cut` bytes. */
function heard(stream: Uint8Array, cut: number, socketType: SocketType = "PAIR"): Noted[] {
  const { session, recorder } = started(socketType);
  for (const piece of slices(stream, [cut])) session.receive(piece, 0);
  return recorder.noted;
}

describe("streams of libzmq 4.3.4, cut anywhere", () => {
  const cuts = [1, 2, 3, 7, 10, 63, 64, 65, 92, 100, 1_000];
  const pairReady = expect.objectContaining({
    kind: "ready",
    peer: expect.objectContaining({ revision: "3.1", socketType: "PAIR", plexo: undefined }),
  });

  test.each(cuts)("a PAIR that sends a message of four frames (every %i)", (cut) => {
    expect(heard(captured("zmtp-null-pair.json", "connector->listener"), cut)).toEqual([
      pairReady,
      { kind: "frame", body: textHex("one"), more: true },
      { kind: "frame", body: "", more: true },
      { kind: "frame", body: textHex("x".repeat(255)), more: true },
      { kind: "frame", body: textHex("y".repeat(256)), more: false },
    ]);
  });

  test.each(cuts)("a PAIR that replies (every %i)", (cut) => {
    expect(heard(captured("zmtp-null-pair.json", "listener->connector"), cut)).toEqual([
      pairReady,
      { kind: "frame", body: textHex("reply"), more: false },
    ]);
  });

  test.each(cuts)("heartbeats and their answers (every %i)", (cut) => {
    const ping = { kind: "ping", context: "" };
    const pong = { kind: "pong", context: "" };
    const connector = captured("zmtp-heartbeat.json", "connector->listener");
    const listener = captured("zmtp-heartbeat.json", "listener->connector");
    expect(heard(connector, cut)).toEqual([pairReady, ping, ping, ping]);
    expect(heard(listener, cut)).toEqual([pairReady, pong, pong, pong]);
  });

  test.each(cuts)("PUB and SUB: a subscription, a message, a cancel (every %i)", (cut) => {
    const publisher = captured("zmtp-null-pubsub-31.json", "listener->connector");
    const subscriber = captured("zmtp-null-pubsub-31.json", "connector->listener");
    expect(heard(publisher, cut, "SUB").slice(1)).toEqual([
      { kind: "frame", body: textHex("topic"), more: true },
      { kind: "frame", body: textHex("hello"), more: false },
    ]);
    expect(heard(subscriber, cut, "PUB")).toEqual([
      expect.objectContaining({ peer: expect.objectContaining({ socketType: "SUB" }) }),
      { kind: "subscribe", prefix: textHex("topic") },
      { kind: "cancel", prefix: textHex("topic") },
    ]);
  });

  test.each(cuts)("a SUB whose long topics come without LONG (every %i)", (cut) => {
    const subscriber = captured("zmtp-sub-to-31-publisher.json", "connector->listener");
    expect(heard(subscriber, cut, "PUB").slice(1)).toEqual([
      { kind: "subscribe", prefix: textHex("topic") },
      { kind: "subscribe", prefix: "" },
      { kind: "cancel", prefix: textHex("topic") },
      ...[245, 246, 254, 255, 256].map((length) => ({
        kind: "subscribe",
        prefix: textHex("Q".repeat(length)),
      })),
    ]);
  });

  test.each(cuts)(
    "a SUB that takes us for a 3.0 peer, up to its garbled topic (every %i)",
    (cut) => {
      const subscriber = captured("zmtp-sub-to-30-publisher.json", "connector->listener");
      // The frame for a topic of 255 bytes lacks LONG: an empty message to us, and then anything.
      const garbledAt = Buffer.from(subscriber).indexOf(bytesOf("0000000000000001000151"));
      expect(heard(subscriber.subarray(0, garbledAt), cut, "PUB").slice(1)).toEqual([
        { kind: "subscribe", prefix: textHex("topic") },
        { kind: "subscribe", prefix: "" },
        { kind: "cancel", prefix: textHex("topic") },
        ...[245, 246, 254].map((length) => ({
          kind: "subscribe",
          prefix: textHex("Q".repeat(length)),
        })),
      ]);
    },
  );

  test.each(cuts)("a publisher that announces 3.0 (every %i)", (cut) => {
    const publisher = captured("zmtp-sub-to-30-publisher.json", "listener->connector");
    expect(heard(publisher, cut, "SUB")).toEqual([
      expect.objectContaining({ peer: expect.objectContaining({ revision: "3.0" }) }),
    ]);
  });

  test("the bytes of the original's sockets: greeting, READY and messages", () => {
    const entries: { name: string; hex: string }[] = JSON.parse(golden("wire-frames.json")).entries;
    const stream = entries
      .filter((entry) => /^zmtp\/PAIR\/(greeting|ready|.*message)/.test(entry.name))
      .map((entry) => entry.hex);
    const notes = heard(bytesOf(stream.join("")), 50);
    expect(notes.map((note) => note.kind)).toEqual(["ready", "frame", "frame", "frame"]);
    const client = entries.find((entry) =>
      entry.name.endsWith("PAIR/client-bytes-that-were-accepted"),
    );
    expect(heard(bytesOf(client?.hex ?? ""), 50)).toHaveLength(1);
  });

  test("what is sent to them equals what they send each other", () => {
    const { session, recorder } = started();
    session.receive(captured("zmtp-heartbeat.json", "connector->listener"), 0);
    expect(recorder.takeSent()).toBe(hexOf(captured("zmtp-heartbeat.json", "listener->connector")));
  });
});

describe("RFC 37, Version Negotiation and The NULL Security Mechanism", () => {
  test("11 octets go out at once, the rest when the peer's 11 are there, READY after its 64", () => {
    const { session, recorder } = started();
    expect(recorder.takeSent()).toBe(ownGreeting.slice(0, 22));
    session.receive(bytesOf(greeting31.slice(0, 20)), 0);
    expect([recorder.takeSent(), session.state]).toEqual(["", "greeting"]);
    session.receive(bytesOf(greeting31.slice(20, 126)), 0);
    expect([recorder.takeSent(), session.state]).toEqual([ownGreeting.slice(22), "greeting"]);
    session.receive(bytesOf(greeting31.slice(126)), 0);
    expect([recorder.takeSent(), session.state]).toEqual([readyPair, "handshake"]);
    session.receive(bytesOf(readyPair), 0);
    expect([recorder.takeSent(), session.state]).toEqual(["", "traffic"]);
  });

  test("a peer that reads a full greeting MUST send one, also if it does not like the mechanism", () => {
    const { session, recorder } = started();
    expect(() => session.receive(encodeGreeting("CURVE"), 0)).toThrow(
      'the peer uses security mechanism "CURVE", this end "NULL"',
    );
    expect([recorder.takeSent(), session.state]).toEqual([ownGreeting, "closed"]);
  });

  test("traffic that follows READY in the same chunk is taken", () => {
    const { session, recorder } = started();
    session.receive(bytesOf(`${greeting31 + readyPair}000155`), 0);
    expect(recorder.frames).toEqual(["55"]);
  });

  test("peers of ours know each other by X-Plexo", () => {
    const { session } = pairInTraffic({ plexo: ours }, readyOfOurs);
    expect(session.peer?.plexo).toEqual(ours);
    const recorder = new Recorder();
    const other = new Session({ socketType: "PAIR", plexo: ours }, recorder);
    other.start(0);
    other.receive(bytesOf(greeting31), 0);
    expect(recorder.takeSent()).toBe(ownGreeting + readyOfOurs);
  });

  test("a message before READY is refused without waiting for its body", () => {
    const { session } = started();
    session.receive(bytesOf(greeting31), 0);
    expect(() => session.receive(bytesOf("020000000001000000"), 0)).toThrow(
      "message frame of 16777216 bytes before the handshake was over",
    );
    expect(session.state).toBe("closed");
  });

  test("any other command than READY and ERROR is refused", () => {
    const { session } = started();
    session.receive(bytesOf(greeting31), 0);
    expect(() => session.receive(bytesOf("04070450494e47000f"), 0)).toThrow(
      /command PING in the NULL handshake/,
    );
  });

  test("a READY that is malformed, or over 8 KiB, is refused", () => {
    for (const [bad, rule] of [
      ["040a055245414459ff000000", /ends within the name/],
      ["0400", /needs at least 1/],
      ["060000000000002001", /at most 8192/],
    ] as const) {
      const { session } = started();
      session.receive(bytesOf(greeting31), 0);
      expect(() => session.receive(bytesOf(bad), 0)).toThrow(rule);
    }
  });

  test("Error Handling: the peer's ERROR ends it, with the reason, and is not answered", () => {
    const { session, recorder } = started();
    session.receive(bytesOf(greeting31), 0);
    recorder.takeSent();
    expect(() => session.receive(bytesOf("040a054552524f5203343030"), 0)).toThrow(
      "the peer refused the connection: 400",
    );
    expect([session.state, recorder.takeSent()]).toEqual(["closed", ""]);
  });
});

describe("RFC 37, The Socket-Type Property", () => {
  test.each([
    ["PAIR", ["PAIR"]],
    ["PUB", ["SUB", "XSUB"]],
    ["SUB", ["PUB", "XPUB"]],
  ] as const)("%s takes %j only", (own, taken) => {
    for (const peer of ["PAIR", "PUB", "SUB", "XPUB", "XSUB", "REQ", "ROUTER", "CHANNEL", "pair"]) {
      const stream = bytesOf(greeting31 + readyFrame(peer));
      // The types of `taken` differ per row.
      if ((taken as readonly string[]).includes(peer))
        expect(heard(stream, 99, own)).toHaveLength(1);
      else expect(() => heard(stream, 99, own)).toThrow(`the peer has socket type ${peer}; ${own}`);
    }
  });

  test("a peer without a socket type is refused", () => {
    expect(() => heard(bytesOf(`${greeting31}0406055245414459`), 99)).toThrow(
      "the peer has no socket type; PAIR takes PAIR only",
    );
  });

  test("a peer of another type SHOULD get an ERROR", () => {
    const { session, recorder } = started();
    session.receive(bytesOf(greeting31), 0);
    recorder.takeSent();
    expect(() => session.receive(bytesOf(readyFrame("PUB")), 0)).toThrow(PeerError);
    expect(Buffer.from(recorder.takeSent(), "hex").toString("latin1")).toMatch(
      /^...ERROR.the_peer_has_socket_type_PUB;_PAIR_takes_PAIR_only$/s,
    );
  });
});

describe("Session, errors in traffic", () => {
  const badFlags = bytesOf("0800");

  test("a foreign peer gets no ERROR: its protocol has none there", () => {
    const { session, recorder } = pairInTraffic();
    expect(() => session.receive(badFlags, 0)).toThrow(/reserved/);
    expect([session.state, recorder.takeSent()]).toEqual(["closed", ""]);
  });

  test("a peer of ours is told why, and understands", () => {
    const { session, recorder } = pairInTraffic({ plexo: ours }, readyOfOurs);
    expect(() => session.receive(badFlags, 0)).toThrow(/reserved/);
    const { session: other } = pairInTraffic({ plexo: ours }, readyOfOurs);
    expect(() => other.receive(bytesOf(recorder.takeSent()), 0)).toThrow(
      "the peer refused the connection: frame_flags_0x08:_bits_7-3_are_reserved",
    );
  });

  test("a body over the limit is refused, at the limit it is taken", () => {
    const { session, recorder } = pairInTraffic({ bodyBytesMax: 300 });
    session.receive(bytesOf(`02000000000000012c${"00".repeat(300)}`), 0);
    expect(recorder.frames).toHaveLength(1);
    expect(() => session.receive(bytesOf("02000000000000012d"), 0)).toThrow(
      "message frame of 301 bytes, at most 300 taken",
    );
  });

  test("commands are taken between messages and between frames of one, unknown ones passed over", () => {
    const { session, recorder } = pairInTraffic();
    const subscribe = "040f09535542534352494245746f706963";
    session.receive(bytesOf(`010101040504504f4e47000102${subscribe}000103`), 0);
    expect(recorder.noted).toEqual([
      { kind: "frame", body: "01", more: true },
      { kind: "pong", context: "" },
      { kind: "frame", body: "02", more: false },
      { kind: "frame", body: "03", more: false },
    ]);
  });

  test("what the sink throws comes out unchanged and closes the session", () => {
    const { session, recorder } = pairInTraffic({}, readyOfOurs);
    recorder.onFrame = () => {
      throw new RangeError("of the sink");
    };
    expect(() => session.receive(bytesOf("000101000102"), 0)).toThrow(
      new RangeError("of the sink"),
    );
    expect([session.state, recorder.frames, recorder.takeSent()]).toEqual(["closed", ["01"], ""]);
  });
});

describe("RFC 37, The Publish-Subscribe Pattern: what reaches a publisher", () => {
  test("a command with a prefix of up to 8 KiB, its name included; a longer one ends it", () => {
    const { session, recorder } = publisherInTraffic();
    const longest = new Uint8Array(8_192 - 10);
    session.receive(encodeSubscribe(longest, "3.1"), 0);
    expect(recorder.noted).toEqual([{ kind: "subscribe", prefix: hexOf(longest) }]);
    expect(() => session.receive(encodeSubscribe(new Uint8Array(8_183), "3.1"), 0)).toThrow(
      "command frame of 8193 bytes, at most 8192 taken",
    );
  });

  test("a message of up to 8 KiB, unless another limit is given", () => {
    const { session, recorder } = publisherInTraffic();
    const longest = new Uint8Array(8_191);
    session.receive(encodeCancel(longest, "3.0"), 0);
    expect(recorder.noted).toEqual([{ kind: "cancel", prefix: hexOf(longest) }]);
    expect(() => session.receive(encodeCancel(new Uint8Array(8_192), "3.0"), 0)).toThrow(
      "message frame of 8193 bytes, at most 8192 taken",
    );
    const { session: other } = publisherInTraffic({ bodyBytesMax: 20 });
    expect(() => other.receive(encodeCancel(new Uint8Array(20), "3.0"), 0)).toThrow(/at most 20/);
  });

  test("a subscription that the sink does not take ends it, and the sink's error comes out", () => {
    const { session, recorder } = publisherInTraffic();
    const refusal = new PeerError("one subscription too many");
    recorder.subscribe = () => {
      throw refusal;
    };
    expect(() => session.receive(encodeSubscribe(new Uint8Array(0), "3.1"), 0)).toThrow(refusal);
    expect(session.state).toBe("closed");
  });

  test.each(["PAIR", "SUB"] as const)(
    "to a %s they are nothing but what they look like",
    (type) => {
      const { session, recorder } = started(type);
      session.receive(bytesOf(greeting31 + readyFrame(type === "SUB" ? "PUB" : "PAIR")), 0);
      const topic = bytesOf(textHex("topic"));
      for (const encode of [encodeSubscribe, encodeCancel]) {
        for (const revision of ["3.1", "3.0"] as const) session.receive(encode(topic, revision), 0);
      }
      expect(recorder.noted.slice(1)).toEqual([
        { kind: "frame", body: `01${textHex("topic")}`, more: false },
        { kind: "frame", body: `00${textHex("topic")}`, more: false },
      ]);
    },
  );

  test.each(["PAIR", "SUB"] as const)("a %s takes no empty command for a long one", (type) => {
    const { session } = started(type);
    session.receive(bytesOf(greeting31 + readyFrame(type === "SUB" ? "PUB" : "PAIR")), 0);
    expect(() => session.receive(bytesOf("0400"), 0)).toThrow(/needs at least 1/);
  });

  test("a publisher takes none for it before the handshake is over", () => {
    const { session } = started("PUB");
    session.receive(bytesOf(greeting31), 0);
    expect(() => session.receive(bytesOf("0400"), 0)).toThrow(/needs at least 1/);
  });
});

describe("Session, ends", () => {
  test("the peer's end between frames is a proper one", () => {
    const { session } = pairInTraffic();
    session.receive(bytesOf("000101"), 0);
    expect([session.end(), session.state]).toEqual([undefined, "closed"]);
  });

  test("an end within a frame says how far it was", () => {
    const { session } = pairInTraffic();
    session.receive(bytesOf("000901"), 0);
    const error = session.end();
    expect(error).toBeInstanceOf(TransportError);
    expect(error?.message).toBe(
      "the peer ended the connection within a frame, after 3 of 11 bytes",
    );
  });

  test("an end during the handshake says what was missing", () => {
    const { session } = started();
    session.receive(bytesOf(greeting31.slice(0, 20)), 0);
    expect(session.end()?.message).toMatch(/before its greeting was complete \(10 of 64/);
    const { session: other } = started();
    other.receive(bytesOf(greeting31), 0);
    expect(other.end()?.message).toMatch(/before its READY came/);
  });

  test("refuse tells a peer of ours the reason; to others, known or not, it is an end", () => {
    const reason = "this_pair_has_a_peer";
    const known = pairInTraffic({}, readyOfOurs);
    known.session.refuse(reason);
    expect(known.recorder.takeSent()).toBe(`041b054552524f5214${textHex(reason)}`);
    known.session.refuse(reason);
    expect(known.recorder.takeSent()).toBe("");
    const foreign = pairInTraffic();
    foreign.session.refuse(reason);
    expect(foreign.recorder.takeSent()).toBe("");
    const unknown = started();
    unknown.session.receive(bytesOf(greeting31), 0);
    unknown.recorder.takeSent();
    unknown.session.refuse(reason);
    expect(unknown.recorder.takeSent()).toBe("");
    expect([known, foreign, unknown].map(({ session }) => session.state)).toEqual(
      Array(3).fill("closed"),
    );
  });

  test("closed, it takes nothing, sends nothing and waits for nothing", () => {
    const { session, recorder } = pairInTraffic({
      heartbeat: { intervalMs: 10, timeoutMs: 10, ttlMs: 0 },
    });
    session.close();
    session.receive(bytesOf("0800"), 1);
    session.wake(1_000_000);
    session.resume(1_000_000);
    session.ping(1_000_000);
    session.close();
    expect([session.deadlineMs, recorder.noted, recorder.takeSent()]).toEqual([undefined, [], ""]);
  });

  test("closed by the sink, it hands over nothing more of the chunk", () => {
    const { session, recorder } = pairInTraffic();
    recorder.onFrame = () => session.close();
    session.receive(bytesOf("000101000102"), 0);
    expect(recorder.frames).toEqual(["01"]);
  });
});

describe("Session, construction", () => {
  test("limits must be above 0", () => {
    for (const options of [{ bodyBytesMax: 0 }, { handshakeTimeoutMs: Number.NaN }]) {
      expect(() => new Session({ socketType: "PAIR", ...options }, new Recorder())).toThrow(
        UsageError,
      );
    }
  });

  test("to be told of an event that its state does not know is a defect", () => {
    expect(() => started().session.start(0)).toThrow("session greeting cannot be started");
    expect(() => nextState("closed", "readied")).toThrow("session closed cannot be readied");
  });
});
