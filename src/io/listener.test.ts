import { lstatSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SocketFolder } from "../../test/support/socket-folder.ts";
import { Owner } from "../../test/zmtp/endpoints.ts";
import { greeting31, readyPair } from "../../test/zmtp/recorder.ts";
import { anyPort, pair, StreamEnds } from "../../test/zmtp/stream-ends.ts";
import { TransportError, UsageError } from "../errors.ts";
import type { IpcAddress } from "./address.ts";
import { listen } from "./listener.ts";

let ends: StreamEnds;

beforeEach(() => {
  ends = new StreamEnds();
});

afterEach(() => ends.close());

describe("Listener", () => {
  test("says where it listens, and hands out a connection for each peer", async () => {
    const { address } = await ends.listening();
    expect(address).toEqual({ host: "127.0.0.1", port: expect.any(Number) });
    const peer = await ends.wirePeer(address);
    const end = await ends.owner.accepted.take();
    expect(end.connection.remote).toBe(`127.0.0.1:${peer.socket.localPort}`);
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
  });

  test("an address that is taken rejects, with the address and the cause", async () => {
    const { address } = await ends.listening();
    const second = listen(address, pair, ends.owner);
    await expect(second).rejects.toThrow(TransportError);
    await expect(second).rejects.toThrow(
      `cannot take connections at 127.0.0.1:${address.port}: in use by a listening process (EADDRINUSE)`,
    );
  });

  test("an address that is none of this machine's rejects, and says so", async () => {
    // RFC 5737: for documentation, so that nobody has it.
    await expect(listen({ host: "192.0.2.1", port: 0 }, pair, ends.owner)).rejects.toThrow(
      "cannot take connections at 192.0.2.1:0: no address of this machine (EADDRNOTAVAIL)",
    );
  });

  test("connections above the limit are closed at once, each with a report", async () => {
    const { address } = await ends.listening({ connectionsMax: 1 });
    await ends.wirePeer(address);
    await ends.owner.accepted.take();
    const surplus = await ends.wirePeer(address);
    await surplus.ended;
    expect(await ends.owner.failures.take()).toBe(
      `127.0.0.1:${surplus.socket.localPort}: it was not taken: there are 1 connections, ` +
        "and no more are allowed",
    );
    expect(ends.owner.accepted.left).toEqual([]);
  });

  test("at the limit the oldest at its handshake gives way to a newcomer, once it had its second", async () => {
    const { address } = await ends.listening({ connectionsMax: 2 });
    const mute = await ends.wirePeer(address);
    const first = await ends.owner.accepted.take();
    await ends.wirePeer(address);
    const second = await ends.owner.accepted.take();
    ends.clock.advance(999);
    await (await ends.wirePeer(address)).ended;
    expect(await ends.owner.failures.take()).toMatch(/ was not taken: there are 2 connections/);
    ends.clock.advance(1);
    const newcomer = await ends.wirePeer(address);
    const end = await ends.owner.accepted.take();
    await mute.ended;
    expect(await first.events.take()).toBe(
      "closed: its handshake was not over after 1000 ms, and a newcomer needed its place: " +
        "there are 2 connections, and no more are allowed",
    );
    newcomer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    expect([second.events.left, ends.owner.failures.left]).toEqual([[], []]);
  });

  test("a connection whose handshake is over never gives way, however old it is", async () => {
    const { address } = await ends.listening({ connectionsMax: 1 });
    const peer = await ends.wirePeer(address);
    const end = await ends.owner.accepted.take();
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    ends.clock.advance(1_000_000);
    await (await ends.wirePeer(address)).ended;
    expect(await ends.owner.failures.take()).toMatch(/ was not taken: there are 1 connections/);
    peer.send("000155");
    expect(await end.events.take()).toBe("frame 55");
  });

  test("a connection that is gone has left its place, and gives way to nobody", async () => {
    const { address } = await ends.listening({ connectionsMax: 1 });
    for (let count = 0; count < 3; count++) {
      const peer = await ends.wirePeer(address);
      const end = await ends.owner.accepted.take();
      ends.clock.advance(5_000);
      peer.socket.destroy();
      expect(await end.events.take()).toMatch(/^closed: the peer ended the connection before/);
    }
    expect(ends.owner.failures.left).toEqual([]);
  });

  test("closed, it takes no more, and the connections that are there go on", async () => {
    const listener = await ends.listening();
    const peer = await ends.wirePeer(listener.address);
    const end = await ends.owner.accepted.take();
    void listener.close();
    void listener.close();
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
    ends.connecting(listener.address);
    expect(await ends.owner.failures.take()).toMatch(/ECONNREFUSED/);
  });

  test("options and address are checked before anything is opened", async () => {
    await expect(listen({ host: "", port: 0 }, pair, ends.owner)).rejects.toThrow(UsageError);
    const wrong = { ...pair, bodyBytesMax: 0 };
    await expect(listen(anyPort, wrong, ends.owner)).rejects.toThrow(UsageError);
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

  test("the ends.owner only may connect, unless it is said otherwise", async () => {
    await ends.listening({}, address);
    expect(lstatSync(address.path).mode & 0o777).toBe(0o600);
    const other = folder.at("other.sock");
    await ends.listening({ socketMode: 0o666 }, other);
    expect(lstatSync(other.path).mode & 0o777).toBe(0o666);
  });

  test("a path that is in use rejects, and who listens there goes on", async () => {
    await ends.listening({}, address);
    await expect(listen(address, pair, new Owner(), ends.clock)).rejects.toThrow(
      `cannot take connections at ${address.path}: in use by a listening process`,
    );
    // Whoever wanted the path has knocked.
    expect(await (await ends.owner.accepted.take()).events.take()).toMatch(
      /^closed: the peer ended/,
    );
    const peer = await ends.wirePeer(address);
    const end = await ends.owner.accepted.take();
    peer.send(greeting31 + readyPair);
    expect(await end.events.take()).toBe("ready PAIR");
  });

  test("what the system refuses comes with the path and the cause", async () => {
    // Nobody can claim a path if a file has the claim's name.
    writeFileSync(folder.at(".x.sock.claim").path, "");
    const refused = listen(address, pair, ends.owner, ends.clock);
    await expect(refused).rejects.toThrow(TransportError);
    await expect(refused).rejects.toThrow(`cannot take connections at ${address.path}: ENOTDIR`);
  });

  test("connections above the limit are closed at once, each with a report", async () => {
    await ends.listening({ connectionsMax: 1 }, address);
    await ends.wirePeer(address);
    await ends.owner.accepted.take();
    const surplus = await ends.wirePeer(address);
    await surplus.ended;
    expect(await ends.owner.failures.take()).toBe(
      `${address.path}: it was not taken: there are 1 connections, and no more are allowed`,
    );
  });

  test("closed, it takes no more and its file is gone; a successor's stays", async () => {
    const listener = await ends.listening({}, address);
    const peer = await ends.wirePeer(address);
    const end = await ends.owner.accepted.take();
    void listener.close();
    expect(folder.names).toEqual([]);
    const successor = await ends.listening({}, address);
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

  test("address and options are checked before anything is opened", async () => {
    const long = { path: `/${"x".repeat(200)}` };
    await expect(listen(long, pair, ends.owner)).rejects.toThrow(UsageError);
    const wrong = { ...pair, socketMode: 0o1777 };
    await expect(listen(address, wrong, ends.owner)).rejects.toThrow(UsageError);
  });
});
