import { beforeEach, describe, expect, test } from "vitest";
import { CountingCodec } from "../test/support/counting-codec.ts";
import { type Gate, makeGate, microtasks, outcomeOf } from "../test/support/notebook.ts";
import { ClosedError, TransportError, UsageError } from "./errors.ts";
import { WindowPool } from "./identity.ts";
import { Impulse } from "./impulse.ts";
import type { Incident } from "./incident.ts";
import { Namespace } from "./namespace.ts";
import { Neuron } from "./neuron.ts";
import type { Reactant, ReactOptions } from "./reactant.ts";
import { Receptor } from "./receptor.ts";
import { Synapse } from "./synapse.ts";
import type { Wait } from "./wait.ts";

const neuron = new Neuron("Text", new Namespace("dev"), new CountingCodec());

let incidents: Incident[];
let synapse: Synapse;

beforeEach(() => {
  incidents = [];
  synapse = new Synapse(neuron.name, neuron, {
    name: "test",
    windows: new WindowPool(),
    report: (incident) => incidents.push(incident) > 0,
  });
});

function makeReceptor(call: Reactant<string>, options: ReactOptions = {}): Receptor {
  return new Receptor(neuron, call, options);
}

/** What the sender of each has to wait for. */
function offer(receptor: Receptor, ...texts: string[]): Wait[] {
  return texts.map((text) => receptor.take(text, Impulse.ofValue(neuron, text), synapse));
}

/** The same from a sender that does not care. */
function give(receptor: Receptor, ...texts: string[]): void {
  for (const wait of offer(receptor, ...texts)) void wait?.catch(() => {});
}

/** A reactant that takes each value at once and is done with it when its gate is opened. */
function gated(): {
  readonly call: (text: string) => Promise<void>;
  readonly gates: Gate[];
  got: string[];
} {
  const gates: Gate[] = [];
  const got: string[] = [];
  const call = (text: string): Promise<void> => {
    got.push(text);
    const gate = makeGate();
    gates.push(gate);
    return gate.opened;
  };
  return { call, gates, got };
}

describe("a receptor", () => {
  test("calls at once, with value and impulse", () => {
    const got: unknown[] = [];
    const receptor = new Receptor(neuron, (text, impulse) => void got.push(text, impulse), {});
    const impulse = Impulse.ofValue(neuron, "a");
    expect(receptor.take("a", impulse, synapse)).toBeUndefined();
    expect(got).toEqual(["a", impulse]);
    expect(synapse.counters.delivered).toBe(1);
  });

  test("makes the next call when the promise of the last one is settled", async () => {
    const { call, gates, got } = gated();
    const receptor = makeReceptor(call);
    give(receptor, "a", "b", "c");
    expect(got).toEqual(["a"]);
    expect(synapse.counters.queueDepth).toBe(2);
    gates[0]?.open();
    await microtasks();
    expect(got).toEqual(["a", "b"]);
    gates[1]?.open();
    await microtasks();
    expect(got).toEqual(["a", "b", "c"]);
    expect(synapse.counters.queueDepth).toBe(0);
  });

  // oxlint-disable-next-line unicorn/no-thenable -- it is none
  const thenIsNoFunction = { then: 5 };
  test.each([1, "text", null, false, Symbol("a"), thenIsNoFunction, () => {}, [Promise.resolve()]])(
    "is done with a reactant that returns %s, as with one that returns nothing",
    (returned) => {
      const got: string[] = [];
      const receptor = makeReceptor((text) => {
        got.push(text);
        return returned;
      });
      expect(offer(receptor, "a", "b")).toEqual([undefined, undefined]);
      expect(got).toEqual(["a", "b"]);
      expect(incidents).toEqual([]);
    },
  );

  test("keeps the order when calls are now synchronous, now not", async () => {
    const got: string[] = [];
    const receptor = makeReceptor((text) => {
      got.push(text);
      return text < "d" ? Promise.resolve() : undefined;
    });
    give(receptor, "a", "b", "c", "d", "e");
    await microtasks();
    give(receptor, "f");
    expect(got).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test("has as many calls under way as `concurrency` says", async () => {
    const { call, gates, got } = gated();
    const receptor = makeReceptor(call, { concurrency: 2 });
    give(receptor, "a", "b", "c", "d");
    expect(got).toEqual(["a", "b"]);
    gates[1]?.open();
    await microtasks();
    expect(got).toEqual(["a", "b", "c"]);
    gates[0]?.open();
    gates[2]?.open();
    await microtasks();
    expect(got).toEqual(["a", "b", "c", "d"]);
  });

  test.each([0, -1, 1.5, Number.NaN])("a concurrency or queue limit of %d is refused", (count) => {
    expect(() => makeReceptor(() => {}, { concurrency: count })).toThrow(UsageError);
    expect(() => makeReceptor(() => {}, { queue: { limit: count } })).toThrow(UsageError);
  });

  test("may have no limit at all", () => {
    const { call, got } = gated();
    const receptor = makeReceptor(call, { concurrency: Number.POSITIVE_INFINITY });
    give(receptor, "a", "b", "c");
    expect(got).toEqual(["a", "b", "c"]);
  });
});

describe("a reactant that fails", () => {
  test.each([
    [
      "throws",
      () => {
        throw new Error("on purpose");
      },
    ],
    ["rejects", () => Promise.reject(new Error("on purpose"))],
    [
      "returns a thenable that rejects",
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- what this test is about
        then: (_: unknown, reject: (error: Error) => void) => reject(new Error("on purpose")),
      }),
    ],
    [
      "returns a thenable that throws",
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- what this test is about
        then: () => {
          throw new Error("on purpose");
        },
      }),
    ],
    [
      "returns what throws when it is looked at",
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- what this test is about
        get then() {
          throw new Error("on purpose");
        },
      }),
    ],
  ])("%s: that is an incident, and the next message is delivered", async (_, call) => {
    const receptor = makeReceptor(call);
    give(receptor, "a", "b");
    await microtasks();
    expect(incidents).toEqual([
      expect.objectContaining({ kind: "reactant-failed", topic: neuron.name, ganglion: "test" }),
      expect.objectContaining({ kind: "reactant-failed", topic: neuron.name, ganglion: "test" }),
    ]);
    expect(incidents[0]?.cause).toEqual(new Error("on purpose"));
    expect(synapse.counters.snapshot()).toMatchObject({
      delivered: 2,
      failed: 2,
      dropped: {},
      queueDepth: 0,
    });
  });

  test("returns what settles twice: it counts once", async () => {
    const { call, got } = gated();
    const receptor = makeReceptor((text) =>
      text === "twice"
        ? {
            // oxlint-disable-next-line unicorn/no-thenable -- what this test is about
            then: (resolve: () => void, reject: (error: Error) => void) => {
              resolve();
              resolve();
              reject(new Error("too late"));
            },
          }
        : call(text),
    );
    give(receptor, "twice", "a", "b", "c");
    await microtasks();
    // One call under way, so the first had one end.
    expect(got).toEqual(["a"]);
    expect(incidents).toEqual([]);
  });
});

describe("the queue of a receptor", () => {
  test("drop-newest and drop-oldest drop, count and tell; nobody waits", async () => {
    for (const [policy, expected] of [
      ["drop-newest", ["a", "b", "c"]],
      ["drop-oldest", ["a", "d", "e"]],
    ] as const) {
      const { call, gates, got } = gated();
      const receptor = makeReceptor(call, { queue: { limit: 2, policy } });
      expect(offer(receptor, "a", "b", "c", "d", "e").every((wait) => wait === undefined)).toBe(
        true,
      );
      for (let index = 0; index < 3; index++) {
        gates[index]?.open();
        await microtasks();
      }
      expect(got).toEqual(expected);
    }
    expect(synapse.counters.snapshot()).toMatchObject({
      dropped: { "queue-full": 4 },
      queueDepth: 0,
    });
    expect(incidents).toHaveLength(4);
    expect(incidents[0]).toMatchObject({ kind: "dropped", reason: "queue-full" });
  });

  test("error: tells the sender too", async () => {
    const { call } = gated();
    const waits = offer(
      makeReceptor(call, { queue: { limit: 1, policy: "error" } }),
      "a",
      "b",
      "c",
    );
    expect(waits.slice(0, 2)).toEqual([undefined, undefined]);
    await expect(waits[2]).rejects.toThrow(TransportError);
    expect(synapse.counters.snapshot().dropped).toEqual({ "queue-full": 1 });
  });

  test("block, the default: makes the sender wait for a place", async () => {
    const { call, gates } = gated();
    const waits = offer(makeReceptor(call, { queue: { limit: 1 } }), "a", "b", "c");
    expect(waits.slice(0, 2)).toEqual([undefined, undefined]);
    expect(await outcomeOf(waits[2] as Promise<void>)).toBe("pending");
    gates[0]?.open();
    expect(await outcomeOf(waits[2] as Promise<void>)).toBe("resolved");
    expect(synapse.counters.snapshot().dropped).toEqual({});
  });

  test("is made only when it is needed, and holds 1000 then", () => {
    const { call } = gated();
    const receptor = makeReceptor(call);
    const texts = Array.from({ length: 1_002 }, (_, index) => `${index}`);
    const waits = offer(receptor, ...texts);
    expect(waits.findIndex((wait) => wait !== undefined)).toBe(1_001);
  });
});

describe("a receptor that is closed", () => {
  test("drops what waits in one incident, tells who waits, and lets the call under way end", async () => {
    const { call, gates, got } = gated();
    const receptor = makeReceptor(call, { queue: { limit: 2 } });
    const waits = offer(receptor, "a", "b", "c", "d");
    receptor.close();
    await expect(waits[3]).rejects.toThrow(ClosedError);
    expect(synapse.counters.snapshot()).toMatchObject({ dropped: { closed: 3 }, queueDepth: 0 });
    expect(incidents).toEqual([
      expect.objectContaining({ kind: "dropped", reason: "closed", count: 3 }),
    ]);
    gates[0]?.open();
    await microtasks();
    expect(got).toEqual(["a"]);
  });

  test("counts what comes afterwards as dropped", () => {
    const { call, got } = gated();
    const receptor = makeReceptor(call);
    receptor.close();
    expect(offer(receptor, "a")).toEqual([undefined]);
    expect(got).toEqual([]);
    expect(synapse.counters.snapshot().dropped).toEqual({ closed: 1 });
  });

  test("by its own call, while others wait, makes no further call", async () => {
    const got: string[] = [];
    const gate = makeGate();
    const receptor = makeReceptor(async (text) => {
      got.push(text);
      await gate.opened;
      receptor.close();
    });
    give(receptor, "a", "b");
    gate.open();
    await microtasks();
    expect(got).toEqual(["a"]);
    expect(synapse.counters.snapshot().dropped).toEqual({ closed: 1 });
  });
});

describe("idle", () => {
  test("is at once where nothing runs", async () => {
    expect(await outcomeOf(makeReceptor(() => {}).idle())).toBe("resolved");
  });

  test("is when the call under way is over and the queue is empty", async () => {
    const { call, gates } = gated();
    const receptor = makeReceptor(call);
    give(receptor, "a", "b");
    const idle = Promise.all([receptor.idle(), receptor.idle()]);
    gates[0]?.open();
    await microtasks();
    expect(await outcomeOf(idle)).toBe("pending");
    gates[1]?.open();
    expect(await outcomeOf(idle)).toBe("resolved");
  });

  test("is where there was never a queue, too", async () => {
    const { call, gates } = gated();
    const receptor = makeReceptor(call);
    give(receptor, "a");
    const idle = receptor.idle();
    expect(await outcomeOf(idle)).toBe("pending");
    gates[0]?.open();
    expect(await outcomeOf(idle)).toBe("resolved");
  });
});

describe("a reactant without a limit of calls", () => {
  test("is not idle before the last of its calls is over", async () => {
    const { call, gates } = gated();
    const receptor = makeReceptor(call, { concurrency: Number.POSITIVE_INFINITY });
    give(receptor, "a", "b");
    const idle = receptor.idle();
    gates[0]?.open();
    expect(await outcomeOf(idle)).toBe("pending");
    gates[1]?.open();
    expect(await outcomeOf(idle)).toBe("resolved");
  });
});

describe("a reactant that transmits to itself", () => {
  test("without end, does not grow the stack, and is not called inside its own call", () => {
    let depth = 0;
    let depthMax = 0;
    let count = 0;
    const receptor: Receptor = makeReceptor((text) => {
      depth += 1;
      depthMax = Math.max(depthMax, depth);
      count += 1;
      if (count < 100_000) give(receptor, text);
      depth -= 1;
    });
    give(receptor, "a");
    expect(count).toBe(100_000);
    expect(depthMax).toBe(1);
  });

  test("and throws, goes on", () => {
    let count = 0;
    const receptor: Receptor = makeReceptor((text) => {
      count += 1;
      if (count < 10) give(receptor, text);
      throw new Error("on purpose");
    });
    give(receptor, "a");
    expect(count).toBe(10);
    expect(incidents).toHaveLength(10);
  });
});
