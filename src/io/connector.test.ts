import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SocketFolder } from "../../test/support/socket-folder.ts";
import { type Accepted, Owner } from "../../test/zmtp/endpoints.ts";
import { bytesOf, greeting31, readyOfOurs, readyPair } from "../../test/zmtp/recorder.ts";
import { anyPort, pair, StreamEnds } from "../../test/zmtp/stream-ends.ts";
import { UsageError } from "../errors.ts";
import type { IpcAddress } from "./address.ts";
import { Connector } from "./connector.ts";

let ends: StreamEnds;

beforeEach(() => {
  ends = new StreamEnds();
});

afterEach(() => ends.close());

describe("Connector", () => {
  test("connects, and hands out the connection", async () => {
    const { wire, address } = await ends.wireListening();
    ends.connecting(address);
    const peer = await wire.peers.take();
    peer.send(greeting31 + readyPair);
    const end = await ends.owner.accepted.take();
    expect(await end.events.take()).toBe("ready PAIR");
    end.send(bytesOf("aa"));
    expect((await peer.receive(64 + 28 + 3)).slice(-6)).toBe("0001aa");
  });

  test("both ends of ours meet, and know each other", async () => {
    const { address } = await ends.listening({ plexo: { version: "1", instanceId: "listener" } });
    const listenerEnd = ends.owner.accepted.take();
    const other = new Owner();
    const connector = new Connector(
      address,
      { ...pair, plexo: { version: "1", instanceId: "connector" } },
      other,
      ends.clock,
    );
    ends.afterwards(() => connector.close());
    const both = await Promise.all([listenerEnd, other.accepted.take()]);
    for (const end of both) ends.afterwards(() => end.connection.destroy());
    for (const end of both) expect(await end.events.take()).toBe("ready PAIR");
    expect(both.map((end) => end.connection.peer?.plexo?.instanceId)).toEqual([
      "connector",
      "listener",
    ]);
  });

  test("refused, it reports and tries again, each time after a longer wait", async () => {
    const { wire, address } = await ends.wireListening();
    await wire.close();
    ends.connecting(address, { retryMinMs: 1_000, retryMaxMs: 4_000 });
    for (const boundMs of [1_000, 2_000, 4_000, 4_000]) {
      const failure = await ends.owner.failures.take();
      const waitMs = ends.passWait();
      expect(waitMs).toBeGreaterThanOrEqual(boundMs / 2 - 1);
      expect(waitMs).toBeLessThanOrEqual(boundMs);
      expect(failure).toBe(
        `cannot connect to 127.0.0.1:${address.port}: ECONNREFUSED; next try in ${waitMs} ms`,
      );
    }
  });

  test("it comes through as soon as somebody listens", async () => {
    const { wire, address } = await ends.wireListening();
    await wire.close();
    ends.connecting(address);
    await ends.owner.failures.take();
    const { wire: second } = await ends.wireListening(address.port);
    ends.passWait();
    await second.peers.take();
    await ends.owner.accepted.take();
    expect(ends.owner.failures.left).toEqual([]);
  });

  test("no answer in time is a failure, and it tries again", async () => {
    const { address } = await ends.wireListening();
    ends.connecting(address, { connectTimeoutMs: 3_000 });
    // Before the loop turns nobody can know that somebody listens.
    expect(ends.clock.nextDelayMs).toBe(3_000);
    ends.clock.advance(3_000);
    expect(await ends.owner.failures.take()).toMatch(/: no answer in 3000 ms; next try in \d+ ms$/);
    ends.passWait();
    await ends.owner.accepted.take();
  });

  test("a lost connection is made anew, and one that lasted keeps the wait short", async () => {
    const { wire, address } = await ends.wireListening();
    ends.connecting(address, { retryMinMs: 1_000, retryMaxMs: 64_000 });
    for (let count = 0; count < 4; count++) {
      const peer = await wire.peers.take();
      const end = await ends.owner.accepted.take();
      peer.send(greeting31 + readyPair);
      expect(await end.events.take()).toBe("ready PAIR");
      ends.clock.advance(1_000);
      peer.socket.resetAndDestroy();
      expect(await end.events.take()).toBe("closed");
      expect(ends.passWait()).toBeLessThanOrEqual(1_000);
    }
    expect(ends.owner.failures.left).toEqual([]);
  });

  test("a peer that lets it in and leaves at once, again and again, makes the waits grow", async () => {
    const { wire, address } = await ends.wireListening();
    ends.connecting(address, { retryMinMs: 1_000, retryMaxMs: 64_000 });
    const waits: number[] = [];
    for (let count = 0; count < 8; count++) {
      const peer = await wire.peers.take();
      const end = await ends.owner.accepted.take();
      peer.send(greeting31 + readyPair);
      expect(await end.events.take()).toBe("ready PAIR");
      peer.socket.end();
      expect(await end.events.take()).toBe("closed");
      waits.push(ends.passWait());
    }
    for (const [index, waitMs] of waits.entries()) {
      expect(waitMs).toBeGreaterThanOrEqual(Math.min(1_000 * 2 ** index, 64_000) / 2);
    }
  });

  test("without a handshake the waits grow: the sink is told why, the ends.owner not a second time", async () => {
    const { wire, address } = await ends.wireListening();
    ends.connecting(address, { retryMinMs: 1_000, retryMaxMs: 64_000 });
    const waits: number[] = [];
    for (let count = 0; count < 4; count++) {
      const peer = await wire.peers.take();
      const end = await ends.owner.accepted.take();
      peer.socket.end();
      expect(await end.events.take()).toMatch(/^closed: the peer ended the connection before/);
      waits.push(ends.passWait());
    }
    expect(waits[3]).toBeGreaterThanOrEqual(4_000);
    expect(ends.owner.failures.left).toEqual([]);
  });

  test("after an error of the peer it tries again too, after the longest wait", async () => {
    const { wire, address } = await ends.wireListening();
    ends.connecting(address, { retryMinMs: 1_000, retryMaxMs: 64_000 });
    for (const answer of [
      "00",
      `${greeting31}040a054552524f5203343030`,
      `${greeting31 + readyOfOurs}0800`,
    ]) {
      const peer = await wire.peers.take();
      const end = await ends.owner.accepted.take();
      peer.send(answer);
      peer.socket.end();
      await closing(end);
      expect(ends.passWait()).toBeGreaterThanOrEqual(32_000);
    }
  });

  test("closed, it tries no more, whatever it was doing, and leaves the connection alone", async () => {
    const { wire, address } = await ends.wireListening();
    const connector = ends.connecting(address);
    const peer = await wire.peers.take();
    const end = await ends.owner.accepted.take();
    connector.close();
    connector.close();
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    end.connection.destroy();
    expect(await end.events.take()).toBe("closed");
    expect(ends.clock.timerCount).toBe(0);

    const inTheAct = ends.connecting(address);
    inTheAct.close();
    await nextTurn();
    expect([ends.clock.timerCount, ends.owner.failures.left, ends.owner.accepted.left]).toEqual([
      0,
      [],
      [],
    ]);
  });

  test("unreferenced it does not keep the process alive, nor do its connections", async () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    const { wire, address } = await ends.wireListening();
    const connector = ends.connecting(address);
    connector.unref();
    expect(ends.clock.referencedCount).toBe(0);
    await wire.peers.take();
    const end = await ends.owner.accepted.take();
    expect([ends.clock.timerCount, ends.clock.referencedCount]).toEqual([1, 0]);
    const before = sockets();
    end.connection.ref();
    expect([sockets(), ends.clock.referencedCount]).toEqual([before + 1, 1]);
    end.connection.destroy();
    expect(await end.events.take()).toBe("closed");
    expect([ends.clock.timerCount, ends.clock.referencedCount]).toEqual([1, 0]);
    connector.ref();
    expect(ends.clock.referencedCount).toBe(1);
    ends.passWait();
    await wire.peers.take();
    await ends.owner.accepted.take();
    expect(ends.clock.referencedCount).toBe(1);
  });

  test("address and options are checked at the call", () => {
    expect(() => ends.connecting({ host: "h", port: 70_000 })).toThrow(UsageError);
    expect(() => ends.connecting(anyPort, { handshakeTimeoutMs: -1 })).toThrow(UsageError);
    expect(() => ends.connecting(anyPort, { retryMinMs: 0 })).toThrow(UsageError);
  });
});

describe("at a path", () => {
  let folder: SocketFolder;
  let address: IpcAddress;

  beforeEach(() => {
    folder = new SocketFolder();
    address = folder.at("x.sock");
    ends.afterwards(() => folder.remove());
  });

  test("both ends meet, and for people the path is where the other one is", async () => {
    const listener = await ends.listening({}, address);
    expect(listener.address).toEqual(address);
    const listenerEnd = ends.owner.accepted.take();
    const other = new Owner();
    const connector = new Connector(address, pair, other, ends.clock);
    ends.afterwards(() => connector.close());
    const both = await Promise.all([listenerEnd, other.accepted.take()]);
    for (const end of both) {
      ends.afterwards(() => end.connection.destroy());
      expect(await end.events.take()).toBe("ready PAIR");
      expect(end.connection.remote).toBe(address.path);
    }
    both[1].send(bytesOf("aa"));
    expect(await both[0].events.take()).toBe("frame aa");
  });

  test("a connector waits for somebody to listen there", async () => {
    ends.connecting(address);
    expect(await ends.owner.failures.take()).toMatch(
      `cannot connect to ${address.path}: ENOENT; next try in `,
    );
    await folder.leaveBehind("x.sock");
    ends.passWait();
    expect(await ends.owner.failures.take()).toMatch(/: ECONNREFUSED; next try in /);
    await ends.listening({}, address);
    ends.passWait();
    for (const end of [await ends.owner.accepted.take(), await ends.owner.accepted.take()]) {
      ends.afterwards(() => end.connection.destroy());
      expect(await end.events.take()).toBe("ready PAIR");
    }
    expect(ends.owner.failures.left).toEqual([]);
  });

  test("the address is checked at the call", () => {
    expect(() => ends.connecting({ path: `/${"x".repeat(200)}` })).toThrow(UsageError);
  });
});

/** Waits until the connection is gone. */
async function closing(end: Accepted): Promise<string> {
  for (;;) {
    const event = await end.events.take();
    if (event.startsWith("closed")) return event;
  }
}
