/** What goes wrong stays where it is, is counted, and is told. */
import assert from "node:assert/strict";
import { CodecError, UsageError } from "../../errors.ts";
import { turn } from "../until.ts";
import type { GanglionCase } from "./case.ts";
import {
  assertCausesTold,
  assertDropped,
  countNeuron,
  droppedBy,
  incidentsOf,
  noCount,
  numbers,
  sendCounts,
  textNeuron,
  twoPeers,
} from "./fixtures.ts";

export const failureCases: readonly GanglionCase[] = [
  {
    name: "a reactant that throws or rejects stops nobody, and each failure is an incident",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const incidents = incidentsOf(receiver);
      const thrown = new Error("thrown");
      const rejected = new Error("rejected");
      const got: number[] = [];
      await receiver.react(countNeuron, () => {
        throw thrown;
      }).ready;
      await receiver.react(countNeuron, () => Promise.reject(rejected)).ready;
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await sendCounts(sender, 2);
      await world.settle();
      assert.deepEqual(got, [0, 1]);
      const failures = incidents.filter(({ kind }) => kind === "reactant-failed");
      for (const cause of [thrown, rejected]) {
        assert.equal(failures.filter((each) => each.cause === cause).length, 2);
      }
      assertCausesTold(failures);
      for (const { topic, ganglion } of failures) {
        assert.deepEqual([topic, ganglion], [countNeuron.name, receiver.name]);
      }
      const { delivered, failed } = receiver.stats();
      assert.deepEqual({ delivered, failed }, { delivered: 6, failed: 4 });
    },
  },
  {
    name: "a message that nobody reacts to is counted where it arrives, and an incident",
    needs: "bringsAll",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const incidents = incidentsOf(receiver);
      await sender.transmit(textNeuron, "is anybody there?");
      await world.settle();
      const { name: topic } = textNeuron;
      assertDropped(receiver, incidents, { reason: "unclaimed", count: 1, topic });
    },
  },
  {
    name: "where peers are brought only what they ask for, the rest does not reach them",
    lacks: "bringsAll",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const incidents = incidentsOf(receiver);
      await receiver.react(countNeuron, () => {}).ready;
      void sender.transmit(textNeuron, "is anybody there?");
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.equal(receiver.stats().topics[textNeuron.name]?.received ?? 0, 0);
      assert.deepEqual(incidents, []);
    },
  },
  {
    name: "bytes that do not decode are counted, are an incident, and cost that message only",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const incidents = incidentsOf(receiver);
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await sender.transmitRaw(countNeuron, noCount);
      await sender.transmit(countNeuron, 7);
      await world.settle();
      assert.deepEqual(got, [7]);
      const { name: topic } = countNeuron;
      assertDropped(receiver, incidents, { reason: "undecodable", count: 1, topic });
      assert.equal(receiver.stats().decodeErrors, 1);
      assert.ok(incidents.find(({ kind }) => kind === "dropped")?.cause instanceof CodecError);
      assertCausesTold(incidents);
    },
  },
  {
    name: "a value that does not fit its codec rejects transmit, is counted, and reaches nobody",
    needs: "external",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const incidents = incidentsOf(sender);
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await assert.rejects(sender.transmit(countNeuron, Number.NaN), CodecError);
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, [1]);
      const { encodeErrors, sent } = sender.stats();
      assert.deepEqual({ encodeErrors, sent }, { encodeErrors: 1, sent: 1 });
      assert.deepEqual(
        incidents.map(({ kind, topic }) => ({ kind, topic })),
        [{ kind: "transmit-failed", topic: countNeuron.name }],
      );
      assertCausesTold(incidents);
    },
  },
  {
    name: "in-process a value is handed over as it is, since no codec looks at it",
    lacks: "external",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: number[] = [];
      receiver.react(countNeuron, (count) => void got.push(count));
      await sender.transmit(countNeuron, Number.NaN);
      assert.deepEqual(got, [Number.NaN]);
    },
  },
  {
    name: "a transmit that fails and is not awaited is an incident and no unhandled rejection",
    async run(world) {
      const sender = await world.peer();
      const incidents = incidentsOf(sender);
      const unhandled: unknown[] = [];
      const listener = (reason: unknown): void => void unhandled.push(reason);
      process.on("unhandledRejection", listener);
      void sender.transmit(new Date());
      void sender.transmitRaw("not a topic", noCount);
      // Node tells of rejections after the microtasks of a turn.
      await turn();
      await turn();
      process.off("unhandledRejection", listener);
      assert.deepEqual(unhandled, []);
      assert.deepEqual(
        incidents.map(({ kind, cause }) => [kind, cause instanceof UsageError]),
        [
          ["transmit-failed", true],
          ["transmit-failed", true],
        ],
      );
    },
  },
  {
    name: "a listener for incidents that throws stops neither the message nor other listeners",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      receiver.on("incident", () => {
        throw new Error("from a listener");
      });
      const incidents = incidentsOf(receiver);
      const got: number[] = [];
      await receiver.react(countNeuron, () => {
        throw new Error("from a reactant");
      }).ready;
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await sendCounts(sender, 2);
      await world.settle();
      assert.deepEqual(got, [0, 1]);
      assert.equal(incidents.length, 2);
    },
  },
  {
    name: "what was sent is what was delivered and what was counted as dropped",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(receiver);
      let release = (): void => {};
      const queue = { limit: 5, policy: "drop-newest" } as const;
      await receiver.react(
        countNeuron,
        () =>
          new Promise<void>((resolve) => {
            release = resolve;
          }),
        { queue },
      ).ready;
      await sendCounts(sender, 20);
      await world.settle();
      assert.equal(receiver.stats().queueDepth, 5);
      for (const _ of numbers(6)) {
        release();
        await world.settle();
      }
      const { delivered, queueDepth } = receiver.stats();
      assert.deepEqual({ delivered, queueDepth }, { delivered: 6, queueDepth: 0 });
      assert.equal(delivered + droppedBy(sender, receiver), 20);
    },
  },
  {
    name: "messages and bytes are counted where they are sent and where they arrive",
    needs: "external",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      await receiver.react(textNeuron, () => {}).ready;
      for (const text of ["", "ab", "über"]) await sender.transmit(textNeuron, text);
      await world.settle();
      const [there, here] = [sender.stats(), receiver.stats()];
      assert.deepEqual([there.sent, there.bytesSent], [3, 7]);
      assert.deepEqual([here.received, here.bytesReceived, here.delivered], [3, 7, 3]);
      assert.deepEqual([there.received, here.sent], [0, 0]);
    },
  },
  {
    name: "in-process nothing counts as sent or received, only as delivered",
    lacks: "external",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      receiver.react(textNeuron, () => {});
      await sender.transmit(textNeuron, "ab");
      const { sent, received, delivered } = receiver.stats();
      assert.deepEqual({ sent, received, delivered }, { sent: 0, received: 0, delivered: 1 });
    },
  },
  {
    name: "the totals are the sums over the topics",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(receiver);
      await receiver.react(countNeuron, () => {
        throw new Error("on purpose");
      }).ready;
      await receiver.react(textNeuron, () => {}).ready;
      await sendCounts(sender, 3);
      await sender.transmitRaw(textNeuron, Uint8Array.of(0xff));
      await sender.transmit(textNeuron, "ab");
      await world.settle();
      for (const { topics, ...total } of [sender.stats(), receiver.stats()]) {
        const [first, second] = [topics[countNeuron.name], topics[textNeuron.name]];
        assert.ok(first !== undefined && second !== undefined);
        for (const name of ["sent", "bytesSent", "received", "delivered", "failed"] as const) {
          assert.equal(total[name], first[name] + second[name], name);
        }
        assert.deepEqual(total.dropped, { ...first.dropped, ...second.dropped });
      }
    },
  },
];
