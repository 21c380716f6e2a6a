/** Who hears what, from when and until when: subscriptions, raw ones, patterns and filters. */
import assert from "node:assert/strict";
import { UsageError } from "../../errors.ts";
import type { Ganglion } from "../../ganglion/ganglion.ts";
import { Neuron } from "../../neuron.ts";
import type { Subscription } from "../../subscription.ts";
import type { GanglionCase } from "./case.ts";
import {
  CountingCodec,
  countNeuron,
  incidentsOf,
  namespace,
  noCount,
  textNeuron,
  twoPeers,
} from "./fixtures.ts";

export const subscriptionCases: readonly GanglionCase[] = [
  {
    name: "a late reactant hears what is sent from then on",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: string[] = [];
      incidentsOf(receiver);
      await receiver.react(countNeuron, (count) => void got.push(`early ${count}`)).ready;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      await receiver.react(countNeuron, (count) => void got.push(`late ${count}`)).ready;
      await sender.transmit(countNeuron, 2);
      await world.settle();
      assert.deepEqual(got, ["early 1", "early 2", "late 2"]);
    },
  },
  {
    name: "a subscription that has ended, by whatever way, hears nothing more",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(receiver);
      const got: number[] = [];
      const controller = new AbortController();
      const options = { signal: controller.signal };
      const react = (): Subscription =>
        receiver.react(countNeuron, (count) => void got.push(count));
      const [first, second] = [react(), react()];
      const third = receiver.react(countNeuron, (count) => void got.push(count), options);
      await Promise.all([first.ready, second.ready, third.ready]);
      first.unsubscribe();
      first.unsubscribe();
      second[Symbol.dispose]();
      controller.abort();
      await Promise.all([first.ended, second.ended, third.ended]);
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, []);
    },
  },
  {
    name: "a raw reactant gets the bytes, and nothing is decoded for it",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const codec = new CountingCodec();
      const neuron = new Neuron("Note", namespace, codec);
      const got: string[] = [];
      await receiver.reactRaw(neuron, (bytes) => void got.push(textOf(bytes))).ready;
      await sender.transmit(neuron, { text: "typed" });
      await sender.transmitRaw(neuron, new TextEncoder().encode("raw"));
      await sender.transmitRaw(neuron.name, new TextEncoder().encode("raw by topic"));
      await world.settle();
      assert.deepEqual(got, ['{"text":"typed"}', "raw", "raw by topic"]);
      assert.equal(codec.decoded, 0);
    },
  },
  {
    name: "a typed reactant gets the value of bytes that were sent raw",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: string[] = [];
      await receiver.react(textNeuron, (text) => void got.push(text)).ready;
      await sender.transmitRaw(textNeuron, new TextEncoder().encode("grüß dich"));
      await world.settle();
      assert.deepEqual(got, ["grüß dich"]);
    },
  },
  {
    name: "a raw reactant gets bytes that no codec could decode",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(receiver);
      const got: number[][] = [];
      await receiver.react(countNeuron, () => assert.fail("there is no value")).ready;
      await receiver.reactRaw(countNeuron, (bytes) => void got.push([...bytes])).ready;
      await sender.transmitRaw(countNeuron, noCount);
      await world.settle();
      assert.deepEqual(got, [[...noCount]]);
    },
  },
  {
    name: "a pattern takes every topic that matches, those that nobody adapted too",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(receiver);
      const got: string[] = [];
      const log = (who: string) => (_: Uint8Array, impulse: { readonly topic: string }) => {
        got.push(`${who} ${impulse.topic}`);
      };
      await receiver.reactRaw("dev.plexo.suite.*.json", log("*")).ready;
      await receiver.reactRaw("dev.plexo.>", log(">")).ready;
      await receiver.react(countNeuron, () => void got.push("typed")).ready;
      await sender.transmit(countNeuron, 1);
      await sender.transmitRaw("dev.plexo.suite.Unheard.json", noCount);
      await sender.transmitRaw("dev.plexo.other.Unheard.json", noCount);
      await sender.transmitRaw("dev.other.suite.Unheard.json", noCount);
      await world.settle();
      assert.deepEqual(got.sort(), [
        "* dev.plexo.suite.Count.json",
        "* dev.plexo.suite.Unheard.json",
        "> dev.plexo.other.Unheard.json",
        "> dev.plexo.suite.Count.json",
        "> dev.plexo.suite.Unheard.json",
        "typed",
      ]);
    },
  },
  {
    name: "a reactant outlives the pattern that took its topic before it came",
    needs: "reliable",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      const got: string[] = [];
      const all = receiver.reactRaw("dev.plexo.>", () => void got.push("pattern"));
      await all.ready;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      await receiver.react(countNeuron, () => void got.push("typed")).ready;
      all.unsubscribe();
      await sender.transmit(countNeuron, 2);
      await world.settle();
      assert.deepEqual(got, ["pattern", "typed"]);
    },
  },
  {
    name: "names that no topic may have are refused at the call",
    async run(world) {
      const peer = await world.peer();
      incidentsOf(peer);
      const unfit = ["", ".X.json", "a..b", "a.b.", "a b", "a\tb", "a.\u0000.b", "x".repeat(246)];
      for (const topic of unfit) {
        await assert.rejects(peer.transmitRaw(topic, noCount), UsageError, topic);
        await assert.rejects(peer.adapt(topic), UsageError, topic);
        assert.throws(() => peer.reactRaw(topic, () => {}), UsageError, topic);
      }
      for (const pattern of ["a.>.b", "a.b*", ">>", "a..*", "* *", `${"x".repeat(245)}.*`]) {
        assert.throws(() => peer.reactRaw(pattern, () => {}), UsageError, pattern);
        await assert.rejects(peer.transmitRaw(pattern, noCount), UsageError, pattern);
      }
    },
  },
  {
    name: "filters refuse what they refuse at the call, and let the rest pass",
    needs: "reliable",
    async run(world) {
      const ignored = new Neuron("Ignored", namespace, countNeuron.codec);
      const { sender, receiver } = await twoPeers(world, {
        relevant: ["dev.plexo.suite.>"],
        ignored: [ignored],
        codecs: ["json"],
      });
      incidentsOf(sender);
      const got: number[] = [];
      for (const refused of [ignored.name, textNeuron.name, "dev.other.Count.json"]) {
        assert.equal(sender.capable(refused), false, refused);
        assert.throws(() => receiver.reactRaw(refused, () => {}), UsageError, refused);
        await assert.rejects(sender.transmitRaw(refused, noCount), UsageError, refused);
        await assert.rejects(sender.adapt(refused), UsageError, refused);
        await assert.rejects(sender.ready(refused), UsageError, refused);
      }
      assert.equal(sender.capable(countNeuron), true);
      await receiver.react(countNeuron, (count) => void got.push(count)).ready;
      await sender.transmit(countNeuron, 1);
      await world.settle();
      assert.deepEqual(got, [1]);
    },
  },
  {
    name: "a signal that is aborted already stops every call before it begins",
    async run(world) {
      const { sender, receiver } = await twoPeers(world);
      incidentsOf(sender);
      const why = new Error("changed my mind");
      const options = { signal: AbortSignal.abort(why) };
      const got: number[] = [];
      const subscription = receiver.react(countNeuron, (count) => void got.push(count), options);
      await subscription.ended;
      for (const call of abortable(sender)) await assert.rejects(call(options), why);
      await world.settle();
      assert.deepEqual(got, []);
    },
  },
];

function abortable(
  ganglion: Ganglion,
): readonly ((options: { readonly signal: AbortSignal }) => Promise<void>)[] {
  return [
    (options) => ganglion.transmit(countNeuron, 1, options),
    (options) => ganglion.transmitRaw(countNeuron, noCount, options),
    (options) => ganglion.adapt(countNeuron, options),
    (options) => ganglion.ready(countNeuron, options),
  ];
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
