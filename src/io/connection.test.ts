// A connection has many ways to begin, to wait and to end; all of them start from the same two ends.
/* oxlint-disable eslint/max-lines */
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Accepted, Owner, WirePeer } from "../../test/zmtp/endpoints.ts";
import { ManualClock } from "../../test/zmtp/manual-clock.ts";
import { bytesOf, greeting31, readyOfOurs, readyPair, textHex } from "../../test/zmtp/recorder.ts";
import { PeerError, TransportError } from "../errors.ts";
import { until } from "../testing/until.ts";
import type { ConnectionOptions } from "./connection.ts";
import { type Listener, listen } from "./stream.ts";

const anyPort = { host: "127.0.0.1", port: 0 };
const handshakeBytes = greeting31.length / 2 + readyPair.length / 2;
const heartbeat = { intervalMs: 500, timeoutMs: 800, ttlMs: 0 };

let clock: ManualClock;
let listener: Listener | undefined;
let peer: WirePeer;

beforeEach(() => {
  clock = new ManualClock();
});

afterEach(async () => {
  void listener?.close();
  peer.socket.destroy();
  await peer.closed;
  await nextTurn();
});

/** A connection that a bare socket has made to a listener. */
async function accepted(options: Partial<ConnectionOptions> = {}): Promise<Accepted> {
  const owner = new Owner();
  listener = await listen(anyPort, { socketType: "PAIR", ...options }, owner, clock);
  peer = await WirePeer.connect(listener.address);
  return owner.accepted.take();
}

/** The same with the handshake done. */
async function ready(
  options: Partial<ConnectionOptions> = {},
  readyFrame = readyPair,
): Promise<Accepted> {
  const end = await accepted(options);
  peer.send(greeting31 + readyFrame);
  await peer.receive(handshakeBytes);
  expect(await end.events.take()).toBe("ready PAIR");
  return end;
}

describe("Connection, traffic", () => {
  test("the handshake is made, then frames go both ways", async () => {
    const end = await ready();
    peer.send("000155" + "01020102" + "0000");
    expect(await end.events.take()).toBe("frame 55");
    expect(await end.events.take()).toBe("frame 0102 more");
    expect(await end.events.take()).toBe("frame ");
    end.send(bytesOf("aa"), bytesOf("bbcc"));
    expect(await peer.receive(7)).toBe("0101aa" + "0002bbcc");
  });

  test("bodies are plain Uint8Arrays, not Buffers", async () => {
    const end = await ready();
    const bodies: Uint8Array[] = [];
    end.frame = (body) => {
      bodies.push(body.bytes);
      end.events.put("frame");
    };
    peer.send("000155");
    await end.events.take();
    expect(bodies[0]?.constructor).toBe(Uint8Array);
  });

  test("a PING is answered, one of this end goes out at once with the owner's context", async () => {
    const end = await ready();
    peer.send(`040a0450494e470000${textHex("abc")}`);
    expect(await end.events.take()).toBe(`ping ${textHex("abc")}`);
    expect(await peer.receive(10)).toBe(`040804504f4e47${textHex("abc")}`);
    end.context = bytesOf("0102");
    end.connection.ping();
    expect(await peer.receive(11)).toBe("04090450494e4700000102");
    peer.send("040704504f4e470102");
    expect(await end.events.take()).toBe("pong 0102");
  });

  test("paused within a chunk it hands over nothing more until resumed", async () => {
    const end = await ready();
    end.onFrame = () => end.connection.pause();
    peer.send("000101" + "000102");
    expect(await end.events.take()).toBe("frame 01");
    peer.send("000103");
    await quiet();
    expect(end.events.left).toEqual([]);
    end.connection.resume();
    expect(await end.events.take()).toBe("frame 02");
    end.connection.resume();
    expect(await end.events.take()).toBe("frame 03");
  });

  test("paused it stops reading: what a peer sends waits in its own system", async () => {
    const end = await ready();
    end.connection.pause();
    end.frame = (body) => end.events.put(`${body.byteCount}`);
    const frame = Buffer.concat([bytesOf("020000000000100000"), Buffer.alloc(1_048_576)]);
    for (let count = 0; count < 32; count++) peer.socket.write(frame);
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(peer.socket.writableLength).toBeGreaterThan(16 * 1_048_576);
    end.connection.resume();
    for (let count = 0; count < 32; count++) expect(await end.events.take()).toBe("1048576");
  });

  test("to a peer that does not read it becomes unwritable, and writable again when it reads", async () => {
    const end = await ready({ sendHighWaterBytes: 100_000 });
    peer.socket.pause();
    const body = new Uint8Array(60_000).fill(1);
    let sent = 0;
    for (; (end.output?.writable ?? false) || end.connection.pendingBytes < 100_000; sent++) {
      end.send(body);
      await nextTurn();
    }
    expect(end.output?.writable).toBe(false);
    peer.socket.resume();
    expect(await end.events.take()).toBe("writable");
    expect((await peer.receive(sent * 60_009)).length).toBe(sent * 60_009 * 2);
    expect(end.connection.pendingBytes).toBe(0);
  });
});

describe("Connection, a peer that the owner lets in", () => {
  const byOwner = { admission: "by owner" } as const;
  const greetingBytes = greeting31.length / 2;

  test("gets READY and is heard when it is let in, not before", async () => {
    const end = await accepted(byOwner);
    peer.send(`${greeting31 + readyPair}000155`);
    expect(await end.events.take()).toBe("knocks unknown");
    expect(await end.events.take()).toBe("knocks PAIR");
    await peer.receive(greetingBytes);
    await quiet();
    expect([peer.rest, end.events.left]).toEqual(["", []]);
    end.connection.admit();
    expect(await end.events.take()).toBe("ready PAIR");
    expect(await end.events.take()).toBe("frame 55");
    expect(await peer.receive(handshakeBytes - greetingBytes)).toBe(readyPair);
    peer.send("000166");
    expect(await end.events.take()).toBe("frame 66");
  });

  test("is not read meanwhile: what it sends waits in its own system", async () => {
    const end = await accepted(byOwner);
    end.frame = (body) => end.events.put(`${body.byteCount}`);
    peer.send(greeting31 + readyPair);
    const frame = Buffer.concat([bytesOf("020000000000100000"), Buffer.alloc(1_048_576)]);
    for (let count = 0; count < 32; count++) peer.socket.write(frame);
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(peer.socket.writableLength).toBeGreaterThan(16 * 1_048_576);
    expect(end.connection.receivedBytes).toBeLessThan(1_048_576);
    end.connection.admit();
    for (const event of ["knocks unknown", "knocks PAIR", "ready PAIR"]) {
      expect(await end.events.take()).toBe(event);
    }
    for (let count = 0; count < 32; count++) expect(await end.events.take()).toBe("1048576");
  });

  test("may be refused instead, and then the end of a peer that had sent more is seen", async () => {
    const end = await accepted(byOwner);
    peer.send(`${greeting31 + readyPair}${"000101".repeat(10_000)}`);
    expect(await end.events.take()).toBe("knocks unknown");
    expect(await end.events.take()).toBe("knocks PAIR");
    end.connection.refuse("taken");
    await peer.ended;
    expect(peer.rest.length / 2).toBe(greetingBytes);
    peer.socket.end();
    expect(await end.events.take()).toBe("closed");
  });

  test("is given up when the time for the handshake is over", async () => {
    const end = await accepted({ ...byOwner, handshakeTimeoutMs: 700 });
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("knocks unknown");
    expect(await end.events.take()).toBe("knocks PAIR");
    clock.advance(700);
    expect(await end.events.take()).toBe(
      "closed: 700 ms have passed before this end had let it in",
    );
  });
});

describe("Connection, errors of the peer", () => {
  test("the connection ends with the PeerError as its reason", async () => {
    const end = await ready();
    peer.send("000101" + "0800" + "000102");
    expect(await end.events.take()).toBe("frame 01");
    await peer.ended;
    peer.socket.end();
    expect(await end.events.take()).toMatch(/^closed: frame flags 0x08/);
    expect(end.reason).toBeInstanceOf(PeerError);
    expect(peer.rest).toBe("");
  });

  test("a peer of ours is told why before, even if it is still sending", async () => {
    const end = await ready({}, readyOfOurs);
    peer.send(`0800${"00".repeat(300_000)}`);
    await peer.ended;
    peer.socket.end();
    await end.events.take();
    expect(Buffer.from(peer.rest, "hex").toString("latin1")).toMatch(/ERROR.frame_flags_0x08/s);
  });

  test("a peer that does not end the connection then is given a second", async () => {
    const end = await accepted();
    peer.send("00");
    await peer.ended;
    clock.advance(999);
    await quiet();
    expect(end.events.left).toEqual([]);
    clock.advance(1);
    expect(await end.events.take()).toMatch(/^closed: greeting begins with 0x00/);
  });

  test("refused by the owner, a peer of ours is told the owner's reason", async () => {
    const end = await ready({}, readyOfOurs);
    end.connection.refuse("taken");
    await peer.ended;
    expect(peer.rest).toBe(`040c054552524f5205${textHex("taken")}`);
    peer.socket.end();
    expect(await end.events.take()).toBe("closed");
  });

  test("refused while paused it still sees the peer's end", async () => {
    const end = await ready();
    end.connection.pause();
    peer.send("000101".repeat(10_000));
    end.connection.refuse("taken");
    await peer.ended;
    peer.socket.end();
    expect(await end.events.take()).toBe("closed");
  });

  test("what the owner throws is not swallowed, and the connection is destroyed", async () => {
    const end = await ready();
    end.onFrame = () => {
      throw new RangeError("of the owner");
    };
    const thrown = await uncaughtBy(() => peer.send("000101"));
    expect(thrown).toEqual(new RangeError("of the owner"));
    expect(await end.events.take()).toBe("frame 01");
    expect(await end.events.take()).toBe("closed");
  });
});

describe("Connection, ends", () => {
  test("the peer's proper end has no reason, and what is pending is sent before", async () => {
    const end = await ready();
    peer.socket.pause();
    const body = new Uint8Array(8_000_000).fill(1);
    end.send(body);
    peer.socket.end();
    peer.socket.resume();
    expect((await peer.receive(8_000_009)).length).toBe(16_000_018);
    expect(await end.events.take()).toBe("closed");
    expect(end.reason).toBeUndefined();
  });

  test("a reset is a proper end", async () => {
    const end = await ready();
    peer.socket.resetAndDestroy();
    expect(await end.events.take()).toBe("closed");
  });

  test("an end within a frame is not", async () => {
    const end = await ready();
    peer.send("000501");
    peer.socket.end();
    expect(await end.events.take()).toBe(
      "closed: the peer ended the connection within a frame, after 3 of 7 bytes",
    );
    expect(end.reason).toBeInstanceOf(TransportError);
  });

  test("an end during the handshake is not", async () => {
    const end = await accepted();
    peer.socket.end();
    expect(await end.events.take()).toMatch(/^closed: the peer ended .* before it sent anything/);
  });

  test("nor is a reset", async () => {
    const end = await accepted();
    peer.send(greeting31);
    await peer.receive(handshakeBytes);
    peer.socket.resetAndDestroy();
    expect(await end.events.take()).toMatch(/^closed: the peer ended .* before its READY/);
  });

  test("end sends what is pending and hands over what comes until the peer has ended, too", async () => {
    const end = await ready();
    end.send(bytesOf("aa"));
    end.connection.end(10_000);
    end.connection.end(0);
    expect(await peer.receive(3)).toBe("0001aa");
    await peer.ended;
    expect(end.output?.writable).toBe(false);
    peer.send("000155");
    expect(await end.events.take()).toBe("frame 55");
    peer.socket.end();
    expect(await end.events.take()).toBe("closed");
  });

  test("end waits for a peer that does not read, but not longer than the linger time", async () => {
    const end = await ready();
    peer.socket.pause();
    end.send(new Uint8Array(16_000_000));
    end.connection.end(5_000);
    clock.advance(4_999);
    await quiet();
    expect(end.events.left).toEqual([]);
    clock.advance(1);
    expect(await end.events.take()).toMatch(
      /^closed: the connection ended with \d+ bytes unsent: the peer does not read/,
    );
    expect(end.reason?.details["pendingBytes"]).toBeGreaterThan(1_000_000);
  });

  test("end during the handshake is proper", async () => {
    const end = await accepted();
    end.connection.end(1_000);
    await peer.ended;
    peer.socket.end();
    expect(await end.events.take()).toBe("closed");
  });

  test("destroy ends it at once, and so does end(0)", async () => {
    for (const act of [
      (end: Accepted) => end.connection.destroy(),
      (end: Accepted) => end.connection.end(0),
    ]) {
      const end = await ready();
      act(end);
      expect(await end.events.take()).toBe("closed");
      await peer.ended;
      void listener?.close();
      peer.socket.destroy();
    }
  });

  test("`closed` comes once, and leaves no timer and no socket", async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP"));
    const end = await ready({ heartbeat });
    end.connection.pause();
    end.connection.resume();
    peer.send("0800");
    end.connection.end(1_000);
    end.connection.destroy();
    await end.events.take();
    void listener?.close();
    peer.socket.destroy();
    await peer.closed;
    await nextTurn();
    end.connection.destroy();
    end.connection.ping();
    end.connection.resume();
    end.connection.end(0);
    await nextTurn();
    expect([clock.timerCount, end.events.left]).toEqual([0, []]);
    expect(process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP"))).toEqual(
      before,
    );
  });
});

describe("Connection, what the system had not taken when it was gone", () => {
  const body = new Uint8Array(100_000);
  const frameByteCount = 9 + body.length;

  test("is what was sent after it was destroyed", async () => {
    const end = await ready();
    end.connection.destroy();
    end.send(body);
    end.output?.flush();
    expect(await end.events.take()).toBe("closed");
    expect(end.connection.unsentBytes).toBe(frameByteCount);
  });

  test("is what was sent after a reset that nobody has noticed yet", async () => {
    const end = await ready();
    peer.socket.resetAndDestroy();
    end.send(body);
    end.output?.flush();
    expect(await end.events.take()).toBe("closed");
    expect(end.connection.unsentBytes).toBe(frameByteCount);
  });

  test("is also what was on its way when a peer that did not read resets it", async () => {
    const end = await ready();
    peer.socket.pause();
    for (let count = 0; count < 160; count++) end.send(body);
    await systemsAreFull(end);
    const { pendingBytes } = end.connection;
    peer.socket.resetAndDestroy();
    expect(await end.events.take()).toBe("closed");
    expect(pendingBytes).toBeGreaterThan(0);
    expect(end.connection.unsentBytes).toBe(pendingBytes);
  });
});

describe("Connection, time", () => {
  test("no handshake in time is the reason for the end", async () => {
    const end = await accepted({ handshakeTimeoutMs: 700 });
    await peer.receive(11);
    clock.advance(700);
    expect(await end.events.take()).toMatch(/^closed: 700 ms have passed before it sent anything/);
    expect(end.reason).toBeInstanceOf(TransportError);
  });

  test("PINGs go out on time, silence ends it", async () => {
    const end = await ready({ heartbeat });
    clock.advance(500);
    expect(await peer.receive(9)).toBe("04070450494e470000");
    clock.advance(500);
    expect(await peer.receive(9)).toBe("04070450494e470000");
    clock.advance(299);
    await quiet();
    expect(end.events.left).toEqual([]);
    clock.advance(1);
    expect(await end.events.take()).toMatch(/^closed: nothing came from the peer for 1300 ms/);
  });

  test("paused it sends PINGs every 500 ms, and the one that is overdue at once", async () => {
    const rare = { heartbeat: { ...heartbeat, intervalMs: 2_000 } };
    const end = await ready(rare);
    clock.advance(1_000);
    await quiet();
    expect(peer.rest).toBe("");
    end.connection.pause();
    clock.advance(0);
    expect(await peer.receive(9)).toBe("04070450494e470000");
    clock.advance(500);
    expect(await peer.receive(9)).toBe("04070450494e470000");
  });

  test("bytes that arrived during a long computation count before the time-out does", async () => {
    const end = await ready({ heartbeat });
    clock.advance(500);
    await peer.receive(9);
    // In the loop's turn to timers, which comes before the one to what has arrived.
    setTimeout(() => {
      peer.send("000155");
      clock.advance(800);
    });
    expect(await end.events.take()).toBe("frame 55");
    await quiet();
    expect(end.events.left).toEqual([]);
  });

  test("to a peer that does not read one PING is made at most, and that it reads is a sign of life", async () => {
    const end = await ready({ heartbeat });
    peer.socket.pause();
    end.send(new Uint8Array(16_000_000));
    await systemsAreFull(end);
    clock.advance(500);
    await nextTurn();
    clock.advance(500);
    await nextTurn();
    peer.socket.resume();
    await peer.receive(16_000_009);
    expect(await peer.receive(9)).toBe("04070450494e470000");
    expect(await end.events.take()).toBe("writable");
    clock.advance(300);
    await quiet();
    expect([end.events.left, peer.rest]).toEqual([[], ""]);
    clock.advance(500);
    expect(await end.events.take()).toMatch(/^closed: nothing came from the peer/);
  });

  test("it keeps the process alive unless unreferenced", async () => {
    const end = await ready({ heartbeat });
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    const before = sockets();
    end.connection.unref();
    expect(sockets()).toBe(before - 1);
    end.connection.ref();
    expect(sockets()).toBe(before);
  });
});

describe.runIf(process.platform === "linux")("Connection, a peer without a heartbeat", () => {
  test("is asked for by the system after half a minute of silence", async () => {
    await ready();
    const [own, remote] = [peer.socket.remotePort, peer.socket.localPort].map((port = 0) =>
      port.toString(16).toUpperCase().padStart(4, "0"),
    );
    // proc_net_tcp.txt of the kernel: a timer "02" is that of keep-alive where nothing is unsent.
    const line = new RegExp(` [0-9A-F]{8}:${own} [0-9A-F]{8}:${remote} 01 0+:0+ 02:([0-9A-F]+) `);
    let ticks = "";
    await until("the peer's system has acknowledged READY", () => {
      ticks = line.exec(readFileSync("/proc/net/tcp", "utf8"))?.[1] ?? "";
      return ticks !== "";
    });
    const ticksPerSecond = 100;
    const seconds = Number.parseInt(ticks, 16) / ticksPerSecond;
    expect(seconds).toBeGreaterThan(20);
    expect(seconds).toBeLessThanOrEqual(30);
  });
});

/** Lets whatever is about to happen happen. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}

/** Waits until nothing of what is pending goes out any more. */
async function systemsAreFull(end: Accepted): Promise<void> {
  for (let before = Number.NaN; before !== end.connection.pendingBytes; ) {
    before = end.connection.pendingBytes;
    for (let turn = 0; turn < 20; turn++) await nextTurn();
  }
}

/** What reaches the process as an uncaught exception after `act`; the test runner does not see it. */
async function uncaughtBy(act: () => void): Promise<unknown> {
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  try {
    return await new Promise((resolve) => {
      process.once("uncaughtException", resolve);
      act();
    });
  } finally {
    for (const theirs of listeners) process.on("uncaughtException", theirs);
  }
}
