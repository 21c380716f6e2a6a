import { describe, expect, test } from "vitest";
import { outcomeOf } from "../../../test/support/notebook.ts";
import { ClosedError, TransportError, UsageError } from "../../errors.ts";
import { WindowPool } from "../../identity.ts";
import { Impulse } from "../../impulse.ts";
import type { Incident } from "../../incident.ts";
import type { QueueOptions } from "../../queue.ts";
import { WireSynapse } from "../transport.ts";
import { Outbox } from "./outbox.ts";

/** Takes as many as there is room for, as a connection does. */
class Sack {
  readonly contents: string[] = [];
  room: number;

  constructor(room: number) {
    this.room = room;
  }

  get isWritable(): boolean {
    return this.contents.length < this.room;
  }

  carry({ topic }: WireSynapse, { bytes }: Impulse): void {
    this.contents.push(`${topic} ${bytes[0]}`);
  }
}

function made(
  options?: QueueOptions,
  bytesMax = Number.POSITIVE_INFINITY,
): {
  readonly outbox: Outbox<WireSynapse>;
  readonly incidents: Incident[];
  readonly synapse: (topic: string) => WireSynapse;
} {
  const incidents: Incident[] = [];
  const report = (incident: Incident): void => void incidents.push(incident);
  const owner = { name: "test", windows: new WindowPool(), report };
  const outbox = new Outbox<WireSynapse>("send queue of a test", options, bytesMax);
  return { outbox, incidents, synapse: (topic) => new WireSynapse(topic, undefined, owner) };
}

function message(synapse: WireSynapse, number: number): Impulse {
  return Impulse.ofBytes(synapse.topic, Uint8Array.of(number));
}

describe("with a carrier", () => {
  test("what it takes goes at once, and nothing is counted as waiting", () => {
    const { outbox, synapse } = made();
    const sack = new Sack(2);
    const a = synapse("a");
    outbox.connect(sack);
    expect(outbox.offer(a, message(a, 1), undefined)).toBeUndefined();
    expect([sack.contents, a.counters.queueDepth]).toEqual([["a 1"], 0]);
  });

  test("what it does not take waits, and goes first when it does, in order", () => {
    const { outbox, synapse } = made();
    const sack = new Sack(1);
    const [a, b] = [synapse("a"), synapse("b")];
    outbox.connect(sack);
    for (const number of [1, 2]) void outbox.offer(a, message(a, number), undefined);
    void outbox.offer(b, message(b, 3), undefined);
    expect([sack.contents, a.counters.queueDepth, b.counters.queueDepth]).toEqual([["a 1"], 1, 1]);
    sack.room = 2;
    void outbox.offer(a, message(a, 4), undefined);
    expect(sack.contents).toEqual(["a 1"]);
    outbox.flush();
    expect([sack.contents, a.counters.queueDepth]).toEqual([["a 1", "a 2"], 1]);
    sack.room = 9;
    outbox.flush();
    expect(sack.contents).toEqual(["a 1", "a 2", "b 3", "a 4"]);
    expect([a.counters.queueDepth, b.counters.queueDepth]).toEqual([0, 0]);
  });
});

describe("without a carrier", () => {
  test("messages wait for one, and for the next if it goes", () => {
    const { outbox, synapse } = made();
    const a = synapse("a");
    const [first, second] = [new Sack(1), new Sack(9)];
    for (const number of [1, 2, 3]) void outbox.offer(a, message(a, number), undefined);
    outbox.connect(first);
    outbox.connect(undefined);
    void outbox.offer(a, message(a, 4), undefined);
    outbox.flush();
    expect([first.contents, a.counters.queueDepth]).toEqual([["a 1"], 3]);
    outbox.connect(second);
    expect(second.contents).toEqual(["a 2", "a 3", "a 4"]);
  });
});

describe("at its limit", () => {
  test.each([
    ["drop-newest", ["a 1", "a 2"], { "queue-full": 2 }],
    ["drop-oldest", ["a 3", "a 4"], { "queue-full": 2 }],
  ] as const)("%s", (policy, left, dropped) => {
    const { outbox, incidents, synapse } = made({ limit: 2, policy });
    const a = synapse("a");
    for (const number of [1, 2, 3, 4]) {
      expect(outbox.offer(a, message(a, number), undefined)).toBeUndefined();
    }
    expect(a.counters.snapshot()).toMatchObject({ queueDepth: 2, dropped });
    expect(incidents.map(({ reason, topic }) => [reason, topic])).toEqual([
      ["queue-full", "a"],
      ["queue-full", "a"],
    ]);
    const sack = new Sack(9);
    outbox.connect(sack);
    expect([sack.contents, a.counters.queueDepth]).toEqual([left, 0]);
  });

  test("error tells the sender", async () => {
    const { outbox, synapse } = made({ limit: 1, policy: "error" });
    const a = synapse("a");
    void outbox.offer(a, message(a, 1), undefined);
    await expect(outbox.offer(a, message(a, 2), undefined)).rejects.toThrow(TransportError);
    expect(a.counters.snapshot()).toMatchObject({ queueDepth: 1, dropped: { "queue-full": 1 } });
  });

  test("block makes the sender wait, whose message counts as waiting", async () => {
    const { outbox, incidents, synapse } = made({ limit: 2, policy: "block" });
    const a = synapse("a");
    for (const number of [1, 2]) void outbox.offer(a, message(a, number), undefined);
    const waits = [3, 4].map((number) => outbox.offer(a, message(a, number), { timeoutMs: 1 }));
    expect(a.counters.queueDepth).toBe(4);
    const sack = new Sack(1);
    outbox.connect(sack);
    await waits[0];
    await expect(waits[1]).rejects.toThrow(TransportError);
    expect([sack.contents, a.counters.queueDepth]).toEqual([["a 1"], 2]);
    expect(incidents.map(({ reason }) => reason)).toEqual(["timed-out"]);
  });

  test("a limit of bytes counts as one of messages does; one that is alone may be longer", () => {
    const { outbox, synapse } = made({ policy: "drop-newest" }, 2);
    const [a, b] = [synapse("a"), synapse("b")];
    const long = Impulse.ofBytes("b", Uint8Array.of(9, 9, 9));
    void outbox.offer(b, long, undefined);
    void outbox.offer(a, message(a, 1), undefined);
    const sack = new Sack(1);
    outbox.connect(sack);
    for (const number of [2, 3, 4]) void outbox.offer(a, message(a, number), undefined);
    expect(a.counters.snapshot()).toMatchObject({ queueDepth: 2, dropped: { "queue-full": 2 } });
    sack.room = 9;
    outbox.flush();
    expect(sack.contents).toEqual(["b 9", "a 2", "a 3"]);
  });

  test("what is no limit, or no policy, is refused", () => {
    expect(() => made({ limit: 0 })).toThrow(UsageError);
    expect(() => made({ policy: "wait" as "block" })).toThrow(UsageError);
  });
});

describe("empty", () => {
  test("resolves when nothing waits, be it sent or dropped", async () => {
    const { outbox, synapse } = made();
    const a = synapse("a");
    await outbox.empty();
    void outbox.offer(a, message(a, 1), undefined);
    const sent = [outbox.empty(), outbox.empty()];
    expect(await outcomeOf(Promise.all(sent))).toBe("pending");
    outbox.connect(new Sack(1));
    await Promise.all(sent);
    void outbox.offer(a, message(a, 2), undefined);
    const closed = outbox.empty();
    outbox.close();
    await closed;
  });
});

describe("close", () => {
  test("drops what waits, counted, with one incident for each topic", () => {
    const { outbox, incidents, synapse } = made();
    const [a, b] = [synapse("a"), synapse("b")];
    for (const number of [1, 2]) void outbox.offer(a, message(a, number), undefined);
    void outbox.offer(b, message(b, 3), undefined);
    outbox.close();
    expect(incidents.map(({ reason, topic, count }) => [reason, topic, count])).toEqual([
      ["closed", "a", 2],
      ["closed", "b", 1],
    ]);
    expect(a.counters.snapshot()).toMatchObject({ queueDepth: 0, dropped: { closed: 2 } });
  });

  test("ends the waiting of senders: as told, or as if nothing was wrong", async () => {
    for (const why of ["closed by its owner", undefined]) {
      const { outbox, synapse } = made({ limit: 1 });
      const a = synapse("a");
      void outbox.offer(a, message(a, 1), undefined);
      const waits = outbox.offer(a, message(a, 2), undefined);
      outbox.close(why);
      const outcome = await outcomeOf(waits ?? Promise.resolve());
      expect(outcome).toEqual(why === undefined ? "resolved" : new ClosedError(why));
      expect(a.counters.snapshot()).toMatchObject({ queueDepth: 0, dropped: { closed: 2 } });
    }
  });
});
