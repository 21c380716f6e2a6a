/** A link over a real socket: at its other end a bare one, and a clock that the tests move. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { outcomeOf } from "../../../test/support/notebook.ts";
import { WirePeer } from "../../../test/zmtp/endpoints.ts";
import { Mailbox } from "../../../test/zmtp/mailbox.ts";
import { ManualClock } from "../../../test/zmtp/manual-clock.ts";
import { bytesOf, greeting31, hexOf, readyOfOurs, readyPair } from "../../../test/zmtp/recorder.ts";
import type { Connection } from "../../io/connection.ts";
import { type Listener, listen } from "../../io/stream.ts";
import type { Span } from "../../protocol/span.ts";
import { until } from "../../testing/until.ts";
import { WireLink } from "./link.ts";

const greeting30 = greeting31.replace("7f0301", "7f0300");
const never = new Promise<void>(() => {});

/** Frames of one octet each are its messages. */
class BareLink extends WireLink {
  readonly received = new Mailbox<string>();
  hold: Promise<void> | undefined;

  get pendingBytes(): number {
    return this.output.pendingBytes;
  }

  /** Sends frames, heads included. */
  send(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      this.output.append(frame);
      this.countSent(frame.length);
    }
  }

  protected override receive(body: Span): void {
    this.countReceived();
    this.received.put(hexOf(body.bytes));
    if (this.hold !== undefined) this.holdUntil(this.hold);
  }
}

let clock: ManualClock;
let listener: Listener;
let peer: WirePeer;
/** What the link tells its owner. */
let told: Mailbox<string>;
let links: Mailbox<BareLink>;

beforeEach(async () => {
  clock = new ManualClock();
  const events = new Mailbox<string>();
  told = events;
  links = new Mailbox();
  const accept = (connection: Connection): BareLink => {
    const link = new BareLink(connection, {
      ready: () => events.put("ready"),
      writable: () => events.put("writable"),
      malformed: () => {},
      closed: (reason) => events.put(`closed${reason === undefined ? "" : `: ${reason.message}`}`),
    });
    links.put(link);
    return link;
  };
  const heartbeat = { intervalMs: 500, timeoutMs: 5_000, ttlMs: 0 };
  const options = { socketType: "PAIR", heartbeat, heartbeatWith: "ours" } as const;
  const anyPort = { host: "127.0.0.1", port: 0 };
  listener = await listen(anyPort, options, { accept, failed: () => {} }, clock);
  peer = await WirePeer.connect(listener.address);
});

afterEach(async () => {
  peer.socket.destroy();
  await listener.close();
  await until("no timer is left", () => clock.timerCount === 0);
});

/** The link, after a handshake with this READY. */
async function linked(ready: string, greeting = greeting31): Promise<BareLink> {
  const link = await links.take();
  peer.send(greeting + ready);
  await peer.receive((greeting31.length + readyPair.length) / 2);
  expect(await told.take()).toBe("ready");
  return link;
}

/** The next PING, which has to be what comes next. @returns Its context, in hex. */
async function nextPing(): Promise<string> {
  const head = await peer.receive(2);
  const rest = await peer.receive(Number.parseInt(head.slice(2), 16));
  expect(head.slice(0, 2) + rest.slice(0, 14)).toBe("040450494e470000");
  return rest.slice(14);
}

function pongTo(context: string): string {
  const byteCount = 5 + context.length / 2;
  return `04${byteCount.toString(16).padStart(2, "0")}04504f4e47${context}`;
}

/** Waits until a PONG, and what came before it, has been looked at: the link answers a PING. */
async function seen(): Promise<void> {
  peer.send("04070450494e470000");
  expect(await peer.receive(7)).toBe("040504504f4e47");
}

describe("probe", () => {
  test("is answered by the PONG to its own PING, not by that to a heartbeat's before it", async () => {
    const link = await linked(readyOfOurs);
    clock.advance(500);
    const ofHeartbeat = await nextPing();
    const probe = link.probe();
    const own = await nextPing();
    peer.send(pongTo(ofHeartbeat));
    await seen();
    expect(await outcomeOf(probe)).toBe("pending");
    peer.send(pongTo(own));
    await probe;
  });

  test("one PING is under way at a time, and those who ask meanwhile share the next", async () => {
    const link = await linked(readyPair);
    const first = link.probe();
    await nextPing();
    const next = Promise.all([link.probe(), link.probe()]);
    await seen();
    expect(await outcomeOf(first)).toBe("pending");
    peer.send(pongTo(""));
    await first;
    await nextPing();
    await seen();
    expect(await outcomeOf(next)).toBe("pending");
    peer.send(pongTo(""));
    await next;
  });

  test("an answer that nobody asked for answers nobody", async () => {
    const link = await linked(readyPair);
    peer.send(pongTo("") + pongTo(""));
    await seen();
    const probe = link.probe();
    await nextPing();
    await seen();
    expect(await outcomeOf(probe)).toBe("pending");
    peer.send(pongTo(""));
    await probe;
  });

  test("asked for while the system takes no bytes its PING stands behind all that was sent before", async () => {
    const link = await linked(readyOfOurs);
    const megabytes = new Uint8Array(16_000_000);
    peer.socket.pause();
    link.send(megabytes);
    let waitingBytes = Number.NaN;
    while (waitingBytes !== link.pendingBytes) {
      waitingBytes = link.pendingBytes;
      for (let turn = 0; turn < 20; turn++) await nextTurn();
    }
    clock.advance(500);
    await until("a PING of 25 bytes waits", () => link.pendingBytes === waitingBytes + 25);
    link.send(bytesOf("000155"));
    const probe = link.probe();
    void link.probe();
    peer.socket.resume();
    await peer.receive(megabytes.length);
    const ofHeartbeat = await nextPing();
    expect(await peer.receive(3)).toBe("000155");
    const own = await nextPing();
    peer.send(pongTo(ofHeartbeat));
    await seen();
    expect(await outcomeOf(probe)).toBe("pending");
    peer.send(pongTo(own));
    await probe;
  });

  test("has nothing to wait for before the handshake is over, and when the link is gone", async () => {
    const link = await links.take();
    await link.probe();
    peer.send(greeting31 + readyPair);
    expect(await told.take()).toBe("ready");
    const pending = link.probe();
    peer.socket.destroy();
    await pending;
    expect(await told.take()).toBe("closed");
    await link.probe();
  });
});

describe("caughtUp", () => {
  test("asks a peer that speaks 3.1", async () => {
    const link = await linked(readyPair);
    const caughtUp = link.caughtUp();
    await nextPing();
    expect(await outcomeOf(caughtUp)).toBe("pending");
    peer.send(pongTo(""));
    await caughtUp;
  });

  test("RFC 23 (3.0) has no PING: such a peer is sent none, and not waited for", async () => {
    const link = await linked(readyPair, greeting30);
    await link.caughtUp();
    await seen();
    expect(peer.rest).toBe("");
  });

  test("asks a peer of ours, whatever it says it speaks", async () => {
    const link = await linked(readyOfOurs, greeting30);
    const caughtUp = link.caughtUp();
    const context = await nextPing();
    expect(await outcomeOf(caughtUp)).toBe("pending");
    peer.send(pongTo(context));
    await caughtUp;
  });
});

describe("holds", () => {
  test("nothing is handed over until each of them has let go, by whatever outcome", async () => {
    const link = await linked(readyPair);
    const held: (() => void)[] = [];
    link.hold = new Promise((_, reject) => held.push(() => reject(new Error("of a receiver"))));
    peer.send("000101" + "000102");
    expect(await link.received.take()).toBe("01");
    expect(link.isHeld).toBe(true);
    await nextTurn();
    expect(link.received.left).toEqual([]);
    link.hold = undefined;
    for (const release of held) release();
    expect(await link.received.take()).toBe("02");
    expect(link.isHeld).toBe(false);
  });
});

describe("finish", () => {
  test("takes nothing more, says how much it took, and ends when what it sent is confirmed", async () => {
    const link = await linked(readyOfOurs);
    peer.send("000101");
    expect(await link.received.take()).toBe("01");
    link.send(bytesOf("000155"), bytesOf("000156"));
    expect([await peer.receive(6), link.unconfirmed]).toEqual(["000155" + "000156", 2]);
    const finished = link.finish(Number.POSITIVE_INFINITY, never);
    peer.send("000102");
    const context = await nextPing();
    expect(context).toBe("0000000000000001" + "0000000000000002");
    expect(await outcomeOf(finished)).toBe("pending");
    peer.send(pongTo(context));
    await peer.ended;
    peer.socket.end();
    await finished;
    expect([link.unconfirmed, link.received.left, await told.take()]).toEqual([0, [], "closed"]);
  });

  test("from then on PONGs do not confirm what came before their PING", async () => {
    const link = await linked(readyOfOurs);
    const finished = link.finish(Number.POSITIVE_INFINITY, never);
    const context = await nextPing();
    peer.send("04090450494e4700000102" + pongTo(context));
    expect(await peer.receive(7)).toBe("040504504f4e47");
    await peer.ended;
    peer.socket.end();
    await finished;
  });

  test("lets go of what holds it, so that it can hear its PONG", async () => {
    const link = await linked(readyOfOurs);
    link.hold = never;
    peer.send("000101" + "000102");
    expect(await link.received.take()).toBe("01");
    const finished = link.finish(Number.POSITIVE_INFINITY, never);
    peer.send(pongTo(await nextPing()));
    await peer.ended;
    peer.socket.end();
    await finished;
    expect(link.received.left).toEqual([]);
  });

  test("waits for a peer of ours no longer than it lingers", async () => {
    const link = await linked(readyOfOurs);
    link.send(bytesOf("000155"));
    await peer.receive(3);
    let tellOver = (): void => {};
    const over = new Promise<void>((resolve) => {
      tellOver = resolve;
    });
    const finished = link.finish(0, over);
    await nextPing();
    tellOver();
    await finished;
    expect(link.unconfirmed).toBe(1);
  });

  test("of another peer it waits for the end only", async () => {
    const link = await linked(readyPair);
    const finished = link.finish(Number.POSITIVE_INFINITY, never);
    await peer.ended;
    expect(peer.rest).toBe("");
    peer.socket.end();
    await finished;
  });
});

describe("unconfirmed", () => {
  test("of a peer of ours: what neither its PINGs nor its PONGs have told", async () => {
    const link = await linked(readyOfOurs);
    link.send(bytesOf("000155"), bytesOf("000156"), bytesOf("000157"));
    expect(link.unconfirmed).toBe(3);
    await peer.receive(9);
    peer.send("04170450494e470000" + "0000000000000001" + "0000000000000000");
    await peer.receive(23);
    expect(link.unconfirmed).toBe(2);
    const probe = link.probe();
    peer.send(pongTo(await nextPing()));
    await probe;
    expect(link.unconfirmed).toBe(0);
  });

  test("of another one: what had not left this process when the link was gone", async () => {
    const link = await linked(readyPair);
    link.send(bytesOf("000155"));
    await peer.receive(3);
    peer.socket.pause();
    link.send(new Uint8Array(16_000_000), bytesOf("000156"));
    expect(link.unconfirmed).toBe(0);
    await nextTurn();
    peer.socket.destroy();
    expect(await told.take()).toMatch(/^closed/);
    expect(link.unconfirmed).toBe(2);
  });
});
