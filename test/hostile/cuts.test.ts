/**
 * Connections between two ends of ours that are cut at any byte: no message is lost without being
 * counted, and what is counted is exactly what was not confirmed.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PairGanglion } from "../../src/ganglion/pair.ts";
import { PubSubGanglion } from "../../src/ganglion/pubsub.ts";
import type { StreamAddress } from "../../src/io/address.ts";
import { turn, until } from "../../src/testing/until.ts";
import { type Budget, CuttingRelay, type Passage } from "./cutting-relay.ts";
import { type Node, Stage, Text } from "./scene.ts";

const messageCount = 60;
const anyPort = { host: "127.0.0.1", port: 0 };
// So that there is something to confirm, and to be cut, all the time.
const options = { heartbeat: { intervalMs: 3, timeoutMs: 10_000 }, retryMinMs: 1, retryMaxMs: 5 };

const budgets = fc.record({
  toListener: fc.oneof(fc.nat(200), fc.nat(40_000)),
  toConnector: fc.oneof(fc.nat(200), fc.nat(40_000)),
});
const lengths = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 10 });
/** Cuts that come before all, and after all; and one way where the first confirmations are. */
const examples: readonly [Budget, number[]][] = [
  [{ toListener: 0, toConnector: 0 }, [100]],
  [{ toListener: 1_000_000, toConnector: 1_000_000 }, [100]],
  ...Array.from({ length: 15 }, (_, index) => 140 + 10 * index).flatMap(
    (few): [Budget, number[]][] => [
      [{ toListener: few, toConnector: 1_000_000 }, [100]],
      [{ toListener: 1_000_000, toConnector: few }, [100]],
    ],
  ),
];

interface Encounter {
  readonly sender: Node;
  readonly receiver: Node;
  readonly relay: CuttingRelay;
  /** What passed from the sender, and to it. */
  readonly out: Passage;
  readonly back: Passage;
}

type Meet = (stage: Stage, budget: Budget) => Promise<Encounter>;

async function listening(stage: Stage, node: Node): Promise<StreamAddress> {
  await stage.keep(node).opened;
  if (node.address === undefined) throw new Error("it listens nowhere");
  // Cut connections are what these tests are about.
  node.on("incident", () => {});
  return node.address;
}

const pair =
  (senderConnects: boolean): Meet =>
  async (stage, budget) => {
    const listener = new PairGanglion({ ...options, bind: anyPort });
    const relay = stage.keep(await CuttingRelay.open(await listening(stage, listener), budget));
    const connector = stage.keep(new PairGanglion({ ...options, connect: relay.address }));
    connector.on("incident", () => {});
    const { toListener, toConnector } = relay;
    return senderConnects
      ? { sender: connector, receiver: listener, relay, out: toListener, back: toConnector }
      : { sender: listener, receiver: connector, relay, out: toConnector, back: toListener };
  };

const pubsub: Meet = async (stage, budget) => {
  const sender = new PubSubGanglion({ ...options, bind: anyPort });
  const relay = stage.keep(await CuttingRelay.open(await listening(stage, sender), budget));
  const receiver = stage.keep(new PubSubGanglion({ ...options, peers: [relay.address] }));
  receiver.on("incident", () => {});
  return { sender, receiver, relay, out: relay.toConnector, back: relay.toListener };
};

describe.each([
  ["a pair that connects", pair(true)],
  ["a pair that is bound", pair(false)],
  ["a publisher", pubsub],
] as const)("%s", (_, meet) => {
  test("counts what was not confirmed, no more and no less, wherever the cut is", async () => {
    const cases = { unheard: 0, underWay: 0, unconfirmed: 0, confirmed: 0 };
    await fc.assert(
      fc.asyncProperty(budgets, lengths, async (budget, lengthsIn) => {
        const stage = new Stage();
        const { sender, receiver, relay, out, back } = await meet(stage, budget);
        const texts: string[] = [];
        receiver.react(Text, (text) => void texts.push(text));
        await happenedOrCut(sender.ready(Text), relay);
        const sent = await sendAll(sender, lengthsIn, relay);
        relay.cut();
        await until("the connection is gone", () => relay.isOver);
        await turn();

        const delivered = out.account().messageCount;
        const confirmed = back.account().confirmedCount;
        const { queueDepth, dropped } = sender.stats();
        const { unconfirmed = 0, closed = 0, unclaimed = 0 } = dropped;
        // While nobody subscribes to it a message is sent to nobody.
        const reached = sent.slice(0, sent.length - unclaimed);
        expect(texts).toEqual(reached.slice(0, delivered));
        expect(confirmed).toBeLessThanOrEqual(delivered);
        expect(unconfirmed + closed + queueDepth).toBe(reached.length - confirmed);
        if (delivered === 0) cases.unheard += 1;
        if (delivered < reached.length) cases.underWay += 1;
        if (confirmed < delivered) cases.unconfirmed += 1;
        if (confirmed > 0) cases.confirmed += 1;

        relay.mend();
        const later = reached.slice(reached.length - queueDepth);
        await until("what waited has come", () => texts.length === delivered + later.length);
        expect(texts.slice(delivered)).toEqual(later);
        await stage.close();
      }),
      { numRuns: examples.length + 30, examples: [...examples] },
    );
    // Cuts of every kind were met.
    expect(Math.min(...Object.values(cases))).toBeGreaterThan(0);
  });
});

/** Resolves when `event` has happened, or the connection is cut, so that it may never. */
async function happenedOrCut(event: Promise<void>, relay: CuttingRelay): Promise<void> {
  let hasHappened = false;
  event.then(
    () => {
      hasHappened = true;
    },
    () => {},
  );
  await until("it has happened or never will", () => hasHappened || relay.isOver);
}

/** Sends messages, of which the first are confirmed before the last are sent. */
async function sendAll(
  sender: Node,
  lengthsIn: readonly number[],
  relay: CuttingRelay,
): Promise<readonly string[]> {
  const sent: string[] = [];
  for (let count = 0; count < messageCount; count++) {
    const text = `${count}`.padEnd(lengthsIn[count % lengthsIn.length] ?? 0);
    sent.push(text);
    await sender.transmit(Text, text);
    if (count % 10 === 9) await turn();
    if (count === messageCount / 2) await happenedOrCut(sender.flush(), relay);
  }
  return sent;
}
