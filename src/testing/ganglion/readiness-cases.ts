/** Knowing that a message sent now will arrive. */
import assert from "node:assert/strict";
import { ClosedError, UsageError } from "../../errors.ts";
import { turn } from "../until.ts";
import type { GanglionCase } from "./case.ts";
import { countNeuron, incidentsOf, twoPeers } from "./fixtures.ts";

export const readinessCases: readonly GanglionCase[] = [
  {
    name: "after `ready` of both sides the first message arrives",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await sender.ready(countNeuron);
      await sender.ready(countNeuron.name);
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, [1]);
    },
  },
  {
    name: "`ready` with a number of receivers waits until they are there",
    needs: "knowsReceivers",
    async run(world) {
      const sender = await world.peer();
      let ready = false;
      const waiting = sender.ready(countNeuron, { receivers: 1 }).then(() => {
        ready = true;
      });
      await turn();
      assert.equal(ready, false);
      const receiver = await world.peer();
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await waiting;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, [1]);
    },
  },
  {
    name: "where the receivers cannot be known, to wait for a number of them is refused",
    lacks: "knowsReceivers",
    async run(world) {
      const { sender } = await twoPeers(world);
      await assert.rejects(sender.ready(countNeuron, { receivers: 1 }), UsageError);
    },
  },
  {
    name: "a number of receivers that is none is refused",
    async run(world) {
      const { sender } = await twoPeers(world);
      for (const receivers of [-1, 0.5, Number.NaN]) {
        await assert.rejects(sender.ready(countNeuron, { receivers }), UsageError, `${receivers}`);
      }
    },
  },
  {
    name: "waiting for receivers ends by its signal, and by close",
    needs: "knowsReceivers",
    async run(world) {
      const sender = await world.peer();
      incidentsOf(sender);
      const controller = new AbortController();
      const why = new Error("no longer wanted");
      const { signal } = controller;
      const aborted = sender.ready(countNeuron, { receivers: 1, signal });
      const closed = sender.ready(countNeuron, { receivers: 1 });
      controller.abort(why);
      await assert.rejects(aborted, why);
      const outcome = assert.rejects(closed, ClosedError);
      await sender.close();
      await outcome;
    },
  },
  {
    name: "a neuron and a pattern can be adapted, again and again, and it changes no delivery",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: number[] = [];
      for (const target of [countNeuron, countNeuron.name, "dev.plexo.>", countNeuron]) {
        await sender.adapt(target);
        await receiver.adapt(target);
      }
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, [1]);
    },
  },
];
