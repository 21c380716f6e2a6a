import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../errors.ts";
import type { Machine } from "../protocol/machine.ts";
import type { LinkFaults } from "./sim/link.ts";
import type { SimNode } from "./sim/sim-node.ts";
import { SimNetwork } from "./sim-network.ts";

/** Notes what it is told and when; says a number every `everyMs`, or nothing. */
class Ticker implements Machine<number, number> {
  readonly heard: number[] = [];
  readonly heardAtMs: number[] = [];
  readonly wokenAtMs: number[] = [];
  deadlineMs: number | undefined;
  readonly #everyMs: number | undefined;
  #next: number;
  #outputs: number[] = [];

  constructor(options: { nowMs?: number; everyMs?: number; first?: number } = {}) {
    this.#everyMs = options.everyMs;
    this.#next = options.first ?? 0;
    if (options.everyMs !== undefined) this.deadlineMs = (options.nowMs ?? 0) + options.everyMs;
  }

  receive(input: number, nowMs: number): void {
    this.heard.push(input);
    this.heardAtMs.push(nowMs);
  }

  wake(nowMs: number): void {
    if (this.deadlineMs === undefined || nowMs < this.deadlineMs) return;
    this.wokenAtMs.push(nowMs);
    this.deadlineMs += this.#everyMs ?? 0;
    this.say();
  }

  say(): void {
    this.#outputs.push(this.#next++);
  }

  drain(): number[] {
    return this.#outputs.splice(0);
  }
}

type Network = SimNetwork<number, number>;

function networkWith(faults: Partial<LinkFaults> = {}, seed = 1): Network {
  return new SimNetwork({ seed, faults, perform: (node, output) => node.broadcast(output) });
}

/** A node that says `count` numbers at once, and what another hears of them within a minute. */
function hearsOf(count: number, faults: Partial<LinkFaults>): Ticker {
  const network = networkWith(faults);
  const [speaker, listener] = [new Ticker(), new Ticker()];
  const node = network.addNode();
  node.start(speaker);
  network.addNode().start(listener);
  node.act(() => {
    for (let said = 0; said < count; said += 1) speaker.say();
  });
  network.run(60_000);
  return listener;
}

const firstThousand = Array.from({ length: 1_000 }, (_, index) => index);

describe("a simulated network", () => {
  test("delivers everything at once and in order when it has no faults", () => {
    const { heard, heardAtMs } = hearsOf(1_000, {});
    expect(heard).toEqual(firstThousand);
    expect(new Set(heardAtMs)).toEqual(new Set([0]));
  });

  test("loses the share it is told to lose", () => {
    const { heard } = hearsOf(1_000, { loss: 0.5 });
    expect(heard.length).toBeGreaterThan(440);
    expect(heard.length).toBeLessThan(560);
    expect(heard).toEqual([...heard].sort((left, right) => left - right));
  });

  test("repeats the share it is told to repeat, twice at most", () => {
    const { heard } = hearsOf(1_000, { duplication: 0.3 });
    expect(new Set(heard).size).toBe(1_000);
    expect(heard.length).toBeGreaterThan(1_250);
    expect(heard.length).toBeLessThan(1_350);
  });

  test("delays each message by a time between the bounds, and keeps the order", () => {
    const { heard, heardAtMs } = hearsOf(1_000, { delayMinMs: 5, delayMaxMs: 10 });
    expect(heard).toEqual(firstThousand);
    expect(Math.min(...heardAtMs)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...heardAtMs)).toBeLessThanOrEqual(10.001);
  });

  test("reorders when it is told to", () => {
    const { heard } = hearsOf(1_000, { delayMaxMs: 10, reordering: 1 });
    expect(heard).not.toEqual(firstThousand);
    expect([...heard].sort((left, right) => left - right)).toEqual(firstThousand);
  });

  test("lets some messages stray, which arrive long after the others", () => {
    const { heard, heardAtMs } = hearsOf(1_000, { strays: 0.01, strayDelayMaxMs: 50_000 });
    expect(new Set(heard).size).toBe(1_000);
    const late = heardAtMs.filter((atMs) => atMs > 0);
    expect(late.length).toBeGreaterThan(2);
    expect(late.length).toBeLessThan(25);
    expect(Math.max(...late)).toBeGreaterThan(10_000);
  });

  test("cuts one way and not the way back, until it is mended", () => {
    const network = networkWith();
    const [left, right] = [new Ticker(), new Ticker()];
    const [leftNode, rightNode] = [network.addNode(), network.addNode()];
    leftNode.start(left);
    rightNode.start(right);
    network.cut(leftNode, rightNode);
    leftNode.act(() => left.say());
    rightNode.act(() => right.say());
    network.run(1);
    expect([left.heard, right.heard]).toEqual([[0], []]);
    network.mend(leftNode, rightNode);
    leftNode.act(() => left.say());
    network.run(2);
    expect(right.heard).toEqual([1]);
  });

  test("splits into groups that hear themselves only, until it merges", () => {
    const network = networkWith();
    const tickers = [10, 20, 30, 40].map((first) => new Ticker({ first }));
    const nodes = tickers.map((ticker) => {
      const node = network.addNode();
      node.start(ticker);
      return node;
    });
    const sayAll = (): void => {
      for (const [index, node] of nodes.entries()) node.act(() => tickers[index]?.say());
      network.run(network.nowMs + 1);
    };
    network.split(nodes.slice(0, 2), nodes.slice(2, 3));
    sayAll();
    expect(tickers.map(({ heard }) => heard)).toEqual([[20], [10], [], []]);
    network.merge();
    sayAll();
    expect(tickers.map(({ heard }) => heard.length)).toEqual([4, 4, 3, 3]);
  });

  test("delivers what was under way when a link was cut", () => {
    const network = networkWith({ delayMinMs: 5, delayMaxMs: 5 });
    const [speaker, listener] = [new Ticker(), new Ticker()];
    const [from, to] = [network.addNode(), network.addNode()];
    from.start(speaker);
    to.start(listener);
    from.act(() => speaker.say());
    network.cut(from, to);
    expect(network.lastArrivalMs).toBe(5);
    network.run(10);
    expect(listener.heard).toEqual([0]);
  });

  test("forgets a machine that crashes, its wakes and its undone outputs, and runs the next one", () => {
    const said: number[] = [];
    const network: Network = new SimNetwork({
      seed: 1,
      perform: (node, output) => {
        said.push(output);
        if (output === 1) node.crash();
      },
    });
    const node = network.addNode();
    const first = new Ticker({ everyMs: 10 });
    node.start(first);
    network.run(5);
    node.act(() => {
      first.say();
      first.say();
      first.say();
    });
    expect(said).toEqual([0, 1]);
    expect(node.isRunning).toBe(false);
    network.run(100);
    expect(first.wokenAtMs).toEqual([]);
    const second = new Ticker({ nowMs: 100, everyMs: 10, first: 7 });
    node.start(second);
    network.run(115);
    expect(said).toEqual([0, 1, 7]);
  });

  test("delivers to a restarted node what was sent to the one before, and tells of what nobody hears", () => {
    const network = networkWith({ delayMinMs: 5, delayMaxMs: 5 });
    const kinds: string[] = [];
    network.tap(({ kind }) => kinds.push(kind));
    const [speaker, restarted] = [new Ticker(), new Ticker()];
    const [from, to] = [network.addNode(), network.addNode()];
    from.start(speaker);
    from.act(() => speaker.say());
    network.run(10);
    expect(kinds).toEqual(["sent", "unheard"]);
    from.act(() => speaker.say());
    to.start(restarted);
    network.run(20);
    expect(restarted.heard).toEqual([1]);
  });

  test("gives each node a clock of its own", () => {
    const network = networkWith({ delayMinMs: 3, delayMaxMs: 3 });
    const offsetMs = -7 * 3_600_000 + 0.25;
    const late = network.addNode({ clockOffsetMs: offsetMs });
    const usual = network.addNode();
    const [ticker, listener] = [new Ticker({ nowMs: late.nowMs, everyMs: 0.1 }), new Ticker()];
    late.start(ticker);
    usual.start(listener);
    network.run(10);
    expect(ticker.wokenAtMs.length).toBeGreaterThan(98);
    expect(ticker.wokenAtMs[0]).toBeGreaterThanOrEqual(offsetMs + 0.1);
    expect(ticker.wokenAtMs[0]).toBeLessThan(offsetMs + 0.102);
    expect(listener.heardAtMs[0]).toBeGreaterThanOrEqual(3.1);
    expect(listener.heardAtMs[0]).toBeLessThan(3.103);
  });

  test("lets a node hear itself when it is told to", () => {
    const network = networkWith();
    const ticker = new Ticker();
    const node = network.addNode({ hearsItself: true });
    node.start(ticker);
    node.act(() => ticker.say());
    network.run(1);
    expect(ticker.heard).toEqual([0]);
  });

  test("stops a machine that would never let time pass", () => {
    const network = networkWith();
    network.addNode({ name: "busy" }).start(new Ticker({ everyMs: 0 }));
    expect(() => network.run(1)).toThrow("node busy was woken 1000 times at 0 ms");
  });

  test("changes the faults of one link or of all", () => {
    const network = networkWith();
    const tickers = [new Ticker(), new Ticker(), new Ticker()] as const;
    const nodes = tickers.map((ticker) => {
      const node = network.addNode();
      node.start(ticker);
      return node;
    });
    const [speaker, deaf] = nodes as [SimNode<number, number>, SimNode<number, number>];
    network.setFaults({ loss: 1 }, { from: speaker, to: deaf });
    speaker.act(() => tickers[0].say());
    network.run(1);
    expect(tickers.map(({ heard }) => heard)).toEqual([[], [], [0]]);
    network.setFaults({ loss: 0, duplication: 1 });
    speaker.act(() => tickers[0].say());
    network.run(2);
    expect(tickers.map(({ heard }) => heard)).toEqual([[], [1, 1], [0, 1, 1]]);
  });

  test("runs an act at its time, and at once when that has passed", () => {
    const network = networkWith();
    const ranAtMs: number[] = [];
    network.at(5, () => {
      ranAtMs.push(network.nowMs);
      network.at(2, () => ranAtMs.push(network.nowMs));
    });
    network.run(4);
    expect(ranAtMs).toEqual([]);
    network.run(6);
    expect(ranAtMs).toEqual([5, 5]);
  });

  test.each<Partial<LinkFaults>>([
    { loss: 1.5 },
    { duplication: -0.1 },
    { delayMinMs: 2, delayMaxMs: 1 },
    { strayDelayMaxMs: Number.NaN },
  ])("refuses %o", (faults) => {
    expect(() => networkWith(faults)).toThrow(UsageError);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "no clock shows %s, nothing happens then, and nothing was changed",
    (timeMs) => {
      const network = networkWith({});
      expect(() => network.addNode({ clockOffsetMs: timeMs })).toThrow(UsageError);
      expect(() => network.at(timeMs, () => {})).toThrow(UsageError);
      expect(network.nodes).toEqual([]);
    },
  );

  test("time that is no number does not pass", () => {
    expect(() => networkWith({}).run(Number.NaN)).toThrow(UsageError);
  });

  test("gives equal traces for equal seeds, and mostly others for others", () => {
    const share = fc.double({ min: 0, max: 0.5, noNaN: true });
    const faultsOf = fc.record({
      loss: share,
      duplication: share,
      reordering: share,
      strays: share,
    });
    fc.assert(
      fc.property(fc.integer(), faultsOf, (seed, shares) => {
        const faults = { ...shares, delayMaxMs: 20, strayDelayMaxMs: 100 };
        const trace = traceOf(seed, faults);
        expect(traceOf(seed, faults)).toEqual(trace);
        expect(traceOf(seed + 1, faults)).not.toEqual(trace);
      }),
      { numRuns: 50 },
    );
  });
});

/** Three nodes that talk every few milliseconds, and what became of all they said. */
function traceOf(seed: number, faults: Partial<LinkFaults>): string[] {
  const network = networkWith(faults, seed);
  const trace: string[] = [];
  network.tap(({ kind, atMs, from, to, message }) =>
    trace.push(`${atMs} ${kind} ${from.name}>${to.name} ${message}`),
  );
  for (const everyMs of [3, 4, 5]) {
    const node = network.addNode();
    node.start(new Ticker({ everyMs: everyMs + network.random.fraction() }));
  }
  network.run(100);
  return trace;
}
