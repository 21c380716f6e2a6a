/** Opening, closing, vanishing, and what is left behind. */
import assert from "node:assert/strict";
import { Axon } from "../../axon.ts";
import { ClosedError } from "../../errors.ts";
import { turn, until } from "../until.ts";
import type { GanglionCase } from "./case.ts";
import {
  assertDropped,
  countNeuron,
  droppedBy,
  incidentsOf,
  makeGate,
  noCount,
  numbers,
  sendCounts,
  textNeuron,
  twoPeers,
} from "./fixtures.ts";

export const lifeCases: readonly GanglionCase[] = [
  {
    name: "closing twice is closing once, by whatever name",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      await Promise.all([sender.close(), sender.close(), sender[Symbol.asyncDispose]()]);
      await sender.close();
      await receiver.close();
      await receiver[Symbol.asyncDispose]();
    },
  },
  {
    name: "after close every call says so, and what was counted can still be read",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(sender);
      await receiver.react(countNeuron, () => {}).ready;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      await sender.close();
      await receiver.close();
      await assert.rejects(sender.transmit(countNeuron, 1), ClosedError);
      await assert.rejects(sender.transmit({ no: "neuron" }), ClosedError);
      await assert.rejects(sender.transmitRaw(countNeuron, noCount), ClosedError);
      await assert.rejects(sender.adapt(countNeuron), ClosedError);
      await assert.rejects(sender.adapt("dev.>"), ClosedError);
      await assert.rejects(sender.ready(countNeuron), ClosedError);
      assert.throws(() => sender.react(countNeuron, () => {}), ClosedError);
      assert.throws(() => sender.reactRaw(countNeuron, () => {}), ClosedError);
      assert.throws(() => sender.reactRaw("dev.>", () => {}), ClosedError);
      assert.equal(sender.stats().sent, world.capabilities.external ? 1 : 0);
      assert.equal(receiver.stats().delivered, 1);
    },
  },
  {
    name: "what was taken before close arrives",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      const sent = sendCounts(sender, 100);
      await sender.close();
      await sent;
      await world.settle();
      assert.deepEqual(got, numbers(100));
    },
  },
  {
    name: "close while sending: each message is taken, or refused as closed, and none is lost",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(sender);
      incidentsOf(receiver);
      await receiver.react(countNeuron, () => {}).ready;
      const before = numbers(50).map((count) => sender.transmit(countNeuron, count));
      const closed = sender.close();
      const after = numbers(50).map((count) => sender.transmit(countNeuron, count));
      const outcomes = await Promise.allSettled(before);
      for (const refused of after) await assert.rejects(refused, ClosedError);
      await closed;
      await world.settle();
      const taken = outcomes.filter(({ status }) => status === "fulfilled").length;
      const accounted = receiver.stats().delivered + droppedBy(sender, receiver);
      assert.ok(accounted >= taken && accounted <= 50, `${accounted} of ${taken}`);
    },
  },
  {
    name: "close waits for reactants and what is in their queues",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const gate = makeGate();
      const got: number[] = [];
      await receiver.react(countNeuron, async (count) => {
        await gate.opened;
        got.push(count);
      }).ready;
      await sendCounts(sender, 3);
      await world.settle();
      let isClosed = false;
      const closed = receiver.close().then(() => {
        isClosed = true;
      });
      await turn();
      assert.equal(isClosed, false);
      gate.open();
      await closed;
      assert.deepEqual(got, [0, 1, 2]);
      assert.equal(droppedBy(receiver), 0);
    },
  },
  {
    name: "close waits no longer than the linger time; what is left is dropped and counted",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world, { lingerMs: 10 });
      const incidents = incidentsOf(receiver);
      const gate = makeGate();
      await receiver.react(countNeuron, () => gate.opened).ready;
      await sendCounts(sender, 3);
      await world.settle();
      await receiver.close();
      gate.open();
      await turn();
      assert.equal(receiver.stats().delivered, 1);
      const { name: topic } = countNeuron;
      assertDropped(receiver, incidents, { reason: "closed", count: 2, topic });
    },
  },
  {
    name: "close can be given a linger time of its own; the first call says",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world, { lingerMs: 600_000 });
      const incidents = incidentsOf(receiver);
      const gate = makeGate();
      await receiver.react(countNeuron, () => gate.opened).ready;
      await sendCounts(sender, 3);
      await world.settle();
      await Promise.all([receiver.close({ lingerMs: 10 }), receiver.close({ lingerMs: 600_000 })]);
      gate.open();
      await turn();
      assert.equal(receiver.stats().delivered, 1);
      const { name: topic } = countNeuron;
      assertDropped(receiver, incidents, { reason: "closed", count: 2, topic });
    },
  },
  {
    name: "subscriptions, iterations and listeners end with their ganglion",
    async run(world) {
      const receiver = await world.peer();
      const typed = receiver.react(countNeuron, () => {});
      const raw = receiver.reactRaw(countNeuron, () => {});
      const pattern = receiver.reactRaw("dev.>", () => {});
      const listener = receiver.on("incident", () => {});
      const next = new Axon(countNeuron, receiver).values().next();
      await receiver.close();
      assert.deepEqual(await next, { done: true, value: undefined });
      let ended = 0;
      for (const subscription of [typed, raw, pattern, listener]) {
        void subscription.ended.then(() => {
          ended += 1;
        });
      }
      await turn();
      assert.equal(ended, 4);
    },
  },
  {
    name: "close leaves no socket, no timer and no other resource",
    async run(world) {
      const before = resources();
      const { sender, receiver } = await twoPeers(world, { lingerMs: 30_000 });
      incidentsOf(sender);
      incidentsOf(receiver);
      await receiver.react(countNeuron, () => {}).ready;
      await sendCounts(sender, 10);
      await world.settle();
      await sender.close();
      await receiver.close();
      await until("no resource is left", () => isWithin(resources(), before));
    },
  },
  {
    name: "a peer that vanishes and comes back is heard and hears again",
    needs: "peersVanish",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(sender);
      const got: string[] = [];
      await receiver.react(countNeuron, (count) => void got.push(`first ${count}`)).ready;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, ["first 1"]);
      assert.ok(world.vanish !== undefined, "a world of `peersVanish` has `vanish`");
      await world.vanish(receiver);
      const again = await world.peer();
      await again.react(countNeuron, (count) => void got.push(`again ${count}`)).ready;
      await sender.react(textNeuron, (text) => void got.push(text)).ready;
      await sender.transmit(countNeuron, 2);
      await again.transmit(textNeuron, "back");
      await world.settle();
      assert.deepEqual(got.sort(), ["again 2", "back", "first 1"]);
    },
  },
  {
    name: "where peers cannot vanish apart, they are one ganglion",
    lacks: "peersVanish",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      assert.equal(sender, receiver);
    },
  },
];

/** How many of each kind keep the process busy. */
function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function isWithin(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): boolean {
  return [...now].every(([kind, count]) => count <= (before.get(kind) ?? 0));
}
