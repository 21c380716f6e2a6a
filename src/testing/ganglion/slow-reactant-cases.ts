/** A slow reactant: its queue, the policy at its limit, and whom it holds up. */
import assert from "node:assert/strict";
import { TransportError } from "../../errors.ts";
import type { Ganglion, TransmitOptions } from "../../ganglion/ganglion.ts";
import type { Incident } from "../../incident.ts";
import type { QueueOptions } from "../../queue.ts";
import { turn, until } from "../until.ts";
import type { GanglionCase, GanglionWorld } from "./case.ts";
import {
  assertDropped,
  blobNeuron,
  countNeuron,
  droppedBy,
  type Gate,
  incidentsOf,
  makeGate,
  numbers,
  sendCounts,
  textNeuron,
  twoPeers,
} from "./fixtures.ts";

// A message that counts in the buffers of a system, and how many of them are far more than those
// and a queue of 1000 hold.
const pressureBytes = 16_384;
const pressureMessagesMax = 16_384;
// A message that was not taken after so many turns of the event loop waits for its receiver.
const patientTurns = 50;

export const slowReactantCases: readonly GanglionCase[] = [
  {
    name: "a slow reactant delays no other, until its queue is full",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const gate = makeGate();
      const got: string[] = [];
      await receiver.react(countNeuron, async (count) => {
        await gate.opened;
        got.push(`slow ${count}`);
      }).ready;
      await receiver.react(countNeuron, (count) => void got.push(`quick ${count}`)).ready;
      await sendCounts(sender, 3);
      await world.settle();
      assert.deepEqual(got, ["quick 0", "quick 1", "quick 2"]);
      gate.open();
      await world.settle();
      assert.deepEqual(got.slice(3), ["slow 0", "slow 1", "slow 2"]);
    },
  },
  {
    name: "the next call starts when the last has settled, or as many as `concurrency` allows",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const gate = makeGate();
      const started = { one: 0, three: 0 };
      await receiver.react(countNeuron, () => {
        started.one += 1;
        return gate.opened;
      }).ready;
      await receiver.react(
        countNeuron,
        () => {
          started.three += 1;
          return gate.opened;
        },
        { concurrency: 3 },
      ).ready;
      await sendCounts(sender, 5);
      await world.settle();
      assert.deepEqual(started, { one: 1, three: 3 });
      gate.open();
      await world.settle();
      assert.deepEqual(started, { one: 5, three: 5 });
    },
  },
  {
    name: "drop-newest: a full queue keeps what it has, and what is lost is counted",
    needs: "reliable",
    async run(world) {
      const slow = await slowReactant(world, { limit: 2, policy: "drop-newest" });
      await sendCounts(slow.sender, 6);
      await world.settle();
      slow.gate.open();
      await world.settle();
      assert.deepEqual(slow.got, [0, 1, 2]);
      assertQueueFull(slow, 3);
    },
  },
  {
    name: "drop-oldest: a full queue gives up its oldest, and what is lost is counted",
    needs: "reliable",
    async run(world) {
      const slow = await slowReactant(world, { limit: 2, policy: "drop-oldest" });
      await sendCounts(slow.sender, 6);
      await world.settle();
      slow.gate.open();
      await world.settle();
      assert.deepEqual(slow.got, [0, 4, 5]);
      assertQueueFull(slow, 3);
    },
  },
  {
    name: "error: a full queue refuses, which is counted; a sender in the process is told",
    needs: "reliable",
    async run(world) {
      const slow = await slowReactant(world, { limit: 2, policy: "error" });
      const outcomes = await Promise.allSettled(
        numbers(6).map((count) => slow.sender.transmit(countNeuron, count)),
      );
      await world.settle();
      slow.gate.open();
      await world.settle();
      assert.deepEqual(slow.got, [0, 1, 2]);
      assertQueueFull(slow, 3);
      const refused: unknown[] = outcomes.flatMap((each) =>
        each.status === "rejected" ? [each.reason as unknown] : [],
      );
      assert.equal(refused.length, world.capabilities.external ? 0 : 3);
      assert.ok(refused.every((reason) => reason instanceof TransportError));
    },
  },
  {
    name: "block: a full queue makes the sender wait, and nothing is lost",
    needs: "backPressure",
    async run(world) {
      const slow = await slowReactant(world, { limit: 2, policy: "block" });
      const { count, held } = await sendUntilHeld(slow.sender);
      slow.gate.open();
      await held;
      await until("all have arrived", () => slow.got.length >= count);
      await world.settle();
      assert.deepEqual(slow.got, numbers(count));
      assert.equal(droppedBy(slow.sender, slow.receiver), 0);
    },
  },
  {
    name: "where a receiver holds up no sender, what finds no place is counted",
    lacks: "backPressure",
    async run(world) {
      const slow = await slowReactant(world, { limit: 2, policy: "block" });
      incidentsOf(slow.sender);
      let count = 0;
      while (droppedBy(slow.sender, slow.receiver) === 0 && count < pressureMessagesMax) {
        await slow.sender.transmitRaw(blobNeuron, numbered(count));
        count += 1;
      }
      assert.ok(droppedBy(slow.sender, slow.receiver) > 0, "nothing was dropped");
      slow.gate.open();
      if (!world.capabilities.reliable) return;
      await until(
        "every message is accounted for",
        () => slow.got.length + droppedBy(slow.sender, slow.receiver) === count,
      );
    },
  },
  {
    name: "who waits for a place can give up by a signal; the message is counted",
    needs: "backPressure",
    async run(world) {
      const slow = await slowReactant(world, { limit: 2, policy: "block" });
      const incidents = incidentsOf(slow.sender);
      const controller = new AbortController();
      const { count, held } = await sendUntilHeld(slow.sender, { signal: controller.signal });
      const why = new Error("no longer wanted");
      controller.abort(why);
      await assert.rejects(held, why);
      slow.gate.open();
      await until("the others have arrived", () => slow.got.length >= count - 1);
      await world.settle();
      assert.deepEqual(slow.got, numbers(count - 1));
      const { name: topic } = blobNeuron;
      assertDropped(slow.sender, incidents, { reason: "aborted", count: 1, topic });
    },
  },
  {
    name: "the wait for a place ends after `timeoutMs`; the message is counted",
    needs: "backPressure",
    async run(world) {
      const slow = await slowReactant(world, { limit: 2, policy: "block" });
      const incidents = incidentsOf(slow.sender);
      const takenCount = await sendUntilTimedOut(slow.sender, 100);
      slow.gate.open();
      await until("the others have arrived", () => slow.got.length >= takenCount);
      await world.settle();
      assert.deepEqual(slow.got, numbers(takenCount));
      const { name: topic } = blobNeuron;
      assertDropped(slow.sender, incidents, { reason: "timed-out", count: 1, topic });
    },
  },
  {
    name: "with one stream, a reactant that blocks pauses what comes after, of all topics",
    needs: "oneStream",
    async run(world) {
      const { log, gate, sender, receiver } = await blockedReactant(world);
      await sender.react(textNeuron, () => void log.push("back")).ready;
      // The other direction is free: by the time of its answers, what was sent before is there.
      for (const round of numbers(10)) {
        await receiver.transmit(textNeuron, "back");
        await until("the other direction has answered", () => log.length === round + 1);
      }
      log.push("opened");
      gate.open();
      await world.settle();
      assert.deepEqual(log.slice(10), ["opened", "other"]);
    },
  },
  {
    name: "without one stream, a reactant that blocks pauses its own topic only",
    lacks: "oneStream",
    async run(world) {
      const { log, gate } = await blockedReactant(world);
      await until("the other topic's message is there", () => log.length > 0);
      log.push("opened");
      gate.open();
      await world.settle();
      assert.deepEqual(log, ["other", "opened"]);
    },
  },
];

interface SlowReactant {
  readonly sender: Ganglion;
  readonly receiver: Ganglion;
  readonly incidents: readonly Incident[];
  readonly gate: Gate;
  readonly got: number[];
}

/** Takes counts, and blobs by the number they begin with; finishes none before the gate is open. */
async function slowReactant(world: GanglionWorld, queue: QueueOptions): Promise<SlowReactant> {
  const { sender, receiver } = await twoPeers(world);
  const incidents = incidentsOf(receiver);
  const gate = makeGate();
  const got: number[] = [];
  const take = async (count: number): Promise<void> => {
    await gate.opened;
    got.push(count);
  };
  await receiver.react(countNeuron, take, { queue }).ready;
  await receiver.reactRaw(blobNeuron, (bytes) => take(numberOf(bytes)), { queue }).ready;
  return { sender, receiver, incidents, gate, got };
}

function assertQueueFull({ receiver, incidents }: SlowReactant, count: number): void {
  assertDropped(receiver, incidents, { reason: "queue-full", count, topic: countNeuron.name });
}

/** A reactant whose queue is full, one message that waits for it, and one of another topic behind. */
async function blockedReactant(world: GanglionWorld): Promise<{
  readonly sender: Ganglion;
  readonly receiver: Ganglion;
  readonly gate: Gate;
  readonly log: string[];
}> {
  const { sender, receiver } = await twoPeers(world);
  const gate = makeGate();
  const log: string[] = [];
  const queue = { limit: 1, policy: "block" } as const;
  await receiver.react(countNeuron, () => gate.opened, { queue }).ready;
  await receiver.reactRaw(blobNeuron, () => void log.push("other")).ready;
  for (const count of numbers(3)) void sender.transmit(countNeuron, count);
  void sender.transmitRaw(blobNeuron, numbered(0));
  return { sender, receiver, gate, log };
}

/** Sends blobs until one has to wait; `count` are taken or wait, and `held` is the last one's end. */
async function sendUntilHeld(
  sender: Ganglion,
  options: TransmitOptions = {},
): Promise<{ readonly count: number; readonly held: Promise<void> }> {
  for (let index = 0; index < pressureMessagesMax; index++) {
    const transmitted = sender.transmitRaw(blobNeuron, numbered(index), options);
    if (await isPending(transmitted)) return { count: index + 1, held: transmitted };
  }
  return assert.fail(`${pressureMessagesMax} messages were taken, and no sender had to wait`);
}

/**
 * Sends blobs, one after the other, until one was not taken within `timeoutMs`. Which one that will
 * be cannot be told beforehand: buffers of a system that seemed full may make room a little later.
 * @returns How many were taken before it.
 */
async function sendUntilTimedOut(sender: Ganglion, timeoutMs: number): Promise<number> {
  for (let index = 0; index < pressureMessagesMax; index++) {
    try {
      await sender.transmitRaw(blobNeuron, numbered(index), { timeoutMs });
    } catch (error) {
      assert.ok(error instanceof TransportError, String(error));
      return index;
    }
  }
  return assert.fail(`${pressureMessagesMax} messages were taken, and no sender had to wait`);
}

async function isPending(promise: Promise<void>): Promise<boolean> {
  const state = { isPending: true };
  const settled = (): void => {
    state.isPending = false;
  };
  promise.then(settled, settled);
  await Promise.resolve();
  for (let turns = 0; state.isPending && turns < patientTurns; turns++) await turn();
  return state.isPending;
}

function numbered(index: number): Uint8Array {
  const bytes = new Uint8Array(pressureBytes);
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
}
