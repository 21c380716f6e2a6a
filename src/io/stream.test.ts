import { lstatSync, writeFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SocketFolder } from "../../test/support/socket-folder.ts";
import { type Accepted, Owner, WireListener, WirePeer } from "../../test/zmtp/endpoints.ts";
import { ManualClock } from "../../test/zmtp/manual-clock.ts";
import { bytesOf, greeting31, readyOfOurs, readyPair } from "../../test/zmtp/recorder.ts";
import { TransportError, UsageError } from "../errors.ts";
import type { IpcAddress, StreamAddress, TcpAddress } from "./address.ts";
import {
  Connector,
  type ConnectorOptions,
  type Listener,
  type ListenerOptions,
  listen,
} from "./stream.ts";

const anyPort = { host: "127.0.0.1", port: 0 };
const pair = { socketType: "PAIR" } as const;

let clock: ManualClock;
let owner: Owner;
/** What a test opened and has to be closed after it. */
let opened: (() => unknown)[];

beforeEach(() => {
  clock = new ManualClock();
  owner = new Owner();
  opened = [];
});

afterEach(async () => {
  for (const close of opened.reverse()) await close();
});

async function listening(
  options: Partial<ListenerOptions> = {},
  address: StreamAddress = anyPort,
): Promise<Listener> {
  const listener = await listen(address, { ...pair, ...options }, owner, clock);
  opened.push(() => listener.close());
  return listener;
}

async function wireListening(port?: number): Promise<{ wire: WireListener; address: TcpAddress }> {
  const wire = new WireListener();
  const address = await wire.listen(port);
  opened.push(() => wire.close());
  return { wire, address };
}

function connecting(address: StreamAddress, options: Partial<ConnectorOptions> = {}): Connector {
  const connector = new Connector(address, { ...pair, ...options }, owner, clock);
  opened.push(() => connector.close());
  return connector;
}

async function wirePeer(address: StreamAddress): Promise<WirePeer> {
  const peer = await WirePeer.connect(address);
  opened.push(() => peer.socket.destroy());
  return peer;
}

/** Moves the clock to the next try, and tells how long the wait was. */
function passWait(): number {
  const waitMs = clock.nextDelayMs;
  clock.advance(waitMs);
  return waitMs;
}

describe("Listener", () => {
  test("says where it listens, and hands out a connection for each peer", async () => {
    const { address } = await listening();
    expect(address).toEqual({ host: "127.0.0.1", port: expect.any(Number) });
    const peer = await wirePeer(address);
    const end = await owner.accepted.take();
    expect(end.connection.remote).toBe(`127.0.0.1:${peer.socket.localPort}`);
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
  });

  test("an address that is taken rejects, with the address and the cause", async () => {
    const { address } = await listening();
    const second = listen(address, pair, owner);
    await expect(second).rejects.toThrow(TransportError);
    await expect(second).rejects.toThrow(
      `cannot take connections at 127.0.0.1:${address.port}: in use by a listening process (EADDRINUSE)`,
    );
  });

  test("an address that is none of this machine's rejects, and says so", async () => {
    // RFC 5737: for documentation, so that nobody has it.
    await expect(listen({ host: "192.0.2.1", port: 0 }, pair, owner)).rejects.toThrow(
      "cannot take connections at 192.0.2.1:0: no address of this machine (EADDRNOTAVAIL)",
    );
  });

  test("connections above the limit are closed at once, each with a report", async () => {
    const { address } = await listening({ connectionsMax: 1 });
    await wirePeer(address);
    await owner.accepted.take();
    const surplus = await wirePeer(address);
    await surplus.ended;
    expect(await owner.failures.take()).toBe(
      `127.0.0.1:${surplus.socket.localPort}: it was not taken: there are 1 connections, ` +
        "and no more are allowed",
    );
    expect(owner.accepted.left).toEqual([]);
  });

  test("at the limit the oldest at its handshake gives way to a newcomer, once it had its second", async () => {
    const { address } = await listening({ connectionsMax: 2 });
    const mute = await wirePeer(address);
    const first = await owner.accepted.take();
    await wirePeer(address);
    const second = await owner.accepted.take();
    clock.advance(999);
    await (await wirePeer(address)).ended;
    expect(await owner.failures.take()).toMatch(/ was not taken: there are 2 connections/);
    clock.advance(1);
    const newcomer = await wirePeer(address);
    const end = await owner.accepted.take();
    await mute.ended;
    expect(await first.events.take()).toBe(
      "closed: its handshake was not over after 1000 ms, and a newcomer needed its place: " +
        "there are 2 connections, and no more are allowed",
    );
    newcomer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    expect([second.events.left, owner.failures.left]).toEqual([[], []]);
  });

  test("a connection whose handshake is over never gives way, however old it is", async () => {
    const { address } = await listening({ connectionsMax: 1 });
    const peer = await wirePeer(address);
    const end = await owner.accepted.take();
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    clock.advance(1_000_000);
    await (await wirePeer(address)).ended;
    expect(await owner.failures.take()).toMatch(/ was not taken: there are 1 connections/);
    peer.send("000155");
    expect(await end.events.take()).toBe("frame 55");
  });

  test("a connection that is gone has left its place, and gives way to nobody", async () => {
    const { address } = await listening({ connectionsMax: 1 });
    for (let count = 0; count < 3; count++) {
      const peer = await wirePeer(address);
      const end = await owner.accepted.take();
      clock.advance(5_000);
      peer.socket.destroy();
      expect(await end.events.take()).toMatch(/^closed: the peer ended the connection before/);
    }
    expect(owner.failures.left).toEqual([]);
  });

  test("closed, it takes no more, and the connections that are there go on", async () => {
    const listener = await listening();
    const peer = await wirePeer(listener.address);
    const end = await owner.accepted.take();
    void listener.close();
    void listener.close();
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    connecting(listener.address);
    expect(await owner.failures.take()).toMatch(/ECONNREFUSED/);
  });

  test("options and address are checked before anything is opened", async () => {
    await expect(listen({ host: "", port: 0 }, pair, owner)).rejects.toThrow(UsageError);
    const wrong = { ...pair, bodyBytesMax: 0 };
    await expect(listen(anyPort, wrong, owner)).rejects.toThrow(UsageError);
  });
});

describe("Connector", () => {
  test("connects, and hands out the connection", async () => {
    const { wire, address } = await wireListening();
    connecting(address);
    const peer = await wire.peers.take();
    peer.send(greeting31 + readyPair);
    const end = await owner.accepted.take();
    expect(await end.events.take()).toBe("ready PAIR");
    end.send(bytesOf("aa"));
    expect((await peer.receive(64 + 28 + 3)).slice(-6)).toBe("0001aa");
  });

  test("both ends of ours meet, and know each other", async () => {
    const { address } = await listening({ plexo: { version: "1", instanceId: "listener" } });
    const listenerEnd = owner.accepted.take();
    const other = new Owner();
    const connector = new Connector(
      address,
      { ...pair, plexo: { version: "1", instanceId: "connector" } },
      other,
      clock,
    );
    opened.push(() => connector.close());
    const ends = await Promise.all([listenerEnd, other.accepted.take()]);
    opened.push(...ends.map((end) => () => end.connection.destroy()));
    for (const end of ends) expect(await end.events.take()).toBe("ready PAIR");
    expect(ends.map((end) => end.connection.peer?.plexo?.instanceId)).toEqual([
      "connector",
      "listener",
    ]);
  });

  test("refused, it reports and tries again, each time after a longer wait", async () => {
    const { wire, address } = await wireListening();
    await wire.close();
    connecting(address, { retryMinMs: 1_000, retryMaxMs: 4_000 });
    for (const boundMs of [1_000, 2_000, 4_000, 4_000]) {
      const failure = await owner.failures.take();
      const waitMs = passWait();
      expect(waitMs).toBeGreaterThanOrEqual(boundMs / 2 - 1);
      expect(waitMs).toBeLessThanOrEqual(boundMs);
      expect(failure).toBe(
        `cannot connect to 127.0.0.1:${address.port}: ECONNREFUSED; next try in ${waitMs} ms`,
      );
    }
  });

  test("it comes through as soon as somebody listens", async () => {
    const { wire, address } = await wireListening();
    await wire.close();
    connecting(address);
    await owner.failures.take();
    const { wire: second } = await wireListening(address.port);
    passWait();
    await second.peers.take();
    await owner.accepted.take();
    expect(owner.failures.left).toEqual([]);
  });

  test("no answer in time is a failure, and it tries again", async () => {
    const { address } = await wireListening();
    connecting(address, { connectTimeoutMs: 3_000 });
    // Before the loop turns nobody can know that somebody listens.
    expect(clock.nextDelayMs).toBe(3_000);
    clock.advance(3_000);
    expect(await owner.failures.take()).toMatch(/: no answer in 3000 ms; next try in \d+ ms$/);
    passWait();
    await owner.accepted.take();
  });

  test("a lost connection is made anew, and one that lasted keeps the wait short", async () => {
    const { wire, address } = await wireListening();
    connecting(address, { retryMinMs: 1_000, retryMaxMs: 64_000 });
    for (let count = 0; count < 4; count++) {
      const peer = await wire.peers.take();
      const end = await owner.accepted.take();
      peer.send(greeting31 + readyPair);
      expect(await end.events.take()).toBe("ready PAIR");
      clock.advance(1_000);
      peer.socket.resetAndDestroy();
      expect(await end.events.take()).toBe("closed");
      expect(passWait()).toBeLessThanOrEqual(1_000);
    }
    expect(owner.failures.left).toEqual([]);
  });

  test("a peer that lets it in and leaves at once, again and again, makes the waits grow", async () => {
    const { wire, address } = await wireListening();
    connecting(address, { retryMinMs: 1_000, retryMaxMs: 64_000 });
    const waits: number[] = [];
    for (let count = 0; count < 8; count++) {
      const peer = await wire.peers.take();
      const end = await owner.accepted.take();
      peer.send(greeting31 + readyPair);
      expect(await end.events.take()).toBe("ready PAIR");
      peer.socket.end();
      expect(await end.events.take()).toBe("closed");
      waits.push(passWait());
    }
    for (const [index, waitMs] of waits.entries()) {
      expect(waitMs).toBeGreaterThanOrEqual(Math.min(1_000 * 2 ** index, 64_000) / 2);
    }
  });

  test("without a handshake the waits grow: the sink is told why, the owner not a second time", async () => {
    const { wire, address } = await wireListening();
    connecting(address, { retryMinMs: 1_000, retryMaxMs: 64_000 });
    const waits: number[] = [];
    for (let count = 0; count < 4; count++) {
      const peer = await wire.peers.take();
      const end = await owner.accepted.take();
      peer.socket.end();
      expect(await end.events.take()).toMatch(/^closed: the peer ended the connection before/);
      waits.push(passWait());
    }
    expect(waits[3]).toBeGreaterThanOrEqual(4_000);
    expect(owner.failures.left).toEqual([]);
  });

  test("after an error of the peer it tries again too, after the longest wait", async () => {
    const { wire, address } = await wireListening();
    connecting(address, { retryMinMs: 1_000, retryMaxMs: 64_000 });
    for (const answer of [
      "00",
      `${greeting31}040a054552524f5203343030`,
      `${greeting31 + readyOfOurs}0800`,
    ]) {
      const peer = await wire.peers.take();
      const end = await owner.accepted.take();
      peer.send(answer);
      peer.socket.end();
      await closing(end);
      expect(passWait()).toBeGreaterThanOrEqual(32_000);
    }
  });

  test("closed, it tries no more, whatever it was doing, and leaves the connection alone", async () => {
    const { wire, address } = await wireListening();
    const connector = connecting(address);
    const peer = await wire.peers.take();
    const end = await owner.accepted.take();
    connector.close();
    connector.close();
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    end.connection.destroy();
    expect(await end.events.take()).toBe("closed");
    expect(clock.timerCount).toBe(0);

    const inTheAct = connecting(address);
    inTheAct.close();
    await nextTurn();
    expect([clock.timerCount, owner.failures.left, owner.accepted.left]).toEqual([0, [], []]);
  });

  test("unreferenced it does not keep the process alive, nor do its connections", async () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    const { wire, address } = await wireListening();
    const connector = connecting(address);
    connector.unref();
    expect(clock.referencedCount).toBe(0);
    await wire.peers.take();
    const end = await owner.accepted.take();
    expect([clock.timerCount, clock.referencedCount]).toEqual([1, 0]);
    const before = sockets();
    end.connection.ref();
    expect([sockets(), clock.referencedCount]).toEqual([before + 1, 1]);
    end.connection.destroy();
    expect(await end.events.take()).toBe("closed");
    expect([clock.timerCount, clock.referencedCount]).toEqual([1, 0]);
    connector.ref();
    expect(clock.referencedCount).toBe(1);
    passWait();
    await wire.peers.take();
    await owner.accepted.take();
    expect(clock.referencedCount).toBe(1);
  });

  test("address and options are checked at the call", () => {
    expect(() => connecting({ host: "h", port: 70_000 })).toThrow(UsageError);
    expect(() => connecting(anyPort, { handshakeTimeoutMs: -1 })).toThrow(UsageError);
    expect(() => connecting(anyPort, { retryMinMs: 0 })).toThrow(UsageError);
  });
});

describe("at a path", () => {
  let folder: SocketFolder;
  let address: IpcAddress;

  beforeEach(() => {
    folder = new SocketFolder();
    address = folder.at("x.sock");
    opened.push(() => folder.remove());
  });

  test("both ends meet, and for people the path is where the other one is", async () => {
    const listener = await listening({}, address);
    expect(listener.address).toEqual(address);
    const listenerEnd = owner.accepted.take();
    const other = new Owner();
    const connector = new Connector(address, pair, other, clock);
    opened.push(() => connector.close());
    const ends = await Promise.all([listenerEnd, other.accepted.take()]);
    for (const end of ends) {
      opened.push(() => end.connection.destroy());
      expect(await end.events.take()).toBe("ready PAIR");
      expect(end.connection.remote).toBe(address.path);
    }
    ends[1].send(bytesOf("aa"));
    expect(await ends[0].events.take()).toBe("frame aa");
  });

  test("the owner only may connect, unless it is said otherwise", async () => {
    await listening({}, address);
    expect(lstatSync(address.path).mode & 0o777).toBe(0o600);
    const other = folder.at("other.sock");
    await listening({ socketMode: 0o666 }, other);
    expect(lstatSync(other.path).mode & 0o777).toBe(0o666);
  });

  test("a path that is in use rejects, and who listens there goes on", async () => {
    await listening({}, address);
    await expect(listen(address, pair, new Owner(), clock)).rejects.toThrow(
      `cannot take connections at ${address.path}: in use by a listening process`,
    );
    // Whoever wanted the path has knocked.
    expect(await (await owner.accepted.take()).events.take()).toMatch(/^closed: the peer ended/);
    const peer = await wirePeer(address);
    const end = await owner.accepted.take();
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
  });

  test("what the system refuses comes with the path and the cause", async () => {
    // Nobody can claim a path if a file has the claim's name.
    writeFileSync(folder.at(".x.sock.claim").path, "");
    const refused = listen(address, pair, owner, clock);
    await expect(refused).rejects.toThrow(TransportError);
    await expect(refused).rejects.toThrow(`cannot take connections at ${address.path}: ENOTDIR`);
  });

  test("connections above the limit are closed at once, each with a report", async () => {
    await listening({ connectionsMax: 1 }, address);
    await wirePeer(address);
    await owner.accepted.take();
    const surplus = await wirePeer(address);
    await surplus.ended;
    expect(await owner.failures.take()).toBe(
      `${address.path}: it was not taken: there are 1 connections, and no more are allowed`,
    );
  });

  test("closed, it takes no more and its file is gone; a successor's stays", async () => {
    const listener = await listening({}, address);
    const peer = await wirePeer(address);
    const end = await owner.accepted.take();
    void listener.close();
    expect(folder.names).toEqual([]);
    const successor = await listening({}, address);
    void listener.close();
    expect(folder.names).toEqual(["x.sock"]);
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    end.connection.destroy();
    await listener.close();
    expect(folder.names).toEqual(["x.sock"]);
    await successor.close();
    expect(folder.names).toEqual([]);
  });

  test("a connector waits for somebody to listen there", async () => {
    connecting(address);
    expect(await owner.failures.take()).toMatch(
      `cannot connect to ${address.path}: ENOENT; next try in `,
    );
    await folder.leaveBehind("x.sock");
    passWait();
    expect(await owner.failures.take()).toMatch(/: ECONNREFUSED; next try in /);
    await listening({}, address);
    passWait();
    for (const end of [await owner.accepted.take(), await owner.accepted.take()]) {
      opened.push(() => end.connection.destroy());
      expect(await end.events.take()).toBe("ready PAIR");
    }
    expect(owner.failures.left).toEqual([]);
  });

  test("address and options are checked at the call", async () => {
    const long = { path: `/${"x".repeat(200)}` };
    await expect(listen(long, pair, owner)).rejects.toThrow(UsageError);
    expect(() => connecting(long)).toThrow(UsageError);
    const wrong = { ...pair, socketMode: 0o1777 };
    await expect(listen(address, wrong, owner)).rejects.toThrow(UsageError);
  });
});

/** Waits until the connection is gone. */
async function closing(end: Accepted): Promise<string> {
  for (;;) {
    const event = await end.events.take();
    if (event.startsWith("closed")) return event;
  }
}
