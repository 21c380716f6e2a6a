import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClosedError, TransportError } from "./errors.ts";
import type { DropReason } from "./incident.ts";
import { BoundedQueue, type Patience, type QueuePolicy } from "./queue.ts";

interface Drop {
  readonly item: number;
  readonly reason: DropReason;
}

function makeQueue(
  limit: number,
  policy: QueuePolicy,
): { queue: BoundedQueue<number>; drops: Drop[] } {
  const drops: Drop[] = [];
  const dropped = (item: number, reason: DropReason): void => void drops.push({ item, reason });
  return { queue: new BoundedQueue({ what: "queue of a test", limit, policy, dropped }), drops };
}

function drain(queue: BoundedQueue<number>): number[] {
  const items: number[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

/** What became of an offer in the end. */
async function outcomeOf(wait: Promise<void> | undefined): Promise<unknown> {
  if (wait === undefined) return "taken at once";
  return wait.then(
    () => "taken later",
    (error: unknown) => error,
  );
}

describe("BoundedQueue", () => {
  test("gives back what it was given, oldest first", () => {
    const { queue, drops } = makeQueue(100, "error");
    for (let item = 0; item < 100; item++) expect(queue.offer(item)).toBeUndefined();
    expect(queue.depth).toBe(100);
    expect(drain(queue)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(queue.depth).toBe(0);
    expect(queue.shift()).toBeUndefined();
    expect(drops).toEqual([]);
  });

  test("drop-newest: a full queue refuses in silence, and says so to `dropped`", () => {
    const { queue, drops } = makeQueue(2, "drop-newest");
    for (const item of [1, 2, 3, 4]) expect(queue.offer(item)).toBeUndefined();
    expect(drops).toEqual([
      { item: 3, reason: "queue-full" },
      { item: 4, reason: "queue-full" },
    ]);
    expect(drain(queue)).toEqual([1, 2]);
  });

  test("drop-oldest: a full queue gives up what it has held longest", () => {
    const { queue, drops } = makeQueue(2, "drop-oldest");
    for (const item of [1, 2, 3, 4]) expect(queue.offer(item)).toBeUndefined();
    expect(drops).toEqual([
      { item: 1, reason: "queue-full" },
      { item: 2, reason: "queue-full" },
    ]);
    expect(drain(queue)).toEqual([3, 4]);
  });

  test("error: a full queue rejects, naming itself, its limit and what to do", async () => {
    const { queue, drops } = makeQueue(1, "error");
    expect(queue.offer(1)).toBeUndefined();
    const refusal = queue.offer(2);
    await expect(refusal).rejects.toThrow(TransportError);
    await expect(refusal).rejects.toThrow(/queue of a test is full at 1 messages.*raise the limit/);
    await expect(refusal).rejects.toMatchObject({ details: { limit: 1, policy: "error" } });
    expect(drops).toEqual([{ item: 2, reason: "queue-full" }]);
  });

  test("block: senders wait, and get their places in the order they came", async () => {
    const { queue, drops } = makeQueue(2, "block");
    expect(queue.offer(1)).toBeUndefined();
    expect(queue.offer(2)).toBeUndefined();
    const settled: number[] = [];
    const third = queue.offer(3)?.then(() => settled.push(3));
    const fourth = queue.offer(4)?.then(() => settled.push(4));
    expect(queue.depth).toBe(2);
    expect(queue.shift()).toBe(1);
    await third;
    expect(settled).toEqual([3]);
    expect(drain(queue)).toEqual([2, 3, 4]);
    await fourth;
    expect(settled).toEqual([3, 4]);
    expect(drops).toEqual([]);
  });

  test("block: nobody overtakes a sender that waits", () => {
    const { queue } = makeQueue(1, "block");
    expect(queue.offer(1)).toBeUndefined();
    void queue.offer(2);
    expect(queue.shift()).toBe(1);
    void queue.offer(3);
    expect(drain(queue)).toEqual([2, 3]);
  });

  test("block: as many senders may wait as there are places, and no more", async () => {
    const { queue, drops } = makeQueue(2, "block");
    const waits = [1, 2, 3, 4].map((item) => queue.offer(item));
    expect(waits.map((wait) => wait === undefined)).toEqual([true, true, false, false]);
    await expect(queue.offer(5)).rejects.toThrow(/2 senders wait already/);
    expect(drops).toEqual([{ item: 5, reason: "timed-out" }]);
    expect(drain(queue)).toEqual([1, 2, 3, 4]);
  });

  test("block: who waits can give up by a signal, and leaves no listener on it", async () => {
    const { queue, drops } = makeQueue(2, "block");
    const controller = new AbortController();
    const { signal } = controller;
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    void queue.offer(1);
    void queue.offer(2);
    const aborted = queue.offer(3, { signal });
    const stays = queue.offer(4);
    const why = new Error("changed my mind");
    controller.abort(why);
    await expect(aborted).rejects.toBe(why);
    expect(drops).toEqual([{ item: 3, reason: "aborted" }]);
    expect(drain(queue)).toEqual([1, 2, 4]);
    await expect(stays).resolves.toBeUndefined();
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });

  test("block: a signal that is aborted already does not begin to wait", async () => {
    const { queue, drops } = makeQueue(1, "block");
    const why = new Error("changed my mind");
    void queue.offer(1, { signal: AbortSignal.abort(why) });
    await expect(queue.offer(2, { signal: AbortSignal.abort(why) })).rejects.toBe(why);
    expect(drops).toEqual([{ item: 2, reason: "aborted" }]);
    expect(drain(queue)).toEqual([1]);
  });

  test("clear gives back everything, oldest first, and tells who waits", async () => {
    const { queue, drops } = makeQueue(2, "block");
    const signal = new AbortController().signal;
    const waits = [1, 2, 3].map((item) => queue.offer(item, { timeoutMs: 60_000, signal }));
    const closed = new ClosedError("over");
    expect(queue.clear(closed)).toEqual([1, 2, 3]);
    await expect(waits[2]).rejects.toBe(closed);
    expect(queue.depth).toBe(0);
    expect(drops).toEqual([]);
    expect(queue.offer(4)).toBeUndefined();
    expect(drain(queue)).toEqual([4]);
  });

  test("clear without an error ends the waiting, as if there had been a place", async () => {
    const { queue, drops } = makeQueue(1, "block");
    const waits = [1, 2].map((item) => queue.offer(item, { timeoutMs: 60_000 }));
    expect(queue.clear()).toEqual([1, 2]);
    await expect(waits[1]).resolves.toBeUndefined();
    expect([queue.depth, drops]).toEqual([0, []]);
  });

  test("a limit of any size costs memory for what is in it only", () => {
    const { queue } = makeQueue(Number.POSITIVE_INFINITY, "block");
    for (let item = 0; item < 5_000; item++) expect(queue.offer(item)).toBeUndefined();
    expect(queue.depth).toBe(5_000);
    expect(drain(queue)).toHaveLength(5_000);
    expect(makeQueue(Number.MAX_SAFE_INTEGER, "block").queue.offer(1)).toBeUndefined();
  });
});

describe("BoundedQueue with a limit of bytes", () => {
  /** Each item is as many bytes as its number; there may be 10. */
  function makeByteQueue(policy: QueuePolicy): { queue: BoundedQueue<number>; drops: number[] } {
    const drops: number[] = [];
    const dropped = (item: number): void => void drops.push(item);
    const bytes = { max: 10, countOf: (item: number): number => item };
    return {
      queue: new BoundedQueue({ what: "queue of a test", limit: 4, policy, dropped, bytes }),
      drops,
    };
  }

  test("takes what has room by its bytes, and no more messages than the other limit", () => {
    const { queue, drops } = makeByteQueue("drop-newest");
    for (const item of [4, 5, 2, 1, 1]) void queue.offer(item);
    expect(drops).toEqual([2, 1]);
    expect(drain(queue)).toEqual([4, 5, 1]);
    for (const item of [1, 1, 1, 1, 1]) void queue.offer(item);
    expect(drops).toEqual([2, 1, 1]);
  });

  test("takes one that is alone however long it is", () => {
    const { queue, drops } = makeByteQueue("drop-newest");
    for (const item of [1_000, 1]) void queue.offer(item);
    expect(drops).toEqual([1]);
    expect(drain(queue)).toEqual([1_000]);
  });

  test("drop-oldest: gives up as many as are in the way", () => {
    const { queue, drops } = makeByteQueue("drop-oldest");
    for (const item of [3, 3, 3, 8]) void queue.offer(item);
    expect(drops).toEqual([3, 3, 3]);
    void queue.offer(2);
    expect(drain(queue)).toEqual([8, 2]);
  });

  test("error: says how many bytes it is full of", async () => {
    const { queue } = makeByteQueue("error");
    void queue.offer(9);
    const refusal = queue.offer(2);
    await expect(refusal).rejects.toThrow(/ is full at 1 messages of 9 bytes and /);
    await expect(refusal).rejects.toMatchObject({ details: { limit: 4, bytesMax: 10 } });
  });

  test("block: senders get in when there is room for theirs, several at once, and in order", async () => {
    const { queue, drops } = makeByteQueue("block");
    void queue.offer(4);
    void queue.offer(6);
    const settled: number[] = [];
    const waits = [5, 3, 1].map(async (item) => {
      await queue.offer(item);
      settled.push(item);
    });
    expect(queue.shift()).toBe(4);
    await Promise.resolve();
    expect(settled).toEqual([]);
    expect(queue.shift()).toBe(6);
    await Promise.all(waits);
    expect(settled).toEqual([5, 3, 1]);
    expect([drain(queue), drops]).toEqual([[5, 3, 1], []]);
  });
});

describe("BoundedQueue and time", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("block: the wait ends after `timeoutMs`, and the message is given up", async () => {
    const { queue, drops } = makeQueue(1, "block");
    void queue.offer(1);
    const outcome = outcomeOf(queue.offer(2, { timeoutMs: 50 }));
    await vi.advanceTimersByTimeAsync(49);
    expect(drops).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await expect(outcome).resolves.toMatchObject({
      code: "PLEXO_TRANSPORT",
      message: expect.stringContaining("no place came free within 50 ms"),
    });
    expect(drops).toEqual([{ item: 2, reason: "timed-out" }]);
    expect(drain(queue)).toEqual([1]);
  });

  test("block: without `timeoutMs`, or with an infinite one, nobody is given up", () => {
    const { queue } = makeQueue(2, "block");
    const patiences: Patience[] = [{}, {}, {}, { timeoutMs: Number.POSITIVE_INFINITY }];
    for (const patience of patiences) void queue.offer(1, patience);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("block: who gets a place, gives up or is cleared leaves no timer", async () => {
    const { queue } = makeQueue(3, "block");
    const controller = new AbortController();
    for (const item of [1, 2, 3]) void queue.offer(item);
    const place = queue.offer(4, { timeoutMs: 50 });
    const aborted = queue.offer(5, { timeoutMs: 50, signal: controller.signal });
    const cleared = queue.offer(6, { timeoutMs: 50 });
    expect(vi.getTimerCount()).toBe(3);
    queue.shift();
    controller.abort();
    queue.clear(new ClosedError("over"));
    await expect(place).resolves.toBeUndefined();
    await expect(aborted).rejects.toThrow("aborted");
    await expect(cleared).rejects.toThrow(ClosedError);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("block: a time longer than a timer can take is not cut short", async () => {
    const { queue, drops } = makeQueue(1, "block");
    void queue.offer(1);
    const outcome = outcomeOf(queue.offer(2, { timeoutMs: 2 ** 31 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(drops).toEqual([]);
    queue.shift();
    await expect(outcome).resolves.toBe("taken later");
  });
});

describe("BoundedQueue against a model", () => {
  type Step = "offer" | "shift" | "abort" | "clear";
  const steps = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant<Step>("offer") },
      { weight: 4, arbitrary: fc.constant<Step>("shift") },
      { weight: 1, arbitrary: fc.constant<Step>("abort") },
      { weight: 1, arbitrary: fc.constant<Step>("clear") },
    ),
    { maxLength: 120 },
  );
  const policies = fc.constantFrom<QueuePolicy>("block", "drop-newest", "drop-oldest", "error");

  test("whatever is done to it, each message is given back once or dropped once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        policies,
        steps,
        async (limit, policy, todo) => {
          const { queue, drops } = makeQueue(limit, policy);
          const model = new ModelQueue(limit, policy);
          const given: (number | undefined)[] = [];
          const expectedlyGiven: (number | undefined)[] = [];
          const outcomes: Promise<unknown>[] = [];
          const controllers: AbortController[] = [];
          for (const [index, step] of todo.entries()) {
            if (step === "offer") {
              const controller = new AbortController();
              controllers[index] = controller;
              const wait = queue.offer(index, { signal: controller.signal });
              outcomes.push(wait === undefined ? Promise.resolve() : wait.catch(() => {}));
              expect(wait === undefined).toBe(model.offer(index));
            } else if (step === "shift") {
              given.push(queue.shift());
              expectedlyGiven.push(model.shift());
            } else if (step === "abort") {
              controllers[model.waiting[0] ?? -1]?.abort();
              model.abortFirst();
            } else {
              given.push(...queue.clear(new ClosedError("over")));
              expectedlyGiven.push(...model.clear());
            }
            expect(queue.depth).toBe(model.items.length);
          }
          given.push(...queue.clear(new ClosedError("over")));
          expectedlyGiven.push(...model.clear());
          await Promise.all(outcomes);
          expect(given).toEqual(expectedlyGiven);
          expect(drops).toEqual(model.drops);
        },
      ),
    );
  });
});

/** The same by the plainest means. */
class ModelQueue {
  items: number[] = [];
  waiting: number[] = [];
  readonly drops: Drop[] = [];
  readonly #limit: number;
  readonly #policy: QueuePolicy;

  constructor(limit: number, policy: QueuePolicy) {
    this.#limit = limit;
    this.#policy = policy;
  }

  /** True if the sender need not wait and is not refused. */
  offer(item: number): boolean {
    if (this.items.length < this.#limit) {
      this.items.push(item);
      return true;
    }
    if (this.#policy === "drop-oldest") {
      const oldest = this.shift();
      this.items.push(item);
      if (oldest !== undefined) this.drops.push({ item: oldest, reason: "queue-full" });
      return true;
    }
    if (this.#policy === "block" && this.waiting.length < this.#limit) {
      this.waiting.push(item);
      return false;
    }
    this.drops.push({ item, reason: this.#policy === "block" ? "timed-out" : "queue-full" });
    return this.#policy === "drop-newest";
  }

  shift(): number | undefined {
    const item = this.items.shift();
    const next = item === undefined ? undefined : this.waiting.shift();
    if (next !== undefined) this.items.push(next);
    return item;
  }

  abortFirst(): void {
    const item = this.waiting.shift();
    if (item !== undefined) this.drops.push({ item, reason: "aborted" });
  }

  clear(): number[] {
    const all = [...this.items, ...this.waiting];
    this.items = [];
    this.waiting = [];
    return all;
  }
}
