/** Whatever nodes do in good order, no message is lost that nobody counts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { addressOf, PubSubNodes } from "../../../test/support/pubsub-nodes.ts";
import { stringCodec } from "../../codec/string.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import { sumOf } from "../../stats.ts";
import type { Subscription } from "../../subscription.ts";
import { turn } from "../../testing/until.ts";
import type { PubSubGanglion } from "../pubsub.ts";

const neurons = ["A", "B"].map(
  (name) => new Neuron(name, new Namespace("dev.plexo.test"), stringCodec),
);
const publisherCount = 2;
const listenerCount = 3;

/** What is done: `who` and `what` stand for a node and a neuron, or a publisher, as it needs them. */
const acts = [
  "transmit",
  "transmit",
  "transmit much",
  "react",
  "react slowly",
  "unsubscribe",
  "add or remove a peer",
  "start anew",
  "wait",
] as const;

interface Step {
  readonly act: (typeof acts)[number];
  readonly who: number;
  readonly what: number;
}

const steps = fc.array(
  fc.record<Step>({
    act: fc.constantFrom(...acts),
    who: fc.nat({ max: listenerCount - 1 }),
    what: fc.nat({ max: 1 }),
  }),
  { minLength: 20, maxLength: 60 },
);

/** Publishers and listeners, and all that were closed meanwhile. */
class Network {
  readonly #nodes = new PubSubNodes();
  readonly #all: PubSubGanglion[] = [];
  #publishers: readonly PubSubGanglion[] = [];
  readonly #listeners: PubSubGanglion[] = [];
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #pending: Promise<void>[] = [];

  async open(): Promise<void> {
    const options = { sendHighWaterBytes: 10_000, queue: { limit: 20 }, lingerMs: 60_000 };
    this.#publishers = await Promise.all(
      Array.from({ length: publisherCount }, () => this.#nodes.publisher(options)),
    );
    this.#all.push(...this.#publishers);
    for (const publisher of this.#publishers) publisher.on("incident", () => {});
    for (let who = 0; who < listenerCount; who++) {
      await this.#start(who);
      for (const what of neurons.keys()) await this.#react(who, what).ready;
    }
  }

  async do({ act, who, what }: Step): Promise<void> {
    const publisher = this.#publishers[what] as PubSubGanglion;
    const listener = this.#listeners[who] as PubSubGanglion;
    const neuron = neurons[who % neurons.length] as (typeof neurons)[number];
    switch (act) {
      case "transmit":
        for (let count = 0; count < 30; count++) void publisher.transmit(neuron, "x".repeat(count));
        return;
      case "transmit much":
        for (let count = 0; count < 30; count++) void publisher.transmit(neuron, "x".repeat(9_000));
        return;
      case "react":
        this.#react(who, what);
        return;
      case "react slowly":
        this.#react(who, what, turn);
        return;
      case "unsubscribe":
        this.#subscriptions.get(`${who} ${what}`)?.unsubscribe();
        return;
      case "add or remove a peer":
        await this.#addOrRemove(listener, publisher);
        return;
      case "start anew":
        this.#pending.push(listener.close());
        await this.#start(who);
        return;
      case "wait":
        await turn();
        return;
      default:
        act satisfies never;
    }
  }

  /** Closes all, and adds up what they have counted. */
  async sums(): Promise<{ readonly sent: number; readonly accounted: number }> {
    await Promise.all([...this.#all.map((node) => node.close()), ...this.#pending]);
    const { sent, delivered, dropped, queueDepth } = sumOf(this.#all.map((node) => node.stats()));
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    return { sent, accounted: delivered + lost + queueDepth };
  }

  async #start(who: number): Promise<void> {
    const listener = await this.#nodes.listener(this.#publishers, { lingerMs: 60_000 });
    listener.on("incident", () => {});
    this.#listeners[who] = listener;
    this.#all.push(listener);
  }

  /** One reactant to a neuron at a time: each that there is counts what it gets as delivered. */
  #react(who: number, what: number, wait: () => void | Promise<void> = () => {}): Subscription {
    const key = `${who} ${what}`;
    this.#subscriptions.get(key)?.unsubscribe();
    const listener = this.#listeners[who] as PubSubGanglion;
    const neuron = neurons[what] as (typeof neurons)[number];
    const subscription = listener.react(neuron, wait, { queue: { limit: 5 } });
    this.#subscriptions.set(key, subscription);
    return subscription;
  }

  async #addOrRemove(listener: PubSubGanglion, publisher: PubSubGanglion): Promise<void> {
    const address = addressOf(publisher);
    try {
      listener.addPeer(address);
    } catch {
      this.#pending.push(listener.removePeer(address));
      await turn();
    }
  }
}

test("what was sent is what was delivered, and what was counted as dropped, over all nodes", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (stepsIn) => {
      const network = new Network();
      await network.open();
      for (const step of stepsIn) await network.do(step);
      const { sent, accounted } = await network.sums();
      expect(accounted).toBe(sent);
    }),
    { numRuns: 20 },
  );
}, 60_000);
