import { Namespace, Neuron, stringCodec } from "plexo";
import { afterEach, describe, expect, test, vi } from "vitest";
import { audit, type Ledger } from "../../demo/accounts/audit.ts";
import { Inbox } from "../../demo/accounts/inbox.ts";
import { Outbox } from "../../demo/accounts/outbox.ts";
import { Tally } from "../../demo/types.ts";

const namespace = new Namespace("dev.plexo.test");
const Tide = new Neuron("Tide", namespace, stringCodec);
const Wind = new Neuron("Wind", namespace, stringCodec);

afterEach(() => {
  vi.useRealTimers();
});

/** What a sender says that sent so many tides, and nothing else. */
function tallyOf(sender: string, tides: number): Tally {
  return { sender, number: 1, at: "2020-01-01T00:00:00.000Z", sent: { [Tide.name]: tides } };
}

/** What a receiver says that got these of them. */
function ledgerOf(receiver: string, tides: Readonly<Record<string, readonly number[]>>): Ledger {
  const inbox = new Inbox([Tide]);
  for (const [sender, numbers] of Object.entries(tides)) {
    for (const number of numbers) inbox.took(Tide.name, { sender, number, at: "" });
  }
  return { receiver, topics: inbox.topics, receipts: inbox.receipts() };
}

describe("Outbox", () => {
  test("numbers each topic from 1, and names program and process", () => {
    const outbox = new Outbox("tide");
    const stamps = [outbox.stamp(Tide), outbox.stamp(Tide), outbox.stamp(Wind)];
    expect(stamps.map(({ number }) => number)).toEqual([1, 2, 1]);
    expect(new Set(stamps.map(({ sender }) => sender))).toEqual(new Set([`tide-${process.pid}`]));
  });

  test("the tally counts all that was stamped, and itself", () => {
    const outbox = new Outbox("tide");
    outbox.stamp(Tide);
    outbox.stamp(Tide);
    const tally = outbox.close();
    expect(tally.sent).toEqual({ [Tide.name]: 2, [Tally.name]: 1 });
    expect(Tally.codec.decode(Tally.codec.encode(tally))).toEqual(tally);
  });
});

describe("Inbox", () => {
  test("is complete at once where all has arrived, and where nothing was sent", async () => {
    const inbox = new Inbox([Tide]);
    inbox.took(Tide.name, { sender: "a", number: 1, at: "" });
    await inbox.complete([tallyOf("a", 1)]);
    await inbox.complete([]);
    expect(inbox.has(tallyOf("a", 1))).toBe(true);
  });

  test("is complete when the last message arrives, whatever is sent that it does not take", async () => {
    const inbox = new Inbox([Tide]);
    const { sent, ...tally } = tallyOf("a", 2);
    inbox.took(Tide.name, { sender: "a", number: 1, at: "" });
    const complete = inbox.complete([{ ...tally, sent: { ...sent, [Wind.name]: 7 } }]);
    expect(inbox.has(tallyOf("a", 2))).toBe(false);
    inbox.took(Tide.name, { sender: "a", number: 2, at: "" });
    await complete;
    expect(inbox.has(tallyOf("a", 2))).toBe(true);
  });

  test("waits for a sender that was never heard, but not for ever", async () => {
    vi.useFakeTimers();
    const inbox = new Inbox([Tide]);
    let isOver = false;
    const complete = inbox.complete([tallyOf("a", 1)]).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(1_499);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await complete;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("audit", () => {
  const log = (lines: number) => ({ path: "the log", lines });

  test("finds nothing to complain of where all has arrived", () => {
    const ledgers = [
      ledgerOf("logger", { a: [1, 2], b: [1] }),
      { receiver: "deaf", topics: [Wind.name], receipts: [] },
    ];
    expect(audit([tallyOf("a", 2), tallyOf("b", 1)], ledgers, log(3))).toEqual({
      receivers: ["logger", "deaf"],
      rows: [{ topic: Tide.name, sent: 3, received: [3, undefined], lost: 0 }],
      complaints: [],
    });
  });

  test("names what is missing, in the middle and at the end", () => {
    const ledgers = [ledgerOf("logger", { a: [1, 3, 4, 8] })];
    const { rows, complaints } = audit([tallyOf("a", 10)], ledgers, log(10));
    expect(rows).toEqual([{ topic: Tide.name, sent: 10, received: [4], lost: 6 }]);
    expect(complaints).toEqual([
      "logger lacks 6 of 10 dev.plexo.test.Tide.string_UTF-8 from a: 2, 5-7, 9-10",
    ]);
  });

  test("a receiver that has nothing to show for a sender lacks all", () => {
    const { rows, complaints } = audit([tallyOf("a", 2)], [ledgerOf("logger", {})], log(2));
    expect(rows[0]?.lost).toBe(2);
    expect(complaints).toEqual([
      "logger lacks 2 of 2 dev.plexo.test.Tide.string_UTF-8 from a: 1-2",
    ]);
  });

  test("complains of what came twice, out of order, or from nowhere", () => {
    const ledgers = [ledgerOf("logger", { a: [1, 1, 3, 2, 4], ghost: [1] })];
    const { rows, complaints } = audit([tallyOf("a", 3)], ledgers, log(3));
    expect(rows[0]?.lost).toBe(0);
    expect(complaints).toEqual([
      "logger got 1 dev.plexo.test.Tide.string_UTF-8 from a that the sender does not speak of",
      "logger got 1 dev.plexo.test.Tide.string_UTF-8 from a more than once",
      "logger got 1 dev.plexo.test.Tide.string_UTF-8 from a out of order",
      "logger got 1 dev.plexo.test.Tide.string_UTF-8 from ghost that the sender does not speak of",
    ]);
  });

  test("complains of a log that has not one line for each message", () => {
    const { complaints } = audit([tallyOf("a", 2)], [ledgerOf("logger", { a: [1, 2] })], log(1));
    expect(complaints).toEqual(["the log has 1 new lines for 2 messages"]);
  });
});
