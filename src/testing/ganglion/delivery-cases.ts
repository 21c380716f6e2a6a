/** What is sent arrives: once, in order, whole, and as what it was. */
import assert from "node:assert/strict";
import { Axon } from "../../axon.ts";
import { jsonCodec } from "../../codec/json.ts";
import type { ImpulseId } from "../../identity.ts";
import { Namespace } from "../../namespace.ts";
import { Neuron } from "../../neuron.ts";
import { until } from "../until.ts";
import type { GanglionCase } from "./case.ts";
import {
  blobNeuron,
  CountingCodec,
  countNeuron,
  namespace,
  numbers,
  sendCounts,
  textNeuron,
  twoPeers,
} from "./fixtures.ts";

const roundsOfPingPong = 1_000;

export const deliveryCases: readonly GanglionCase[] = [
  {
    name: "every message arrives, and arrives once",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await sendCounts(sender, 500);
      await world.settle();
      assert.deepEqual(
        got.sort((left, right) => left - right),
        numbers(500),
      );
    },
  },
  {
    name: "where messages may get lost, none arrives that was not sent, nor twice",
    lacks: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await sendCounts(sender, 500);
      await world.settle();
      assert.equal(new Set(got).size, got.length);
      assert.ok(got.every((count) => numbers(500).includes(count)));
    },
  },
  {
    name: "one sender's messages arrive in the order sent",
    needs: "ordered",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      for (const count of numbers(100)) await sender.transmit(countNeuron, count);
      await world.settle();
      assert.ok(got.length > 0, "nothing arrived");
      assert.ok(
        got.every((count, index) => index === 0 || count > (got[index - 1] ?? 0)),
        `arrived as ${got.join()}`,
      );
    },
  },
  {
    name: "where messages may overtake each other, what arrives is still what was sent",
    lacks: "ordered",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got = new Set<number>();
      await receiver.react(countNeuron, (count) => void got.add(count)).ready;
      await sendCounts(sender, 100);
      await world.settle();
      assert.ok(got.size > 0, "nothing arrived");
      assert.ok([...got].every((count) => numbers(100).includes(count)));
    },
  },
  {
    name: "a value is encoded once, and decoded once for all its reactants",
    needs: "external",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const codec = new CountingCodec();
      const neuron = new Neuron("Note", namespace, codec);
      const note = { text: "über" };
      const got: unknown[] = [];
      await receiver.react(neuron, (value) => void got.push(value)).ready;
      await receiver.react(neuron, (value) => void got.push(value)).ready;
      await sender.transmit(neuron, note);
      await world.settle();
      assert.deepEqual(got, [note, note]);
      assert.notEqual(got[0], note);
      assert.deepEqual([codec.encoded, codec.decoded], [1, 1]);
    },
  },
  {
    name: "in-process a receiver gets the very value, which is never encoded",
    lacks: "external",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const codec = new CountingCodec();
      const neuron = new Neuron("Note", namespace, codec);
      const note = { text: "über" };
      const got: unknown[] = [];
      receiver.react(neuron, (value) => void got.push(value));
      await sender.transmit(neuron, note);
      assert.equal(got[0], note);
      assert.deepEqual([codec.encoded, codec.decoded], [0, 0]);
    },
  },
  {
    name: "each of several reactants gets every message",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: [number[], number[], number[]] = [[], [], []];
      for (const each of got) {
        await receiver.react(countNeuron, (count) => void each.push(count)).ready;
      }
      await sendCounts(sender, 3);
      await world.settle();
      assert.deepEqual(got, [numbers(3), numbers(3), numbers(3)]);
    },
  },
  {
    name: "a sender does not hear itself",
    lacks: "hearsItself",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: string[] = [];
      await sender.react(countNeuron, () => void got.push("sender")).ready;
      await receiver.react(countNeuron, () => void got.push("receiver")).ready;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, ["receiver"]);
    },
  },
  {
    name: "a sender hears itself, before transmit has returned",
    needs: "hearsItself",
    async run(world) {
      // Where it is external as well, the message waits for a peer that never comes.
      const sender = await world.peer({ lingerMs: 5 });
      const got: number[] = [];
      sender.react(countNeuron, (count) => void got.push(count));
      const transmitted = sender.transmit(countNeuron, 1);
      assert.deepEqual(got, [1]);
      await transmitted;
    },
  },
  {
    name: "every peer hears every message once",
    needs: "manyPeers",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const third = await world.peer();
      const got: [number[], number[]] = [[], []];
      await receiver.react(countNeuron, (count) => void got[0].push(count)).ready;
      await third.react(countNeuron, (count) => void got[1].push(count)).ready;
      await sendCounts(sender, 20);
      await world.settle();
      assert.deepEqual(got, [numbers(20), numbers(20)]);
    },
  },
  {
    name: "where there is room for two, a third peer is kept out and the two go on",
    lacks: "manyPeers",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const third = await world.peer({ lingerMs: 5 });
      const got: number[] = [];
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      void third.transmit(countNeuron, -1);
      await sendCounts(sender, 20);
      await world.settle();
      assert.ok(got.length > 0, "nothing arrived");
      assert.ok(!got.includes(-1), "the third peer was heard");
    },
  },
  {
    name: "neurons that differ in namespace, type or codec are never mixed up",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const neurons = [
        new Neuron("Count", namespace, jsonCodec<string>()),
        new Neuron("Count", namespace, textNeuron.codec),
        new Neuron("Count", new Namespace("dev", "plexo"), jsonCodec<string>()),
        new Neuron("Counts", namespace, jsonCodec<string>()),
      ];
      const got: string[] = [];
      for (const neuron of neurons) {
        await receiver.react(neuron, (text) => void got.push(`${text} on ${neuron.name}`)).ready;
      }
      for (const neuron of neurons) await sender.transmit(neuron, neuron.name);
      await world.settle();
      assert.deepEqual(got.sort(), neurons.map(({ name }) => `${name} on ${name}`).sort());
    },
  },
  {
    name: "a payload of no bytes and one of a megabyte arrive whole",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const payloads = [new Uint8Array(), patterned(1_048_576)];
      const got: Uint8Array[] = [];
      await receiver.reactRaw(blobNeuron, (bytes) => void got.push(Uint8Array.from(bytes))).ready;
      for (const payload of payloads) await sender.transmitRaw(blobNeuron, payload);
      for (const payload of payloads) await sender.transmit(blobNeuron, payload);
      await until("four payloads have arrived", () => got.length === 4);
      for (const [index, bytes] of got.entries()) {
        assert.equal(bytes.length, payloads[index % 2]?.length);
        assert.equal(firstFault(bytes), -1);
      }
    },
  },
  {
    name: "an impulse names topic and neuron, and its id counts the sender's messages",
    needs: "carriesIds",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const ids: (ImpulseId | undefined)[] = [];
      const names: unknown[] = [];
      await receiver.react(countNeuron, (_, impulse) => {
        names.push([impulse.topic, impulse.neuron?.name, impulse.source?.external]);
        ids.push(impulse.id);
      }).ready;
      await sendCounts(sender, 3);
      await world.settle();
      const { name } = countNeuron;
      assert.deepEqual(names, [
        [name, name, true],
        [name, name, true],
        [name, name, true],
      ]);
      const origin = ids[0]?.origin;
      assert.equal(typeof origin, "bigint");
      assert.deepEqual(
        ids,
        numbers(3).map((sequence) => ({ origin, sequence, hops: 1 })),
      );
    },
  },
  {
    name: "where no ids are carried, an impulse names topic and neuron and has no id",
    lacks: "carriesIds",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: unknown[] = [];
      await receiver.react(countNeuron, (_, impulse) => {
        got.push([impulse.topic, impulse.neuron, impulse.id]);
      }).ready;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, [[countNeuron.name, countNeuron, undefined]]);
    },
  },
  {
    name: "an instance finds its neuron by its class, or by one that its class extends",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      class Beer {
        readonly litres: number;
        constructor(litres: number) {
          this.litres = litres;
        }
      }
      class Stout extends Beer {}
      const neuron = new Neuron(Beer, namespace, {
        name: "json",
        encode: ({ litres }) => jsonCodec<number>().encode(litres),
        decode: (bytes) => new Beer(jsonCodec<number>().decode(bytes)),
      });
      const got: number[] = [];
      await receiver.react(neuron, ({ litres }) => void got.push(litres)).ready;
      await sender.adapt(neuron);
      await sender.transmit(new Beer(1));
      await sender.transmit(new Stout(2));
      await world.settle();
      assert.deepEqual(got, [1, 2]);
    },
  },
  {
    name: "reactants may transmit: a thousand rounds of ping and pong",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const pong = new Neuron("Pong", namespace, jsonCodec<number>());
      const got: number[] = [];
      await receiver.react(countNeuron, (round) => receiver.transmit(pong, round)).ready;
      await sender.react(pong, async (round) => {
        got.push(round);
        if (round + 1 < roundsOfPingPong) await sender.transmit(countNeuron, round + 1);
      }).ready;
      await sender.transmit(countNeuron, 0);
      await until("the last round is played", () => got.length >= roundsOfPingPong);
      await world.settle();
      assert.deepEqual(got, numbers(roundsOfPingPong));
    },
  },
  {
    name: "an axon is iterated as one more reactant, and what was not asked for yet waits",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const values = new Axon(countNeuron, receiver).values();
      await values.ready;
      await sendCounts(sender, 4);
      await world.settle();
      const got: number[] = [];
      for await (const count of values) {
        got.push(count);
        if (got.length === 3) break;
      }
      assert.deepEqual(got, numbers(3));
      assert.deepEqual(await values.next(), { done: true, value: undefined });
    },
  },
];

function patterned(byteCount: number): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  for (let index = 0; index < byteCount; index++) bytes[index] = patternAt(index);
  return bytes;
}

/** Where bytes first differ from the pattern; -1 if they do not. */
function firstFault(bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index] !== patternAt(index)) return index;
  }
  return -1;
}

// A prime, so that no block of a power of two looks like another.
function patternAt(index: number): number {
  return index % 251;
}
