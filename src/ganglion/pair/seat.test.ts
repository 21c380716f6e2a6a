/** Who gets the one seat, and when: links over real sockets, and a clock that the tests move. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WirePeer } from "../../../test/zmtp/endpoints.ts";
import { Mailbox } from "../../../test/zmtp/mailbox.ts";
import { ManualClock } from "../../../test/zmtp/manual-clock.ts";
import { greeting31, hexOf, readyPair, textHex } from "../../../test/zmtp/recorder.ts";
import type { Connection } from "../../io/connection.ts";
import { type Listener, listen } from "../../io/listener.ts";
import { encodeCommand } from "../../protocol/zmtp/command.ts";
import { encodeMetadata } from "../../protocol/zmtp/metadata.ts";
import { until } from "../../testing/until.ts";
import type { Wait } from "../../wait.ts";
import { PairLink } from "./link.ts";
import { Seat } from "./seat.ts";

const ping = "04070450494e470000";
const pong = "040504504f4e47";
/** A message that is no envelope; here it is enough that it is none. */
const message = "000155";
const taken = "this pair has a peer already, and a pair has one";

let clock: ManualClock;
let listener: Listener;
let peers: WirePeer[];
let linkCount: number;
/** What the seat tells its owner, one line each. */
let lines: Mailbox<string>;
let knocks: Mailbox<PairLink>;
let messages: Mailbox<string>;

beforeEach(async () => {
  clock = new ManualClock();
  peers = [];
  linkCount = 0;
  lines = new Mailbox();
  knocks = new Mailbox();
  messages = new Mailbox();
  const seat = new Seat(
    {
      seated: ({ remote }) => lines.put(`${remote} sits`),
      vacated: () => lines.put("nobody sits"),
      replaced: ({ remote }) => lines.put(`${remote} is replaced`),
      refused: ({ remote }, why) => lines.put(`${remote} is refused: ${why}`),
    },
    clock,
  );
  const accept = (connection: Connection): PairLink => {
    linkCount += 1;
    const link: PairLink = new PairLink(connection, {
      knocks: () => {
        seat.knock(link);
        knocks.put(link);
      },
      ready: () => seat.take(link),
      writable: () => {},
      arrived: (): Wait => undefined,
      malformed: () => messages.put("message"),
      closed: () => {
        seat.leave(link);
        linkCount -= 1;
      },
    });
    return link;
  };
  const options = { socketType: "PAIR", admission: "by owner" } as const;
  const anyPort = { host: "127.0.0.1", port: 0 };
  listener = await listen(anyPort, options, { accept, failed: () => {} }, clock);
});

afterEach(async () => {
  void listener.close();
  for (const peer of peers) peer.socket.destroy();
  await until("all links are gone", () => linkCount === 0);
  await until("no timer is left", () => clock.timerCount === 0);
});

/** A bare socket that has sent its greeting, and then `ready`; all of it has been looked at. */
async function newcomer(ready = ""): Promise<WirePeer> {
  const peer = await WirePeer.connect(listener.address);
  peers.push(peer);
  peer.send(greeting31);
  await peer.receive(greeting31.length / 2);
  await knocks.take();
  if (ready !== "") {
    peer.send(ready);
    await knocks.take();
  }
  return peer;
}

/** The first, which is let in at once. */
async function holder(): Promise<WirePeer> {
  const peer = await newcomer();
  await receiveReady(peer);
  return peer;
}

/** The first, with its handshake done. */
async function sitter(ready = readyPair): Promise<WirePeer> {
  const peer = await holder();
  peer.send(ready);
  expect(await told()).toEqual([`${nameOf(peer)} sits`]);
  return peer;
}

async function receiveReady(peer: WirePeer): Promise<void> {
  expect(await peer.receive(readyPair.length / 2)).toBe(readyPair);
}

/** What the seat tells next, so many lines. */
async function told(count = 1): Promise<string[]> {
  const next: string[] = [];
  while (next.length < count) next.push(await lines.take());
  return next;
}

/** The seat tells nothing, and nothing is sent to `peer`. */
async function nothingHappensTo(peer: WirePeer): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  expect([lines.left, peer.rest]).toEqual([[], ""]);
}

function nameOf(peer: WirePeer): string {
  return `127.0.0.1:${peer.socket.localPort}`;
}

function readyOf(instanceId: string): string {
  return hexOf(encodeCommand("READY", encodeMetadata("PAIR", { version: "1", instanceId })));
}

describe("while the seat is free", () => {
  test("READY goes out to a peer that has not sent its own, and may wait for ours", async () => {
    const peer = await holder();
    await nothingHappensTo(peer);
    peer.send(readyPair);
    expect(await told()).toEqual([`${nameOf(peer)} sits`]);
  });

  test("who is let in first holds it, and who comes meanwhile is refused when that one sits", async () => {
    const early = await holder();
    const late = await newcomer(readyPair);
    await nothingHappensTo(late);
    early.send(readyPair);
    expect(await told(2)).toEqual([
      `${nameOf(early)} sits`,
      `${nameOf(late)} is refused: ${taken}`,
    ]);
    await late.ended;
    expect(late.rest).toBe("");
  });
});

describe("one who sits", () => {
  test("is sent a PING, and keeps the seat by its answer: the newcomer is refused at once", async () => {
    const alive = await sitter();
    const surplus = await newcomer(readyPair + message);
    expect(await alive.receive(ping.length / 2)).toBe(ping);
    await nothingHappensTo(surplus);
    alive.send(pong);
    expect(await told()).toEqual([`${nameOf(surplus)} is refused: ${taken}`]);
    await surplus.ended;
    expect([surplus.rest, messages.left]).toEqual(["", []]);
  });

  test("is asked once by however many newcomers, and its answer refuses them all", async () => {
    const alive = await sitter();
    const surplus: WirePeer[] = [];
    for (let count = 0; count < 5; count++) surplus.push(await newcomer(readyPair));
    expect(await alive.receive(ping.length / 2)).toBe(ping);
    await nothingHappensTo(alive);
    alive.send(pong);
    expect(await told(5)).toEqual(surplus.map((peer) => `${nameOf(peer)} is refused: ${taken}`));
    const next = await newcomer(readyPair);
    expect(await alive.receive(ping.length / 2)).toBe(ping);
    alive.send(pong);
    expect(await told()).toEqual([`${nameOf(next)} is refused: ${taken}`]);
  });

  test("loses it when nothing is heard for a second; what the newcomer has sent is not lost", async () => {
    const mute = await sitter();
    const next = await newcomer(readyPair + message);
    clock.advance(999);
    await nothingHappensTo(next);
    clock.advance(1);
    expect(await told(3)).toEqual([
      "nobody sits",
      `${nameOf(mute)} is replaced`,
      `${nameOf(next)} sits`,
    ]);
    await mute.ended;
    await receiveReady(next);
    expect(await messages.take()).toBe("message");
  });

  test("keeps it by whatever it sends within the second, part of a message too", async () => {
    const busy = await sitter();
    const surplus = await newcomer(readyPair);
    await busy.receive(ping.length / 2);
    clock.advance(500);
    busy.send(message.slice(0, 4));
    await nothingHappensTo(surplus);
    clock.advance(500);
    expect(await told()).toEqual([`${nameOf(surplus)} is refused: ${taken}`]);
  });

  test("keeps it by what has arrived when the second is over, though nobody has looked yet", async () => {
    const busy = await sitter();
    const surplus = await newcomer(readyPair);
    await new Promise<void>((resolve) => {
      // In the loop's turn to timers, which comes before the one to what has arrived.
      setTimeout(() => {
        busy.send(message);
        clock.advance(1_000);
        resolve();
      });
    });
    expect(await told()).toEqual([`${nameOf(surplus)} is refused: ${taken}`]);
  });

  test("leaves it to the newcomer when it is gone", async () => {
    const leaving = await sitter();
    const next = await newcomer(readyPair);
    leaving.socket.destroy();
    expect(await told(2)).toEqual(["nobody sits", `${nameOf(next)} sits`]);
    await receiveReady(next);
  });

  test("is replaced at once by the same peer of ours, connected anew, be it alive or not", async () => {
    const before = await sitter(readyOf("plexus.pair"));
    const anew = await newcomer();
    before.send(message);
    expect(await messages.take()).toBe("message");
    anew.send(readyOf("another.pair"));
    expect(await told(3)).toEqual([
      "nobody sits",
      `${nameOf(before)} is replaced`,
      `${nameOf(anew)} sits`,
    ]);
    await before.ended;
  });

  test("is not replaced by another peer of ours, which is told why", async () => {
    const before = await sitter(readyOf("plexus.pair"));
    const other = await newcomer(readyOf("plexus.other"));
    before.send(pong);
    expect(await told()).toEqual([`${nameOf(other)} is refused: ${taken}`]);
    await other.ended;
    expect(other.rest).toContain(textHex("ERROR") + "30" + textHex(taken.replaceAll(" ", "_")));
  });
});

describe("a newcomer that waits for our READY", () => {
  test("gets it when the one who sits is not heard, and has the seat then", async () => {
    const mute = await sitter();
    const waiting = await newcomer();
    clock.advance(1_000);
    expect(await told(2)).toEqual(["nobody sits", `${nameOf(mute)} is replaced`]);
    await receiveReady(waiting);
    waiting.send(readyPair);
    expect(await told()).toEqual([`${nameOf(waiting)} sits`]);
  });

  test("is refused after a second if that one is alive", async () => {
    const alive = await sitter();
    const waiting = await newcomer();
    alive.send(pong);
    await nothingHappensTo(waiting);
    clock.advance(999);
    await nothingHappensTo(waiting);
    clock.advance(1);
    expect(await told()).toEqual([`${nameOf(waiting)} is refused: ${taken}`]);
  });

  test("comes after one whose READY is there, though it was earlier", async () => {
    const mute = await sitter();
    const waiting = await newcomer();
    const complete = await newcomer(readyPair);
    mute.socket.destroy();
    expect(await told(2)).toEqual(["nobody sits", `${nameOf(complete)} sits`]);
    await nothingHappensTo(waiting);
    clock.advance(1_000);
    expect(await told()).toEqual([`${nameOf(waiting)} is refused: ${taken}`]);
  });
});

describe("one that was let in and does not finish its handshake", () => {
  const slow = "its handshake was not over after 1000 ms, and another one waited";

  test("gives way after a second to one whose READY is there, whoever came first", async () => {
    const first = await holder();
    clock.advance(400);
    const mute = await newcomer();
    const complete = await newcomer(readyPair);
    clock.advance(599);
    await nothingHappensTo(complete);
    clock.advance(1);
    expect(await told(2)).toEqual([
      `${nameOf(first)} is refused: ${slow}`,
      `${nameOf(complete)} sits`,
    ]);
    await first.ended;
    clock.advance(1_000);
    expect(await told()).toEqual([`${nameOf(mute)} is refused: ${taken}`]);
  });

  test("gives way at once if it has had its second", async () => {
    const first = await holder();
    clock.advance(1_000);
    const next = await newcomer(readyPair);
    expect(await told(2)).toEqual([`${nameOf(first)} is refused: ${slow}`, `${nameOf(next)} sits`]);
  });

  test("has its second also if others had been waiting before it was let in", async () => {
    const mute = await sitter();
    const first = await newcomer();
    const second = await newcomer();
    clock.advance(1_000);
    expect(await told(2)).toEqual(["nobody sits", `${nameOf(mute)} is replaced`]);
    await receiveReady(first);
    clock.advance(999);
    second.send(readyPair);
    await knocks.take();
    await nothingHappensTo(second);
    clock.advance(1);
    expect(await told(2)).toEqual([
      `${nameOf(first)} is refused: ${slow}`,
      `${nameOf(second)} sits`,
    ]);
  });

  test("does not give way to one that says no more than it does", async () => {
    const first = await holder();
    const other = await newcomer();
    clock.advance(29_999);
    await nothingHappensTo(other);
    expect(first.socket.readableEnded).toBe(false);
  });

  test("gives way when its time is over, or it is gone", async () => {
    const first = await holder();
    clock.advance(1);
    const second = await newcomer();
    clock.advance(1);
    const third = await newcomer();
    clock.advance(29_998);
    await first.ended;
    await receiveReady(second);
    second.socket.destroy();
    await receiveReady(third);
    expect(lines.left).toEqual([]);
  });
});
